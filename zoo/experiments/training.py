"""Do a part that trains, and take down what it leaves."""

from __future__ import annotations

import shutil
from pathlib import Path

from zoo.api.experiment import Measured, Training
from zoo.errors import FailedError
from zoo.jobs.plan import Plan, make_plan
from zoo.jobs.resume import resume
from zoo.jobs.train import execute
from zoo.progress import Progress
from zoo.registry import Registry
from zoo.runs.run import Run

KEPT = ("architecture", "parameters", "trained_parameters", "precision", "threads", "judged_on", "reference")
"""What is taken over from ``run.json``, beside the result."""


def plan(training: Training, registry: Registry, device: str) -> Plan:
    """The plan of the run.

    Raises:
        UserError: if a name or a setting is wrong.
    """
    return make_plan(
        registry,
        training.architecture,
        settings=training.settings,
        task=training.task,
        data=training.data,
        size=training.size,
        classes=(),
        recipe=training.recipe,
        seed=training.seed,
        device=device,
    )


def train(training: Training, folder: Path, registry: Registry, progress: Progress, device: str) -> Measured:
    """Train in a folder, from where an earlier call was interrupted; see `Training` for what it leaves.

    Raises:
        UserError: if a name or a setting is wrong.
        KeyboardInterrupt: if it was interrupted again.
    """
    quiet = Quiet(progress)
    if (folder / "state" / "training.pt").is_file():
        run = Run.load(folder)
        if run.record["status"] != "done":
            run = resume(folder, registry=registry, progress=quiet, report=False)
    else:
        shutil.rmtree(folder, ignore_errors=True)
        try:
            run = execute(plan(training, registry, device), folder, registry, quiet, report=False)
        except FailedError as error:
            return {"failed": str(error)}
    if run.record["status"] == "interrupted":
        raise KeyboardInterrupt
    return {**{name: run.record[name] for name in KEPT}, "result": run.result, "epochs": run.epochs()}


class Quiet:
    """The bars of a training without its lines, of which an experiment would print hundreds."""

    def __init__(self, progress: Progress) -> None:
        self.advance = progress.advance

    def say(self, line: str) -> None:
        """Not shown."""
