"""The numbers that `looks` and `lookup` are judged by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

from zoo.api.experiment import Conditions, Measured
from zoo.api.spread import Spread, above, over_seeds
from zoo.experiments.questions.predictors.parts import PREDICTORS, data_label, look_label, run_label


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
            if any("failed" in measured[run_label(predictor, seed)] for predictor in PREDICTORS)
        ]
        return cls(measured, [seed for seed in conditions.seeds if seed not in failed])

    def run(self, predictor: str, figure: str) -> Spread:
        """A figure that a training ended with."""
        return over_seeds(self.measured, [run_label(predictor, seed) for seed in self.seeds], "result", figure)

    def look(self, predictor: str, *path: str | int) -> Spread:
        """A figure of `look`, by the keys and places that lead to it."""
        return over_seeds(self.measured, [look_label(predictor, seed) for seed in self.seeds], *path)

    def data(self, *path: str | int) -> Spread:
        """The same of `describe`."""
        return over_seeds(self.measured, [data_label(seed) for seed in self.seeds], *path)


def less(one: Spread, other: Spread) -> Spread:
    """One figure less another, seed by seed; `Numbers.of` has left out the seeds with which a training failed."""
    return Spread.of([a - b for a, b in zip(one.values, other.values, strict=True)])


def ordered(figures: Mapping[str, Spread], *, higher: bool) -> Iterator[tuple[str, str]]:
    """Every pair of predictors whose figures lie apart, the better one first.

    Args:
        figures: the figure of each.
        higher: whether a higher one is better.
    """
    for one, other in permutations(figures, 2):
        if above(figures[one], figures[other]) if higher else above(figures[other], figures[one]):
            yield one, other
