"""Formulas from counts, and the comparison with those registered by hand."""
