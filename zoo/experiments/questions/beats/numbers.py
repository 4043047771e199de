"""The numbers that `beats` is judged by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zoo.api.experiment import Measured
from zoo.api.spread import Spread, above, differences, over_seeds
from zoo.experiments.questions.beats.measure import BOTH, label

JUDGES = {
    "loss": ("loss", False),
    "accuracy": ("accuracy", True),
    "chromatic_accuracy": ("chromatic", True),
    "balanced_accuracy": ("balanced", True),
    "ciede2000": ("CIEDE2000", False),
    "as_colored": ("as colored", False),
}
"""The figures by which the table has to be beaten: in words, and whether a higher one is better."""


@dataclass(frozen=True)
class Numbers:
    """What the trainings left, as figures over seeds.

    Attributes:
        measured: what every training left, by label.
        seeds: the seeds of the trainings.
    """

    measured: Mapping[str, Measured]
    seeds: Sequence[int]

    def result(self, arm: str, figure: str) -> Spread:
        """A figure that a training ended with."""
        return over_seeds(self.measured, [label(arm, seed) for seed in self.seeds], "result", figure)

    def price(self, arm: str) -> Spread:
        """How much larger the loss is without a part, seed by seed."""
        pairs = [(label(arm, seed), label(BOTH, seed)) for seed in self.seeds]
        return differences(self.measured, pairs, "result", "loss")

    def is_better(self, arm: str, other: str, figure: str) -> bool:
        """Whether every run of one arm is better than every run of the other by a figure of `JUDGES`."""
        one, two = self.result(arm, figure), self.result(other, figure)
        return above(one, two) if JUDGES[figure][1] else above(two, one)

    def weights(self, arm: str) -> int | None:
        """How many weights the network has; None if its first training failed."""
        return self.measured[label(arm, self.seeds[0])].get("parameters")
