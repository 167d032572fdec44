"""Ore and heat out of the same deep, hot rock."""
