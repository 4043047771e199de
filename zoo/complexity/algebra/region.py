"""Where something holds: conditions on symbols, decided exactly and written in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from math import gcd, lcm

from zoo.complexity.algebra.notation import PYTHON, write
from zoo.complexity.algebra.polynomial import Polynomial

_BEYOND_ALL = 1 << 40
"""Pictures are smaller; torch writes "to the end" as a limit above this."""


@dataclass(frozen=True)
class Condition:
    """A polynomial compared with zero.

    Attributes:
        polynomial: with whole coefficients that have no common factor.
        relation: ``>=``, ``==`` or ``!=``.
    """

    polynomial: Polynomial
    relation: str

    @classmethod
    def make(cls, polynomial: Polynomial, relation: str) -> Condition:
        """The condition with whole coefficients, as small as they can be."""
        coefficients = polynomial.terms.values()
        scale = Fraction(lcm(*(c.denominator for c in coefficients), 1), gcd(*(c.numerator for c in coefficients)) or 1)
        return cls(polynomial if scale == 1 else polynomial * scale, relation)

    def holds(self, point: Mapping[str, int]) -> bool:
        """Whether it holds at a point."""
        value = self.polynomial.at(point)
        return value >= 0 if self.relation == ">=" else (value == 0) is (self.relation == "==")


@dataclass
class Bounds:
    """What is left of a symbol's values.

    Attributes:
        low: the smallest.
        high: the largest; None if there is none.
        without: values between them that are left out.
    """

    low: int
    high: int | None = None
    without: set[int] = field(default_factory=set)

    def __contains__(self, value: int) -> bool:
        return self.low <= value and (self.high is None or value <= self.high) and value not in self.without


@dataclass(frozen=True)
class Region:
    """Where conditions hold.

    Attributes:
        symbols: the symbols.
        moduli: modulus and residue of every symbol.
        conditions: in steps: every symbol is ``modulus * step + residue``.
        limits: the smallest and largest value that every symbol may take at all.
        odd: symbols that are odd anyway.
    """

    symbols: tuple[str, ...]
    moduli: Mapping[str, tuple[int, int]]
    conditions: tuple[Condition, ...]
    limits: Mapping[str, tuple[int, int | None]] = field(default_factory=dict)
    odd: frozenset[str] = frozenset()

    def __contains__(self, point: Mapping[str, int]) -> bool:
        steps = {}
        for symbol, (modulus, residue) in self.moduli.items():
            low, high = self.limits.get(symbol, (1, None))
            value = point[symbol]
            if value % modulus != residue or value < low or (high is not None and value > high):
                return False
            steps[symbol] = (value - residue) // modulus
        return all(condition.holds(steps) for condition in self.conditions)

    @cached_property
    def _simplified(self) -> tuple[dict[str, Bounds], list[Condition]]:
        """Bounds in steps by symbol, and the conditions that are none and do not follow from the bounds."""
        bounds = {}
        for symbol, (modulus, residue) in self.moduli.items():
            low, high = self.limits.get(symbol, (1, None))
            bounds[symbol] = Bounds(
                -((residue - low) // modulus), None if high is None else (high - residue) // modulus
            )
        rest = [condition for condition in self.conditions if not _narrow(bounds, condition)]
        return bounds, [condition for condition in rest if not _follows(bounds, condition)]

    @property
    def rest(self) -> list[Condition]:
        """The conditions that are no bounds of one symbol, and do not follow from bounds; in steps."""
        return self._simplified[1]

    def tied(self) -> set[str]:
        """The symbols that have one value only, or are bound to each other by an equation."""
        polynomials = [c.polynomial for c in self.conditions if c.relation == "=="]
        return {symbol for polynomial in polynomials for symbol in self.symbols if polynomial.degree(symbol)}

    def bounds(self, symbol: str) -> Bounds:
        """What is left of one symbol's values, by the conditions on it alone."""
        modulus, residue = self.moduli[symbol]
        steps = self._simplified[0][symbol]
        return Bounds(
            modulus * steps.low + residue,
            None if steps.high is None else modulus * steps.high + residue,
            {modulus * step + residue for step in steps.without},
        )

    def in_values(self, polynomial: Polynomial) -> Polynomial:
        """A polynomial in steps, written in the symbols' values."""
        for symbol, (modulus, residue) in self.moduli.items():
            if modulus != 1 or residue:
                polynomial = polynomial.moved(symbol, Fraction(1, modulus), Fraction(-residue, modulus))
        return polynomial

    def says(self) -> str:
        """The region in words; an empty string if it is everything."""
        parts = [text for symbol in self.symbols for text in self._says(symbol)]
        return ", ".join([*parts, *(self._condition(condition) for condition in self.rest)])

    def _says(self, symbol: str) -> Iterator[str]:
        modulus, residue = self.moduli[symbol]
        lowest, highest = self.limits.get(symbol, (1, None))
        left = self.bounds(symbol)
        if left.low == left.high:
            yield f"{symbol} = {left.low}"
            return
        if modulus > (2 if symbol in self.odd else 1):
            yield f"{symbol} divisible by {modulus}" if residue == 0 else f"{symbol} = {residue} mod {modulus}"
        below = left.low > max(lowest, residue or modulus)
        above = left.high is not None and (highest is None or left.high + modulus <= highest)
        if below and above:
            yield f"{left.low} <= {symbol} <= {left.high}"
        elif below or above:
            yield f"{symbol} >= {left.low}" if below else f"{symbol} <= {left.high}"
        if left.without:
            yield f"{symbol} not {' or '.join(map(str, sorted(left.without)))}"

    def _condition(self, condition: Condition) -> str:
        polynomial = Condition.make(self.in_values(condition.polynomial), condition.relation).polynomial
        sides = [
            Polynomial(polynomial.symbols, {m: c * sign for m, c in polynomial.terms.items() if c * sign > 0})
            for sign in (1, -1)
        ]
        left, right = (write(side, PYTHON) for side in sides)
        return f"{left} {condition.relation} {right}"


def _narrow(bounds: dict[str, Bounds], condition: Condition) -> bool:
    """Take a condition on one symbol alone into its bounds; False if it is none."""
    polynomial = condition.polynomial
    used = [symbol for symbol in polynomial.symbols if polynomial.degree(symbol)]
    if len(used) != 1 or polynomial.degree(used[0]) != 1:
        return False
    [symbol] = used
    place = bounds[symbol]
    zero = dict.fromkeys(polynomial.symbols, 0)
    start = polynomial.at(zero)
    slope = polynomial.at({**zero, symbol: 1}) - start
    root = -start / slope
    if condition.relation == ">=" and slope > 0:
        place.low = max(place.low, -((-root.numerator) // root.denominator))
    elif condition.relation == ">=":
        if root > _BEYOND_ALL:
            return True
        highest = root.numerator // root.denominator
        place.high = highest if place.high is None else min(place.high, highest)
    elif condition.relation == "!=":
        if root.denominator == 1:
            place.without.add(int(root))
    else:
        if root.denominator != 1:
            return False
        place.low, place.high = max(place.low, int(root)), int(root)
    while place.low in place.without:
        place.without.discard(place.low)
        place.low += 1
    place.without = {value for value in place.without if value in Bounds(place.low, place.high)}
    return True


def _follows(bounds: Mapping[str, Bounds], condition: Condition) -> bool:
    """Whether a condition holds for all that is within the bounds: seen from the lowest corner, no sign changes."""
    polynomial = condition.polynomial
    for symbol in polynomial.symbols:
        polynomial = polynomial.moved(symbol, 1, bounds[symbol].low)
    zero = (0,) * len(polynomial.symbols)
    start = polynomial.terms.get(zero, Fraction(0))
    rising = all(c >= 0 for m, c in polynomial.terms.items() if any(m))
    falling = all(c <= 0 for m, c in polynomial.terms.items() if any(m))
    if condition.relation == ">=":
        return rising and start >= 0
    return condition.relation == "!=" and ((rising and start > 0) or (falling and start < 0))
