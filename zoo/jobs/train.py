"""Train an architecture from its name to a folder with weights, figures and pictures."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from zoo.api import Architecture
from zoo.config import Value
from zoo.jobs.plan import Plan, make_plan
from zoo.progress import Progress, Silent
from zoo.registry import Registry, load_registry
from zoo.runs.lock import locked
from zoo.runs.run import Run
from zoo.settings import with_shortcuts


def train(
    architecture: str | Architecture[Any],
    *,
    settings: Mapping[str, Value] | None = None,
    task: str = "colorization",
    data: str | None = None,
    size: int | None = None,
    classes: Sequence[str] = (),
    recipe: str = "default",
    seed: int = 0,
    device: str = "auto",
    init: str | os.PathLike[str] | None = None,
    out: str | os.PathLike[str] | None = None,
    registry: Registry | None = None,
    progress: Progress | None = None,
    profile: bool = False,
    **shortcuts: Value | None,
) -> Run:
    """Train an architecture and judge it.

    Args:
        architecture: its name or address, or an `Architecture` of your own.
        settings: changes by address, such as ``num_filters``, ``task.loss``, ``recipe.augment``; see ``zoo show NAME``.
        task: what to predict for every pixel.
        data: the data set, ``NAME`` or ``NAME:ARGUMENT``; the task's own by default.
        size: height and width of the training pictures, in pixels; the task's own by default.
        classes: the classes of the data set to keep; all that it offers by default if empty.
        recipe: name of a recipe.
        seed: fixes the run on one machine with one number of threads.
        device: ``auto``, ``cpu``, ``cuda`` or ``mps``.
        init: a run, or a safetensors file, whose weights to begin with, as far as they fit.
        out: the folder to make; by default the first free one of ``runs/NAME-1``, ``runs/NAME-2``, ...
        registry: the plugins to draw from; by default all that are installed.
        progress: shows how far the work is.
        profile: whether the report, and ``Run.result["profile"]``, say where the time went.
        **shortcuts: ``epochs``, ``batch_size``, ``lr`` and ``palette``, short for the settings ``recipe.epochs``,
            ``recipe.batch_size``, ``recipe.lr`` and ``task.palette``.

    Returns:
        The run; its figures are in `Run.result`, its pictures in `Run.folder`.

    Raises:
        UserError: if an argument is wrong or the data cannot be had.
        zoo.errors.FailedError: if the loss is no longer a number, a plugin's code fails, or a file cannot be written.
    """
    registry = registry or load_registry()
    plan = make_plan(
        registry,
        architecture,
        settings=with_shortcuts(settings or {}, shortcuts),
        task=task,
        data=data,
        size=size,
        classes=classes,
        recipe=recipe,
        seed=seed,
        device=device,
        init=None if init is None else os.fspath(init),
    )
    return execute(plan, Path(out) if out is not None else None, registry, progress or Silent(), profile=profile)


def execute(
    plan: Plan,
    out: Path | None,
    registry: Registry,
    progress: Progress,
    *,
    report: bool = True,
    profile: bool = False,
) -> Run:
    """Do what a plan says, in the folder `out` or the first free one; raises as `train` does.

    Without `report` neither pictures nor ``report.html`` are made, which saves a training of seconds most of its time.
    """
    from zoo.jobs.job import Job  # imports torch, which takes seconds: a mistake has been told by now

    job = Job(plan, registry, progress, report=report, profile=profile)
    run = job.create_run(out)
    with locked(run.folder):
        job.execute(run)
    return run
