"""Exact polynomials: reading, writing, and interpolating them."""
