"""The contract of an architecture as checks that run against any plugin's."""
