"""The predictors that `looks` and `lookup` compare, how they are trained, and what is measured of each."""

from __future__ import annotations

from zoo.api.experiment import Conditions, Measurement, Part, Training
from zoo.experiments.questions.course import QUICK_STEPS, course_training
from zoo.experiments.questions.predictors.measure import describe, look

TABLE = "lookup"
"""The table from grey level to commonest color."""

COURSE = ("baseline, 0.3", "baseline, 0.001", "U-Net, 0.001")
"""The course's networks, by their learning rate."""

PREDICTORS = (TABLE, *COURSE, "U-Net, zoo")
"""Everything that is compared; the last is the course's U-Net by the zoo's default recipe."""

PALETTE = {"task.palette": "course"}
"""Settings of the task."""


def training(predictor: str, conditions: Conditions, seed: int) -> Training:
    """How one of `PREDICTORS` is trained."""
    if predictor in COURSE:
        name, rate = predictor.split(", ")
        return course_training({"baseline": "baseline", "U-Net": "unet"}[name], conditions, seed, lr=float(rate))
    epochs = conditions.epochs or (1 if conditions.quick else None)
    if predictor == TABLE or epochs is None:
        architecture = "lookup" if predictor == TABLE else "unet"
        return Training(architecture, conditions.data, seed, PALETTE)
    short = {"recipe.max_steps": QUICK_STEPS} if conditions.quick else {}
    return Training("unet", conditions.data, seed, {**PALETTE, "recipe.epochs": epochs, **short})


def parts(conditions: Conditions) -> dict[str, Part]:
    """A training and a look for every predictor and seed, and a description of the data for every seed."""
    labelled: dict[str, Part] = {}
    for seed in conditions.seeds:
        runs = {predictor: training(predictor, conditions, seed) for predictor in PREDICTORS}
        for predictor, run in runs.items():
            labelled[run_label(predictor, seed)] = run
            labelled[look_label(predictor, seed)] = Measurement(look, needs={"run": run}, uses=(TABLE,))
        labelled[data_label(seed)] = Measurement(describe, needs={"run": runs[TABLE]})
    return labelled


def run_label(predictor: str, seed: int) -> str:
    """The label of a training."""
    return f"{predictor}, seed {seed}"


def look_label(predictor: str, seed: int) -> str:
    """The label of the look at what was trained."""
    return f"look of {predictor}, seed {seed}"


def data_label(seed: int) -> str:
    """The label of the description of the data; some data sets are split by the seed."""
    return f"data, seed {seed}"
