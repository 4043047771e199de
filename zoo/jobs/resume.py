"""Go on with a run that stopped, or train on after its end."""

from __future__ import annotations

import os
from dataclasses import replace

from zoo.errors import UserError
from zoo.jobs.plan import Plan
from zoo.progress import Progress, Silent
from zoo.registry import Registry, load_registry
from zoo.runs.lock import locked
from zoo.runs.run import Run


def resume(
    folder: str | os.PathLike[str],
    *,
    epochs: int | None = None,
    registry: Registry | None = None,
    progress: Progress | None = None,
    report: bool = True,
) -> Run:
    """Go on with a run from the end of its last whole epoch, by its own settings.

    Args:
        folder: the run.
        epochs: train until so many epochs instead, after the end of the run too. The result is that of a run of so many
            epochs from the start, for which the learning rate must not depend on their number.
        registry: the plugins to draw from; by default all that are installed.
        progress: shows how far the work is.
        report: whether to draw pictures and write ``report.html``.

    Raises:
        UserError: if the folder is no run, another process is at work on it, it has ended, it cannot be extended, or
            what made it has changed.
        zoo.errors.FailedError: as `train` does.
    """
    registry = registry or load_registry()
    run = Run.load(folder)
    with locked(run.folder):
        run = Run.load(folder)  # as the process left it that had the lock before
        plan = Plan.from_record(run.record["plan"], registry)
        if epochs is not None:
            plan = extended(plan, len(run.epochs()), epochs)
        elif run.record["status"] == "done":
            raise UserError(f"{run.folder} has ended; there is nothing to resume. Train on with --epochs.")
        from zoo.jobs.job import Job

        Job(plan, registry, progress or Silent(), stopped=run, report=report).execute(run)
    return run


def extended(plan: Plan, done: int, epochs: int) -> Plan:
    """The plan of a run with another number of epochs.

    Args:
        plan: the run's plan.
        done: epochs that it has behind it.
        epochs: epochs in all.

    Raises:
        UserError: if training on means nothing for this run.
    """
    recipe = plan.recipe
    again = "train anew, or start another run from its weights with --init"
    if plan.architecture.value.closed_form == "all":
        raise UserError(
            f"{plan.architecture.name} is fitted in closed form, which knows no epochs; leave --epochs out."
        )
    if recipe.schedule != "constant":
        raise UserError(
            f"the learning rate of this run follows {recipe.schedule} over {recipe.epochs} epochs, so that it "
            f"cannot be trained for {epochs}; {again}."
        )
    if recipe.max_steps:
        raise UserError(f"this run ends after {recipe.max_steps} steps, in the middle of an epoch; {again}.")
    if epochs <= done:
        raise UserError(f"--epochs must be more than the {done} that this run has behind it.")
    return replace(plan, recipe=replace(recipe, epochs=epochs))
