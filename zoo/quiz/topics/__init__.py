"""The exercises, one file a topic, named after the tutorials."""
