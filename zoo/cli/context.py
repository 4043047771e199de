"""What every command gets from the program's global options."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import typer

from zoo.registry import Registry, load_registry


@dataclass(frozen=True)
class PluginOptions:
    """The global options: where plugins are, apart from the installed ones.

    Attributes:
        files: Python files, each a plugin.
        folders: folders in which every ``*.py`` is a plugin.
    """

    files: Sequence[Path] = ()
    folders: Sequence[Path] = ()

    def load(self) -> Registry:
        """Load every plugin, installed or named."""
        return load_registry(self.files, self.folders)


def plugin_options(context: typer.Context) -> PluginOptions:
    """Where plugins are, for commands that load them in another process."""
    options = context.obj
    assert isinstance(options, PluginOptions)
    return options


def registry_loader(context: typer.Context) -> Callable[[], Registry]:
    """What loads the plugins, for commands that may not need them."""
    return plugin_options(context).load


def load_plugins(context: typer.Context) -> Registry:
    """Every plugin, installed or named by the global options."""
    return registry_loader(context)()
