"""Find plugins, contain the broken ones, and resolve names."""

from zoo.registry.load import GROUP, load_registry
from zoo.registry.plugin import Plugin, Registry

__all__ = ["GROUP", "Plugin", "Registry", "load_registry"]
