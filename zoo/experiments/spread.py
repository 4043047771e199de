"""Figures over seeds: how they are written, and when two groups of them differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

RULE = (
    "Two groups of runs count as different if every run of one is beyond every run of the other, with at least two "
    "seeds in each."
)
"""The one test that experiments use, in words. With three seeds a side, chance alone does that in one case of ten."""

SEEDS_NEEDED = 2
"""Of fewer seeds nothing is concluded."""


@dataclass(frozen=True)
class Spread:
    """A figure over seeds."""

    values: tuple[float, ...]

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """The spread of some values, at least one."""
        return cls(tuple(float(value) for value in values))

    @property
    def mean(self) -> float:
        """The arithmetic mean."""
        return sum(self.values) / len(self.values)

    @property
    def low(self) -> float:
        """The smallest."""
        return min(self.values)

    @property
    def high(self) -> float:
        """The largest."""
        return max(self.values)

    def format(self, pattern: str = "{:.3f}") -> str:
        """The mean, and from where to where the seeds lie: ``0.412 (0.398 to 0.421)``."""
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
