"""What made a run, by fingerprint, so that a run is resumed only from where it began."""

from __future__ import annotations

import ast
import importlib.metadata
import inspect
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from zoo._version import __version__
from zoo.api import Convolution, Images
from zoo.config import fields_of
from zoo.data.cache import fingerprint
from zoo.jobs.plan import Plan
from zoo.jobs.prepare import Prepared

PACKAGES = ("torch", "accelerate")
"""Their versions decide the digits of a training."""


def identity(plan: Plan, prepared: Prepared, *, precision: str, processes: int) -> dict[str, str]:
    """Everything that made a run, apart from its plan: what it is, and its fingerprint or its value.

    Pictures and masks are taken in their order, for the order of a training follows from it.
    """
    parts = {"precision": precision, "number of processes": str(processes), "version of zoo": __version__}
    parts |= {f"version of {name}": importlib.metadata.version(name) for name in PACKAGES}
    for name, split in (("training", prepared.train), ("validation", prepared.val)):
        parts |= {f"{name} {what}": value for what, value in _pixels(split.images).items()}
        parts[f"{name} targets"] = fingerprint(split.visible_NCHW, split.targets_NHW)
    return parts | {f"code of {plugin}": code for plugin, code in sorted(_code(plan).items())}


def differences(before: Mapping[str, Any], now: Mapping[str, str]) -> list[str]:
    """What has changed, in words."""
    return [f"the {name}" for name in sorted({*before, *now}) if before.get(name) != now.get(name)]


def _pixels(images: Images) -> dict[str, str]:
    masks = {} if images.masks is None else {"masks": fingerprint(images.masks)}
    return {"pictures": fingerprint(images.rgb), **masks}


def _code(plan: Plan) -> dict[str, str]:
    """A fingerprint of the files of every plugin that the run is made of, by the name of its package or file.

    The zoo's own code is known by its version.
    """
    brought = [plan.architecture.value, plan.task.value, plan.dataset.value]
    modules = [parent.__module__ for thing in brought for parent in type(thing).__mro__]
    for config in (plan.config, plan.task_config):
        values = [getattr(config, name) for name, _, _ in fields_of(type(config))]
        modules += [value.load.__module__ for value in values if isinstance(value, Convolution)]
    waiting = [module.partition(".")[0] for module in modules]
    code: dict[str, str] = {}
    while waiting:
        root = waiting.pop()
        if root in code or root == "zoo" or root in sys.stdlib_module_names:
            continue
        files = sorted(_files(root))
        code[root] = fingerprint(*(part for file in files for part in (file.name, file.read_bytes())))
        waiting += [name for file in files for name in _imports(file) if name.startswith("zoo_")]
    return {root.removeprefix("zoo_plugin_"): value for root, value in code.items()}


def _files(root: str) -> Iterator[Path]:
    """The Python files of a loaded top-level module; none if it was typed into a notebook."""
    module = sys.modules.get(root)
    for folder in getattr(module, "__path__", ()):
        yield from Path(folder).rglob("*.py")
    if module is not None and not hasattr(module, "__path__"):
        try:
            yield Path(inspect.getfile(module))
        except TypeError:
            return


def _imports(file: Path) -> Iterator[str]:
    """The top-level modules that a file imports."""
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]
