"""Numerical methods without domain words."""
