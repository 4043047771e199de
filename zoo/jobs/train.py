"""Train an architecture from its name to a folder with weights, figures and pictures."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from zoo.api import Architecture
from zoo.config import Value
from zoo.errors import UserError
from zoo.jobs.plan import Plan, make_plan
from zoo.progress import Progress, Silent
from zoo.registry import Registry, load_registry
from zoo.runs.run import Run


def train(
    architecture: str | Architecture[Any],
    *,
    settings: Mapping[str, Value] | None = None,
    task: str = "colorization",
    task_settings: Mapping[str, Value] | None = None,
    data: str | None = None,
    size: int | None = None,
    classes: Sequence[str] = (),
    recipe: str = "default",
    epochs: int | None = None,
    max_steps: int | None = None,
    batch_size: int | None = None,
    lr: float | None = None,
    precision: str | None = None,
    train: str | None = None,
    augment: str | None = None,
    seed: int = 0,
    device: str = "auto",
    out: str | os.PathLike[str] | None = None,
    registry: Registry | None = None,
    progress: Progress | None = None,
) -> Run:
    """Train an architecture and judge it.

    Args:
        architecture: its name or address, or an `Architecture` of your own.
        settings: changes to the architecture's settings, such as ``{"num_filters": 64}``.
        task: what to predict for every pixel.
        task_settings: changes to the task's settings, such as ``{"palette": "course"}``.
        data: the data set, ``NAME`` or ``NAME:ARGUMENT``; the task's own by default.
        size: height and width of the training pictures, in pixels; the task's own by default.
        classes: the classes of the data set to keep; all that it offers by default if empty.
        recipe: name of the recipe that the next seven arguments change.
        epochs: passes over the training pictures.
        max_steps: end after so many steps if the epochs have not ended before; 0 for no limit.
        batch_size: pictures a step.
        lr: learning rate.
        precision: ``auto``, ``bf16`` or ``fp32``.
        train: which layers to train: ``all``, ``last``, ``head`` or ``from:LAYER``; the others are frozen.
        augment: ``none``, ``flip`` or ``full``: how training pictures are changed at random.
        seed: fixes the run on one machine with one number of threads.
        device: ``auto``, ``cpu``, ``cuda`` or ``mps``.
        out: the folder to make; by default the first free one of ``runs/NAME-1``, ``runs/NAME-2``, ...
        registry: the plugins to draw from; by default all that are installed.
        progress: told how the work goes on.

    Returns:
        The run; its figures are in `Run.result`, its pictures in `Run.folder`.

    Raises:
        UserError: if an argument is wrong or the data cannot be had.
        zoo.errors.FailedError: if the loss is no longer a number.
    """
    changes = {
        "epochs": epochs,
        "max_steps": max_steps,
        "batch_size": batch_size,
        "lr": lr,
        "precision": precision,
        "train": train,
        "augment": augment,
    }
    registry = registry or load_registry()
    plan = make_plan(
        registry,
        architecture,
        settings=settings or {},
        task=task,
        task_settings=task_settings or {},
        data=data,
        size=size,
        classes=classes,
        recipe=recipe,
        recipe_changes={name: value for name, value in changes.items() if value is not None},
        seed=seed,
        device=device,
    )
    return execute(plan, Path(out) if out is not None else None, registry, progress or Silent())


def execute(plan: Plan, out: Path | None, registry: Registry, progress: Progress, *, formulas: bool = True) -> Run:
    """Do what a plan says, in the folder `out` or the first free one; raises as `train` does.

    Without `formulas` the report says what the network costs in numbers alone, which is a second or two quicker.
    """
    from zoo.jobs.job import Job  # imports torch, which takes seconds: a mistake has been told by now

    job = Job(plan, registry, progress, formulas=formulas)
    run = job.create_run(out)
    job.execute(run)
    return run


def resume(
    folder: str | os.PathLike[str], *, registry: Registry | None = None, progress: Progress | None = None
) -> Run:
    """Go on with a run that stopped, by its own settings, from the end of its last whole epoch.

    Raises:
        UserError: if the folder is no run, the run has ended, or its data have changed.
    """
    registry = registry or load_registry()
    run = Run.load(folder)
    if run.record["status"] == "done":
        raise UserError(f"{run.folder} has ended; there is nothing to resume.")
    plan = Plan.from_record(run.record["plan"], registry)
    from zoo.jobs.job import Job

    Job(plan, registry, progress or Silent(), stopped=run).execute(run)
    return run
