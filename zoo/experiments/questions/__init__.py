"""The experiments of the core, one file a question."""
