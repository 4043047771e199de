"""Figures over seeds: how they are written, and when two groups of them differ."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zoo.api.experiment import Measured, Verdict

RULE = (
    "Two groups of runs count as different if every run of one is beyond every run of the other, with at least two "
    "seeds in each."
)
"""The one test that experiments use, in words. With three seeds a side, chance alone does that in one case of ten."""

SEEDS_NEEDED = 2
"""Of fewer seeds nothing is concluded."""

UNDECIDED = Verdict("not decided at this size", "it takes two seeds that trained to an end.")
"""What is said of a claim then."""


@dataclass(frozen=True)
class Spread:
    """A figure over seeds; without any, where all trainings failed, it is not a number, and beyond nothing."""

    values: tuple[float, ...]

    @classmethod
    def of(cls, values: Sequence[float | None]) -> Spread:
        """The spread of those values that are numbers."""
        return cls(tuple(float(value) for value in values if value is not None))

    @property
    def mean(self) -> float:
        """The arithmetic mean."""
        return sum(self.values) / len(self.values) if self.values else math.nan

    @property
    def low(self) -> float:
        """The smallest."""
        return min(self.values, default=math.nan)

    @property
    def high(self) -> float:
        """The largest."""
        return max(self.values, default=math.nan)

    def format(self, pattern: str = "{:.3f}") -> str:
        """The mean, and from where to where the seeds lie: ``0.412 (0.398 to 0.421)``."""
        if not self.values:
            return "failed"
        mean = pattern.format(self.mean)
        if len(self.values) == 1:
            return mean
        return f"{mean} ({pattern.format(self.low)} to {pattern.format(self.high)})"


def decided(*groups: Spread) -> bool:
    """Whether there are seeds enough to conclude anything."""
    return all(len(group.values) >= SEEDS_NEEDED for group in groups)


def above(high: Spread, low: Spread) -> bool:
    """Whether every run of one group is above every run of the other, with seeds enough in both; see `RULE`."""
    return decided(high, low) and high.low > low.high


def differ(one: Spread, other: Spread) -> bool:
    """Whether the groups lie apart, whichever is above; see `RULE`."""
    return above(one, other) or above(other, one)


def over_seeds(measured: Mapping[str, Measured], labels: Iterable[str], *path: str | int) -> Spread:
    """A figure of some parts, by the keys and places that lead to it; parts that failed, or lack it, have none."""
    return Spread.of([_figure(measured[label], path) for label in labels])


def _figure(value: Any, path: tuple[str | int, ...]) -> float | None:
    for key in path:
        if isinstance(value, Mapping) and key not in value:
            return None
        value = value[key]
    return None if value is None else float(value)
