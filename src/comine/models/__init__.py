"""Families of kinds: each kind is its frozen parameters and one verb."""
