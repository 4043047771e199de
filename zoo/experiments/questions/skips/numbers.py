"""The numbers that `skips` is judged by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zoo.api.experiment import Measured
from zoo.api.spread import Spread, differences, over_seeds
from zoo.experiments.questions.skips.measure import label


@dataclass(frozen=True)
class Numbers:
    """What the trainings left, as figures over seeds.

    Attributes:
        measured: what every training left, by label.
        seeds: the seeds of the trainings.
    """

    measured: Mapping[str, Measured]
    seeds: Sequence[int]

    def result(self, rate: float, arm: str, figure: str) -> Spread:
        """A figure that a training ended with."""
        return over_seeds(self.measured, [label(rate, arm, seed) for seed in self.seeds], "result", figure)

    def gain(self, better: str, worse: str, rate: float) -> Spread:
        """How much more accurate one arm is than another at a learning rate, seed by seed."""
        pairs = [(label(rate, better, seed), label(rate, worse, seed)) for seed in self.seeds]
        return differences(self.measured, pairs, "result", "accuracy")

    def weights(self, rate: float, arm: str) -> int | None:
        """How many weights the network has; None if its first training failed."""
        return self.measured[label(rate, arm, self.seeds[0])].get("parameters")
