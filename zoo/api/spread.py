"""Figures over seeds: how they are written, and when two groups of them differ."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zoo.api.experiment import Measured, Verdict

RULE = (
    "Two groups of runs count as different if every run of one is beyond every run of the other, with at least two "
    "seeds in each. By chance, groups that are equal do so in 1 of 10 comparisons with three seeds each, and in 1 of 3 "
    "with two."
)
"""The test for a difference, in words."""

EQUAL_RULE = (
    "Two groups of runs count as equal if the 90% interval of their mean difference, seed by seed, lies within the "
    "margin: two one-sided t tests at 5%. Where neither is so, nothing is decided."
)
"""The test for no difference, in words: D. Schuirmann (1987), J. Pharmacokinetics and Biopharmaceutics 15."""

CONFIDENCE = 0.90
"""Of intervals: their two ends are one-sided tests at 5% each."""

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

    @functools.cached_property
    def interval(self) -> tuple[float, float]:
        """The 90% confidence interval of the mean, by Student's t; unbounded where there are fewer than two values.

        Of differences between runs, it says how large the true difference may be.
        """
        count = len(self.values)
        if count < SEEDS_NEEDED:
            return -math.inf, math.inf
        from scipy.stats import t

        deviation = math.sqrt(sum((value - self.mean) ** 2 for value in self.values) / (count - 1))
        half = float(t.ppf((1 + CONFIDENCE) / 2, count - 1)) * deviation / math.sqrt(count)
        return self.mean - half, self.mean + half

    def format_interval(self, pattern: str = "{:+.3f}") -> str:
        """The mean and its interval: ``+0.060 (90% interval +0.046 to +0.074)``."""
        if not self.values:
            return "failed"
        low, high = (pattern.format(end) for end in self.interval)
        return f"{pattern.format(self.mean)} (90% interval {low} to {high})"

    def format_points(self) -> str:
        """The same of a difference of shares, in percentage points: ``+6.0 points (90% interval +5.3 to +6.8)``."""
        points = Spread(tuple(100 * value for value in self.values))
        return points.format_interval("{:+.1f}").replace(" (", " points (", 1)

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


def unanimous(answers: Iterable[bool]) -> bool | None:
    """What all seeds say; None if they disagree."""
    different = set(answers)
    return different.pop() if len(different) == 1 else None


def within(differences: Spread, margin: float) -> bool:
    """Whether what is compared is equal: the interval of its differences lies within the margin; see `EQUAL_RULE`."""
    low, high = differences.interval
    return -margin < low and high < margin


def exceeds(high: Spread, low: Spread, differences: Spread, margin: float) -> bool | None:
    """Whether one group of runs is above another.

    Args:
        high: the group that is said to be above.
        low: the other.
        differences: of the first group less the second, seed by seed.
        margin: up to which a difference does not count.

    Returns:
        True if they lie apart; False if the first is below or, at most, less than the margin above, by the upper end of
        the interval; None if neither is so.
    """
    if above(high, low):
        return True
    return False if differences.interval[1] < margin else None


def odds(*groups: Spread) -> str:
    """How often chance alone makes two groups of that many equal runs lie apart, in a sentence."""
    one, other = sorted(len(group.values) for group in groups)[:2]
    ways = math.comb(one + other, one) / 2
    return f"With {one} and {other} seeds, equals would lie apart by chance in 1 of {ways:g} comparisons."


def differences(measured: Mapping[str, Measured], pairs: Iterable[tuple[str, str]], *path: str | int) -> Spread:
    """A figure of the first part less that of the second, for each pair in which both have it."""
    figures = ((_figure(measured[one], path), _figure(measured[other], path)) for one, other in pairs)
    return Spread.of([one - other for one, other in figures if one is not None and other is not None])


def over_seeds(measured: Mapping[str, Measured], labels: Iterable[str], *path: str | int) -> Spread:
    """A figure of some parts, by the keys and places that lead to it; parts that failed, or lack it, have none."""
    return Spread.of([_figure(measured[label], path) for label in labels])


def _figure(value: Any, path: tuple[str | int, ...]) -> float | None:
    for key in path:
        if isinstance(value, Mapping) and key not in value:
            return None
        value = value[key]
    return None if value is None else float(value)
