"""What fixes a part: its settings, and the code that makes its numbers. Equal keys mean equal numbers."""

from __future__ import annotations

import hashlib
import importlib.metadata
import inspect
import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from zoo.api import Architecture, Convolution, Entry, Part, Training
from zoo.experiments import training as trainings
from zoo.experiments.sources import Sources
from zoo.registry import Registry


class Keys:
    """Keys of parts, with these plugins.

    The code of a part is the module of its measuring function, the modules that bring what it asks the registry for by
    name (an architecture, a task, a data set, a convolution), and all that these reach; see `Sources`. Torch counts by
    its version. A plugin's own third-party packages do not count.

    Args:
        registry: the plugins.
        device: ``auto``, ``cpu``, ``cuda`` or ``mps``.
    """

    def __init__(self, registry: Registry, device: str) -> None:
        self.registry, self.device = registry, device
        self.sources = Sources(_roots(registry))

    def key(self, part: Part) -> str:
        """A name for the part's folder: what is done, and a digest of everything that fixes it."""
        digest = hashlib.sha256(json.dumps(self.identity(part), sort_keys=True).encode()).hexdigest()[:16]
        name = part.architecture if isinstance(part, Training) else part.function.__name__
        return f"{re.sub('[^a-z0-9]+', '-', name.lower()).strip('-')}-{digest}"

    def identity(self, part: Part) -> dict[str, Any]:
        """Everything that fixes what a part leaves, as JSON."""
        common = {"source": self.sources.digest(self.modules(part)), "torch": importlib.metadata.version("torch")}
        if isinstance(part, Training):
            plan = trainings.plan(part, self.registry, self.device)
            return {"training": plan.to_record(), **common}
        return {
            "measurement": f"{part.function.__module__}.{part.function.__name__}",
            "arguments": dict(part.arguments),
            "needs": {name: self.identity(training) for name, training in part.needs.items()},
            "device": self.device,
            **common,
        }

    def modules(self, part: Part) -> list[str]:
        """The modules at which the code of a part begins."""
        if isinstance(part, Training):
            settings = [value for value in part.settings.values() if isinstance(value, str)]
            names = [part.architecture, part.task, part.data.partition(":")[0], *settings]
            return [trainings.__name__, *self._bringing(names)]
        module = part.function.__module__
        if self.sources.path(module) is None:  # a measuring function outside of every plugin
            self.sources.roots[module] = Path(inspect.getfile(part.function))
        return [module, *self._bringing(part.uses)]

    def _bringing(self, names: Iterable[str]) -> list[str]:
        """The modules that bring what has one of these names or addresses, and what architectures build with."""
        wanted = set(names)
        entries = [entry for entry in _entries(self.registry) if wanted & {entry.name, entry.address}]
        defaults = [vars(e.value.config()).values() for e in entries if isinstance(e.value, Architecture)]
        convolutions = [value for values in defaults for value in values if isinstance(value, Convolution)]
        return [_module(value) for value in [*(entry.value for entry in entries), *convolutions]]


def _entries(registry: Registry) -> list[Entry[Any]]:
    """What can be asked for by name while a part is done."""
    return [*registry.architectures(), *registry.tasks(), *registry.datasets(), *registry.convolutions()]


def _module(value: object) -> str:
    """The module of a plugin's class, or of the function that loads a convolution."""
    return value.load.__module__ if isinstance(value, Convolution) else type(value).__module__


def _roots(registry: Registry) -> dict[str, Path]:
    """The folder or file of the zoo and of each plugin, by the name that it is imported by."""
    entries = [*_entries(registry), *registry.experiments()]
    names = {"zoo", *(_module(entry.value).partition(".")[0] for entry in entries)}
    roots = {}
    for name in names & set(sys.modules):
        file = getattr(sys.modules[name], "__file__", None)
        if file:
            path = Path(file)
            roots[name] = path.parent if path.name == "__init__.py" else path
    return roots
