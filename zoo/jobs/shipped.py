"""Trained weights that a plugin ships: a run's folder inside its package, with a card. Imports no torch."""

from __future__ import annotations

import inspect
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo.api import Architecture, Catalog
from zoo.config import values_of
from zoo.errors import UserError
from zoo.runs.run import Run

if TYPE_CHECKING:
    from zoo.jobs.plan import Plan

INIT = "shipped"
"""What ``--init`` is given to begin with them."""


def ships(architecture: Architecture[Any]) -> bool:
    """Whether an architecture ships weights: its own, for those of the class it derives from are another network's."""
    return bool(vars(type(architecture)).get("shipped"))


def shipped_folder(architecture: Architecture[Any]) -> Path:
    """Where an architecture's trained weights are.

    Raises:
        UserError: if it ships none.
    """
    if not ships(architecture):
        raise UserError(f"{architecture.name} ships no trained weights; `zoo run {architecture.name}` trains it.")
    return Path(inspect.getfile(type(architecture))).parent / architecture.shipped


def open_run(run: str | os.PathLike[str], registry: Catalog) -> Run:
    """A run by its folder, or the trained weights that an architecture ships by its name; folders come first.

    Raises:
        UserError: if it is neither.
    """
    names = {name for entry in registry.architectures() for name in (entry.name, entry.address)}
    if Path(run).exists() or str(run) not in names:
        return Run.load(run)
    return Run.load(shipped_folder(registry.architecture(str(run)).value))


def is_shipped(run: Run, registry: Catalog) -> bool:
    """Whether a run is one that a plugin ships, into whose folder nothing should be written."""
    architecture = registry.architecture(run.record["plan"]["architecture"]).value
    return ships(architecture) and run.folder == shipped_folder(architecture)


def begun_from(plan: Plan) -> Run | None:
    """The shipped run whose task, such as its palette, a run with ``--init shipped`` shares; the weights belong to it.

    None if the task's settings are others: then the task is fitted anew.
    """
    if plan.init != INIT:
        return None
    run = Run.load(shipped_folder(plan.architecture.value))
    same_task = run.record["plan"]["task"] == plan.task.address
    return run if same_task and run.record["plan"]["task_config"] == values_of(plan.task_config) else None
