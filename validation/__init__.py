"""Comparison with reference cases, published and exact."""
