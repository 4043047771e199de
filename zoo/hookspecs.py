"""The hooks that a plugin may implement, and what each may rely on.

A plugin is a module. It implements a hook by a function of the same name, marked with `zoo.api.hookimpl`; it may take
fewer arguments than the hook has. Hooks that bring something are called once, when plugins are loaded, so they must be
quick and import nothing heavy. Hooks that watch a run are called in the main process only; one that raises is reported
and not called again, and the run goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import pluggy

if TYPE_CHECKING:
    from zoo.api import Architecture, Convolution, Dataset, Experiment, NamedRecipe, Task
    from zoo.runs.run import Run

hookspec = pluggy.HookspecMarker("zoo")


@hookspec
def zoo_architectures() -> Iterable[Architecture[Any]]:  # type: ignore[empty-body]
    """The architectures that the plugin brings."""


@hookspec
def zoo_tasks() -> Iterable[Task[Any]]:  # type: ignore[empty-body]
    """The tasks that the plugin brings."""


@hookspec
def zoo_datasets() -> Iterable[Dataset]:  # type: ignore[empty-body]
    """The data sets that the plugin brings."""


@hookspec
def zoo_recipes() -> Iterable[NamedRecipe]:  # type: ignore[empty-body]
    """The recipes that the plugin brings."""


@hookspec
def zoo_convolutions() -> Iterable[Convolution]:  # type: ignore[empty-body]
    """The convolutions that the plugin brings, for architectures that let one be chosen by name."""


@hookspec
def zoo_experiments() -> Iterable[Experiment]:  # type: ignore[empty-body]
    """The experiments that the plugin brings."""


@hookspec
def zoo_run_start(run: Run) -> None:
    """A run is about to train; its folder exists and its settings are final."""


@hookspec
def zoo_epoch_end(run: Run, metrics: Mapping[str, float]) -> None:
    """An epoch has ended; `metrics` is the line just added to ``metrics.jsonl``."""


@hookspec
def zoo_run_end(run: Run, result: Mapping[str, Any]) -> None:
    """A run has ended, whole or interrupted; `result` is what ``run.json`` records."""
