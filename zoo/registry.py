"""Find plugins, contain the broken ones, and resolve names."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import inspect
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

import pluggy

from zoo import hookspecs
from zoo.api import API_VERSION, Architecture, Catalog, Convolution, Dataset, Entry, Experiment, NamedRecipe, Task
from zoo.config import Config
from zoo.errors import UserError, close_or_all, describe

GROUP = "zoo.plugins"
_KINDS: dict[str, tuple[str, type]] = {
    "architecture": ("zoo_architectures", Architecture),
    "task": ("zoo_tasks", Task),
    "data set": ("zoo_datasets", Dataset),
    "recipe": ("zoo_recipes", NamedRecipe),
    "convolution": ("zoo_convolutions", Convolution),
    "experiment": ("zoo_experiments", Experiment),
}

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
        plugin = Plugin(name, origin)
        self.plugins.append(plugin)
        twin = next((other for other in self.plugins[:-1] if other.name == name), None)
        if twin is not None:
            plugin.errors.append(f"the plugin name {name!r} is taken by {twin.origin}; rename one of them.")
            return plugin
        had_torch = "torch" in sys.modules
        module = _guarded(plugin, "importing it", importer)
        if module is None:
            return plugin
        if not had_torch and "torch" in sys.modules:
            plugin.warnings.append("imports torch when it is loaded, which slows every command down.")
        plugin.errors += _misspelt_hooks(module)
        if plugin.errors:
            return plugin
        if _guarded(plugin, "registering it", lambda: self._manager.register(module, name)) is None:
            return plugin
        for kind, (hook, wanted) in _KINDS.items():
            implementation = getattr(module, hook, None)
            if implementation is None:
                continue
            brought = _guarded(plugin, f"{hook}()", partial(_listed, implementation))
            for value in brought or ():
                problem = _problem(value, wanted)
                if problem:
                    plugin.errors.append(f"{hook}() brought {problem}")
                else:
                    plugin.entries[kind].append(Entry(name, value.name, value))
        return plugin

    def load_file(self, path: Path) -> Plugin:
        """Load a plugin that is a single Python file."""
        return self.load(path.stem, str(path), lambda: _import_file(path))

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

        Returns:
            A line for each plugin that raised.
        """
        problems = []
        for implementation in list(getattr(self._manager.hook, hook).get_hookimpls()):
            wanted = {name: arguments[name] for name in implementation.argnames}
            try:
                implementation.function(**wanted)
            except Exception as error:
                problems.append(f"plugin {implementation.plugin_name}: {hook}() failed: {describe(error)}")
                self._manager.unregister(name=implementation.plugin_name)
        return problems


def load_registry(files: Sequence[Path] = (), folders: Sequence[Path] = ()) -> Registry:
    """Load the built-in tasks and data sets, every installed plugin, and plugins in single files.

    Args:
        files: Python files, each a plugin.
        folders: folders of which every ``*.py`` is a plugin.

    Raises:
        UserError: if a file or folder named here does not exist. A plugin that is broken does not raise: it is
            listed with its error, and the others work.
    """
    registry = Registry()
    registry.load("zoo", f"zoo {importlib.metadata.version('convnet-zoo')}", lambda: _import("zoo.builtins"))
    points = importlib.metadata.entry_points(group=GROUP)
    for point in sorted(points, key=lambda point: point.name):
        origin = f"{point.dist.name} {point.dist.version}" if point.dist else point.value
        registry.load(point.name, origin, point.load)
    for path in [*files, *(path for folder in folders for path in _files_in(folder))]:
        if not path.is_file():
            raise UserError(f"--plugin {path}: there is no such file.")
        registry.load_file(path)
    registry.mark_conflicts()
    return registry


def _files_in(folder: Path) -> Iterable[Path]:
    if not folder.is_dir():
        raise UserError(f"--plugins-dir {folder}: there is no such folder.")
    return sorted(folder.glob("*.py"))


def _listed(implementation: Callable[[], Iterable[Any]]) -> list[Any]:
    return list(implementation())


def _import(name: str) -> ModuleType:
    return importlib.import_module(name)


def _import_file(path: Path) -> ModuleType:
    name = f"zoo_plugin_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and pickling look a class's module up by name
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _guarded(plugin: Plugin, doing: str, call: Callable[[], T]) -> T | None:
    """Call into a plugin; an exception, or an attempt to exit, becomes one of its errors."""
    try:
        return call()
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        plugin.errors.append(f"{doing} failed: {describe(error)}")
        return None


def _misspelt_hooks(module: object) -> list[str]:
    """Functions that are meant as hooks but would never be called: the commonest mistake, and a silent one."""
    specs = [name for name in vars(hookspecs) if name.startswith("zoo_")]
    problems = []
    for name, value in vars(module).items():
        marked = getattr(value, "zoo_impl", None) is not None
        if name in specs and not marked and inspect.isfunction(value):
            problems.append(f"{name}() is not marked: write @hookimpl above it.")
        elif name not in specs and inspect.isfunction(value) and (marked or name.startswith("zoo_")):
            problems.append(f"{name}() is no hook: {close_or_all(name, specs)}")
    return problems


def _problem(value: object, wanted: type) -> str:
    """What keeps a value that a plugin brought from being used; empty if nothing does."""
    if isinstance(value, type) and issubclass(value, wanted):
        return f"the class {value.__name__}, not an instance: write {value.__name__}()."
    if not isinstance(value, wanted):
        return f"{value!r}, which is no {wanted.__name__}."
    label = type(value).__name__
    name = getattr(value, "name", None)
    if not isinstance(name, str) or not name or name != name.lower() or "/" in name or " " in name:
        return f"{label}, whose name {name!r} is not a word in lower case."
    if not isinstance(getattr(value, "summary", None), str):
        return f"{label}, which has no summary."
    if isinstance(value, Architecture):
        if value.api != API_VERSION:
            return f"{name}, written for version {value.api} of the plugin contract; this zoo has {API_VERSION}."
        if not isinstance(getattr(value, "tasks", None), tuple):
            return f"{name}, whose tasks are not a tuple of names."
    if isinstance(value, Architecture | Task):
        config = getattr(value, "config", None)
        if not (isinstance(config, type) and issubclass(config, Config)):
            return f"{name}, whose config is not a subclass of zoo.api.Config."
    return ""
