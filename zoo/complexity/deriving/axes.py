"""The symbols of a formula, which values they may take, and on which of these a formula can hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Protocol, TypeVar

Point = Mapping[str, int]
"""A value for every symbol."""

Key = tuple[str, str]
"""A layer and a quantity."""


class Counted(Protocol):
    """Anything with numbers by layer and quantity, such as a `zoo.complexity.counting.rows.Count`."""

    def values(self) -> dict[Key, int]:
        """The numbers."""


C = TypeVar("C", bound=Counted)

MODULI = (1, 2, 3, 4, 6, 8, 12, 14, 16, 24, 28, 32, 48, 56, 64)
"""Steps that are tried for a symbol, in this order."""

_SPREAD = (0, 1, 3, 7, 12, 20, 31, 45, 60)
"""Uneven, so that a floor inside a formula cannot look like a straight line."""

_FEW = 16
"""With fewer values than this, all have to be looked at."""

_POOL = 1000
"""How many values a symbol without an upper bound is tested on."""


@dataclass(frozen=True)
class Axis:
    """A symbol and what it may be.

    Attributes:
        symbol: as in formulas, such as ``NF``.
        value: what it is at the current configuration.
        low: the smallest value allowed.
        high: the largest value allowed, if there is one.
        odd: whether even values are refused.
        choices: the values allowed, if they are listed.
        pool: how many values are drawn from where there is no upper bound.
        start: where the search for a formula begins; below it, formulas may still hold.
        what: what it stands for, in a few words.
    """

    symbol: str
    value: int
    low: int = 1
    high: int | None = None
    odd: bool = False
    choices: tuple[int, ...] = ()
    pool: int = _POOL
    start: int = 1
    what: str = ""

    def domain(self, modulus: int) -> Domain:
        """All allowed values that leave the same remainder as the current one."""
        residue = self.value % modulus
        if self.choices:
            values: Sequence[int] = [v for v in sorted(self.choices) if v % modulus == residue]
        else:
            first = max(self.low, self.start)
            first += (residue - first) % modulus
            values = range(first, (first + self.pool * modulus if self.high is None else self.high + 1), modulus)
        if self.odd and not self.choices:
            values = [v for v in values if v % 2]
        return Domain(self.symbol, modulus, residue, values)

    def moduli(self) -> Iterator[int]:
        """Steps worth trying: an odd symbol moves by even steps only."""
        return (m for m in MODULI if not self.odd or m == 1 or (m % 2 == 0 and m > 2))


@dataclass(frozen=True)
class Domain:
    """Values of a symbol on which a formula holds.

    Attributes:
        symbol: the symbol.
        modulus: their common step.
        residue: the remainder that they leave.
        values: the values, in order; a single one if the symbol had to be kept where it is.
        reason: why it had to be kept there, or empty.
    """

    symbol: str
    modulus: int
    residue: int
    values: Sequence[int]
    reason: str = ""

    @property
    def fixed(self) -> bool:
        """Whether formulas cannot have this symbol."""
        return bool(self.reason)

    def probes(self) -> Iterator[int]:
        """Values to look at, near ones first and unevenly spaced."""
        spread = _SPREAD if len(self.values) >= _FEW else range(len(_SPREAD))
        yield from (self.values[i] for i in spread if i < len(self.values))

    def says(self) -> str:
        """The condition in words, or an empty string if every whole number will do."""
        if self.fixed:
            return f"{self.symbol} = {self.values[0]}"
        if self.modulus == 1:
            return ""
        if self.residue == 0:
            return f"{self.symbol} divisible by {self.modulus}"
        return f"{self.symbol} = {self.residue} mod {self.modulus}"


@dataclass
class Line:
    """Counts along one symbol, all others standing still.

    Attributes:
        degrees: the degree found, by layer and quantity.
    """

    degrees: dict[Key, int] = field(default_factory=dict)


def degree_of(xs: Sequence[int], ys: Sequence[int]) -> int:
    """The degree of the polynomial through the points, by divided differences; -1 for zero."""
    if all(y == ys[0] for y in ys):
        return 0 if ys[0] else -1
    row = [Fraction(y) for y in ys]
    degree = 0
    for order in range(1, len(xs)):
        row = [(row[i + 1] - row[i]) / (xs[i + order] - xs[i]) for i in range(len(row) - 1)]
        if row and any(row):
            degree = order
        else:
            break
    return degree


def fit_line(
    domain: Domain,
    at: Callable[[int], C | None],
    alike: Callable[[C], bool],
) -> Line | None:
    """Find every quantity's degree along a symbol, or None if it is no polynomial there.

    A degree is accepted when two more points than it needs agree.

    Args:
        domain: the values to look at.
        at: counts the network with the symbol at a value, or returns None if it cannot run there.
        alike: whether a count has the layers it should have.
    """
    xs: list[int] = []
    counts: list[dict[Key, int]] = []
    for x in domain.probes():
        count = at(x)
        if count is None or not alike(count):
            return None
        xs.append(x)
        counts.append(count.values())
        if len(xs) < 4:
            continue
        degrees = _degrees(xs, counts)
        if max(degrees.values(), default=0) <= len(xs) - 3:
            return Line(degrees)
    return None


def _degrees(xs: Sequence[int], counts: Sequence[dict[Key, int]]) -> dict[Key, int]:
    computed: dict[tuple[int, ...], int] = {}  # many quantities go through the same points
    degrees = {}
    for key in counts[0]:
        ys = tuple(values[key] for values in counts)
        if ys not in computed:
            computed[ys] = degree_of(xs, ys)
        degrees[key] = computed[ys]
    return degrees
