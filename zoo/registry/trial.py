"""Load a new or changed plugin once in a process of its own, before it is loaded in this one.

An ``os._exit`` on import would end every command, and an endless loop would hang it. What came through is remembered
by its content in the cache, so that a plugin costs a process once and not every time.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

from zoo._version import __version__
from zoo.apart import ApartError, run_apart
from zoo.data.cache import cache_folder, fingerprint

IDLE_S = 30.0
"""How long a plugin may take to be loaded; torch, which it should not import, takes several seconds."""


def trial_of_file(path: Path) -> str:
    """What happens when a plugin in a file is loaded: empty, or how it ends the process."""
    try:
        content = path.read_bytes()
    except OSError:
        return ""  # loading it says why
    return _trial([content], {"path": str(path)})


def trial_of_entry_point(point: EntryPoint) -> str:
    """The same for an installed plugin of another distribution."""
    package = point.module.partition(".")[0]
    try:
        spec = importlib.util.find_spec(package)
    except (ImportError, ValueError):
        spec = None
    if spec is None or spec.origin is None:
        return ""
    origin = Path(spec.origin)
    files = sorted(origin.parent.rglob("*.py")) if origin.name == "__init__.py" else [origin]
    try:
        content = [file.read_bytes() for file in files]
    except OSError:
        content = []
    return _trial(content, {"point": [point.name, point.value, point.group]})


def loading(*, path: str = "", point: list[str] | None = None) -> Iterator[Any]:
    """The child's side: load the plugin as always; that this ends is all that is reported."""
    from zoo.registry.plugin import Registry

    registry = Registry()
    if point is None:
        registry.load_file(Path(path))
    else:
        registry.load(point[0], "", EntryPoint(*point).load)
    yield from ()


def _trial(content: list[bytes], arguments: dict[str, Any]) -> str:
    key = fingerprint(__version__, sys.version, *content)
    passed = cache_folder() / "plugins" / key
    if content and passed.is_file():
        return ""
    try:
        list(run_apart("zoo.registry.trial:loading", arguments, idle_s=IDLE_S))
    except ApartError as error:
        return f"it was tried in a process of its own, which {error}"
    try:
        passed.parent.mkdir(parents=True, exist_ok=True)
        passed.touch()
    except OSError:  # a cache that cannot be written is done without
        pass
    return ""
