"""Counting a network by running it on torch's meta device."""
