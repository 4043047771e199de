"""Load everything there is: the built-in, the installed, and what is named."""

from __future__ import annotations

import importlib
import importlib.metadata
from collections.abc import Sequence
from pathlib import Path

from zoo.errors import UserError, printable
from zoo.registry.files import plugin_files
from zoo.registry.plugin import Registry
from zoo.registry.trial import trial_of_entry_point, trial_of_file

GROUP = "zoo.plugins"
DISTRIBUTION = "convnet-zoo"


def load_registry(files: Sequence[Path] = (), folders: Sequence[Path] = (), *, trial: bool = True) -> Registry:
    """Load the built-in tasks and data sets, every installed plugin, and plugins in single files.

    Args:
        files: Python files, each a plugin.
        folders: folders in which every ``*.py`` is a plugin.
        trial: whether new and changed plugins of others are tried first in a process of their own.

    Raises:
        UserError: if a file or folder named here does not exist. A plugin that is broken does not raise: it is
            listed with its error, and the others work.
    """
    registry = Registry()
    origin = f"zoo {importlib.metadata.version(DISTRIBUTION)}"
    registry.load("zoo", origin, lambda: importlib.import_module("zoo.builtins"))
    points = importlib.metadata.entry_points(group=GROUP)
    for point in sorted(points, key=lambda point: point.name):
        of = point.dist.name if point.dist else ""
        origin = f"{of} {point.dist.version}" if point.dist else point.value
        problem = trial_of_entry_point(point) if trial and of != DISTRIBUTION else ""
        if problem:
            registry.refuse(point.name, origin, problem)
        else:
            registry.load(point.name, origin, point.load)
    for path in [*files, *(path for folder in folders for path in plugin_files(folder))]:
        if not path.is_file():
            raise UserError(f"--plugin {printable(str(path))}: there is no such file.")
        problem = trial_of_file(path) if trial else ""
        if problem:
            registry.refuse(path.stem, str(path), problem)
        else:
            registry.load_file(path)
    registry.mark_conflicts()
    return registry
