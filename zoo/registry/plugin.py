"""A plugin as it was loaded, and the registry of all that plugins bring."""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from types import FunctionType, SimpleNamespace
from typing import Any, TypeVar

import pluggy

from zoo import hookspecs
from zoo.api import Architecture, Catalog, Convolution, Dataset, Entry, Experiment, NamedRecipe, Task
from zoo.errors import close_or_all, printable
from zoo.registry.files import import_file
from zoo.registry.guard import attempt
from zoo.registry.values import problem_of

_KINDS: dict[str, tuple[str, type]] = {
    "architecture": ("zoo_architectures", Architecture),
    "task": ("zoo_tasks", Task),
    "data set": ("zoo_datasets", Dataset),
    "recipe": ("zoo_recipes", NamedRecipe),
    "convolution": ("zoo_convolutions", Convolution),
    "experiment": ("zoo_experiments", Experiment),
}

_HOOKS = tuple(name for name in vars(hookspecs) if name.startswith("zoo_"))
MOST_VALUES = 10_000
"""More than a hook may bring: nobody could choose among them, and an endless generator would fill the memory."""

T = TypeVar("T")


@dataclass
class Plugin:
    """A plugin as it was found: what it brought, or why it does not work.

    Attributes:
        name: of its entry point, or the stem of its file.
        origin: the distribution and version, or the file, that it came from.
        errors: what is wrong with it, a line each; a plugin whose loading failed brings nothing.
        warnings: what works but will annoy, such as importing torch on loading.
    """

    name: str
    origin: str
    entries: dict[str, list[Entry[Any]]] = field(default_factory=lambda: {kind: [] for kind in _KINDS})
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


class Registry(Catalog):
    """Everything that the installed plugins and the named files bring."""

    def __init__(self) -> None:
        self.plugins: list[Plugin] = []
        self._manager = pluggy.PluginManager("zoo")
        self._manager.add_hookspecs(hookspecs)

    def load(self, name: str, origin: str, importer: Callable[[], object]) -> Plugin:
        """Import one plugin and take what it brings; whatever goes wrong is kept in `Plugin.errors`."""
        name, origin = printable(name), printable(origin)
        plugin = Plugin(name, origin)
        self.plugins.append(plugin)
        twin = next((other for other in self.plugins[:-1] if other.name == name), None)
        if twin is not None:
            plugin.errors.append(f"the plugin name {name!r} is taken by {twin.origin}; rename one of them.")
            return plugin
        had_torch = "torch" in sys.modules
        content = self._attempt(plugin, "importing it", lambda: vars(importer()))
        if content is None:
            return plugin
        if not had_torch and "torch" in sys.modules:
            plugin.warnings.append("imports torch when it is loaded, which slows every command down.")
        plugin.errors += self._attempt(plugin, "looking for hooks", partial(_misspelt_hooks, content)) or []
        if plugin.errors:
            return plugin
        # Only the hooks, for pluggy looks at every object of a module, and an object may raise at that.
        hooks = SimpleNamespace(**{hook: content[hook] for hook in _HOOKS if hook in content})
        self._attempt(plugin, "registering it", lambda: self._manager.register(hooks, name))
        for kind, (hook, wanted) in _KINDS.items():
            if hook in content and not plugin.errors:
                self._take(plugin, kind, wanted, hook, content[hook])
        return plugin

    def load_file(self, path: Path) -> Plugin:
        """Load a plugin that is a single Python file."""
        return self.load(path.stem, str(path), lambda: import_file(path))

    def refuse(self, name: str, origin: str, problem: str) -> None:
        """List a plugin that must not be loaded."""
        self.plugins.append(Plugin(printable(name), printable(origin), errors=[f"loading it failed: {problem}."]))

    def mark_conflicts(self) -> None:
        """Say of every name that is claimed twice who else claims it; both keep working by their addresses."""
        for kind in _KINDS:
            for entry in self.entries(kind):
                rivals = [other for other in self.entries(kind) if other.name == entry.name and other is not entry]
                if rivals:
                    owner = next(plugin for plugin in self.plugins if plugin.name == entry.plugin)
                    also = " and ".join(rival.address for rival in rivals)
                    owner.errors.append(
                        f"the {kind} name {entry.name!r} is also claimed by {also}; use {entry.address}."
                    )

    def entries(self, kind: str) -> list[Entry[Any]]:
        """Everything of a kind, in order of its address."""
        brought = [entry for plugin in self.plugins for entry in plugin.entries[kind]]
        return sorted(brought, key=lambda entry: entry.address)

    def experiments(self) -> list[Entry[Experiment]]:
        """Every experiment, in order of its address."""
        return self.entries("experiment")

    def experiment(self, name: str) -> Entry[Experiment]:
        """The experiment of that name or address; raises as `architecture` does."""
        return self.find("experiment", name)

    def notify(self, hook: str, **arguments: object) -> list[str]:
        """Call a hook that watches a run in every plugin; a plugin that raises is dropped.

        It gets copies of its arguments, so that it can change nothing of the run.

        Returns:
            A line for each plugin that raised, or changed what is not its own.
        """
        problems = []
        for implementation in list(getattr(self._manager.hook, hook).get_hookimpls()):
            wanted = {name: copy.deepcopy(arguments[name]) for name in implementation.argnames}
            outcome = attempt(partial(implementation.function, **wanted))
            about = f"plugin {implementation.plugin_name}: {hook}()"
            problems += [f"{about} changed {change}, which was put back" for change in outcome.changes]
            if outcome.problem:
                problems.append(f"{about} failed: {outcome.problem}")
                self._manager.unregister(name=implementation.plugin_name)
        return problems

    def _take(self, plugin: Plugin, kind: str, wanted: type, hook: str, implementation: Callable[[], Any]) -> None:
        """Add what one of a plugin's hooks brings."""
        for value in self._attempt(plugin, f"{hook}()", partial(_values, implementation)) or ():
            errors = len(plugin.errors)
            problem = self._attempt(plugin, f"looking at what {hook}() brought", partial(problem_of, value, wanted))
            if problem:
                plugin.errors.append(f"{hook}() brought {problem}")
            if len(plugin.errors) > errors:
                continue
            name = str(value.name)
            if any(entry.name == name for entry in plugin.entries[kind]):
                plugin.errors.append(f"{hook}() brought two of the name {name!r}; the second is left out.")
            else:
                plugin.entries[kind].append(Entry(plugin.name, name, value))

    def _attempt(self, plugin: Plugin, doing: str, call: Callable[[], T]) -> T | None:
        """Call into a plugin; what goes wrong becomes one of its errors."""
        outcome = attempt(call)
        if outcome.problem:
            plugin.errors.append(f"{doing} failed: {outcome.problem}")
        plugin.warnings += [f"{doing} changed {change}, which was put back." for change in outcome.changes]
        return outcome.value


def _values(implementation: Callable[[], Iterable[Any]]) -> list[Any]:
    values = list(islice(implementation(), MOST_VALUES + 1))
    if len(values) > MOST_VALUES:
        raise ValueError(f"it brought more than {MOST_VALUES:,}")
    return values


def _misspelt_hooks(content: Mapping[str, object]) -> list[str]:
    """Functions that are meant as hooks but would never be called: the commonest mistake, and a silent one."""
    problems = []
    for name, value in content.items():
        if type(value) is not FunctionType:
            continue
        marked = getattr(value, "zoo_impl", None) is not None
        if name in _HOOKS and not marked:
            problems.append(f"{name}() is not marked: write @hookimpl above it.")
        elif name not in _HOOKS and (marked or name.startswith("zoo_")):
            problems.append(f"{name}() is no hook: {close_or_all(name, _HOOKS)}")
    return problems
