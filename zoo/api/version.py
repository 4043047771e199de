"""The version of the contract between the zoo and its plugins."""

API_VERSION = 1
"""A plugin written for another one is refused by name, not run on luck."""
