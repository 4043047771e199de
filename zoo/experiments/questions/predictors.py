"""What `looks` and `lookup` compare, and what both of them measure of it: so it is trained and measured once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any

from zoo.api.experiment import Conditions, Measured, Measurement, Part, Training
from zoo.experiments.colors import describe, look
from zoo.experiments.questions.skips import course_training
from zoo.experiments.spread import Spread, above, over_seeds

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
    return Training("unet", conditions.data, seed, {**PALETTE, "recipe.epochs": epochs})


def parts(conditions: Conditions) -> dict[str, Part]:
    """A training and a look for every predictor and seed, and a description of the data for every seed."""
    found: dict[str, Part] = {}
    for seed in conditions.seeds:
        runs = {predictor: training(predictor, conditions, seed) for predictor in PREDICTORS}
        for predictor, run in runs.items():
            found[trained(predictor, seed)] = run
            found[looked(predictor, seed)] = Measurement(look, needs={"run": run})
        found[described(seed)] = Measurement(describe, needs={"run": runs[TABLE]})
    return found


def trained(predictor: str, seed: int) -> str:
    """The label of a training."""
    return f"{predictor}, seed {seed}"


def looked(predictor: str, seed: int) -> str:
    """The label of the look at what was trained."""
    return f"look of {predictor}, seed {seed}"


def described(seed: int) -> str:
    """The label of the description of the data; some data sets are split by the seed."""
    return f"data, seed {seed}"


@dataclass(frozen=True)
class Numbers:
    """What the parts left, as figures over seeds.

    Attributes:
        measured: what every part left, by label.
        seeds: the seeds of the runs.
    """

    measured: Mapping[str, Measured]
    seeds: Sequence[int]

    @classmethod
    def of(cls, measured: Mapping[str, Measured], conditions: Conditions) -> Numbers:
        """The numbers of those seeds with which every predictor trained to an end: they are compared seed by seed."""
        failed = [
            seed
            for seed in conditions.seeds
            if any("failed" in measured[trained(predictor, seed)] for predictor in PREDICTORS)
        ]
        return cls(measured, [seed for seed in conditions.seeds if seed not in failed])

    def run(self, predictor: str, figure: str) -> Spread:
        """A figure that a training ended with."""
        return over_seeds(self.measured, [trained(predictor, seed) for seed in self.seeds], figure)

    def look(self, predictor: str, *path: str | int) -> Spread:
        """A figure of `look`, by the keys and places that lead to it."""
        return self._at([looked(predictor, seed) for seed in self.seeds], path)

    def data(self, *path: str | int) -> Spread:
        """The same of `describe`."""
        return self._at([described(seed) for seed in self.seeds], path)

    def _at(self, labels: Sequence[str], path: Sequence[str | int]) -> Spread:
        values = []
        for label in labels:
            value: Any = self.measured[label]
            for key in path:
                value = value[key]
            values.append(value)
        return Spread.of(values)

    def has(self, predictor: str, figure: str) -> bool:
        """Whether every seed has a figure of `look`, which some have nothing to be taken of."""
        return all(self.measured[looked(predictor, seed)][figure] is not None for seed in self.seeds)


def ordered(figures: Mapping[str, Spread], *, higher: bool) -> Iterator[tuple[str, str]]:
    """Every pair of predictors whose figures lie apart, the better one first.

    Args:
        figures: the figure of each.
        higher: whether a higher one is better.
    """
    for one, other in permutations(figures, 2):
        if above(figures[one], figures[other]) if higher else above(figures[other], figures[one]):
            yield one, other
