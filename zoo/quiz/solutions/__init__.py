"""Files that solve the exercises on plugins; each is a plugin for itself."""
