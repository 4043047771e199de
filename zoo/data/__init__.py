"""Data sets by name, reading and writing pictures, and the cache of prepared data."""
