"""Exact arithmetic on sizes that stand for all their values, along one path through a program.

A program is run with expressions in place of sizes. Every expression is a polynomial; where the program asks a question
about one (``if height < 64``), the answer at the current point is given and noted as a condition, and where it divides
and rounds down, the residues on which the quotient is a polynomial are noted. What the program computes is then exact
wherever the conditions hold, and for the residues noted: a proof, not a test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor, lcm

from zoo.complexity.algebra.polynomial import Polynomial
from zoo.complexity.algebra.region import Condition, Region

LARGEST_MODULUS = 5000
"""A formula for one residue of more than this is no formula that people would use."""


class UnprovableError(Exception):
    """A program does something to a size that no polynomial follows.

    Attributes:
        symbols: the symbols that the size depends on.
    """

    def __init__(self, problem: str, symbols: Sequence[str] = ()) -> None:
        super().__init__(problem)
        self.symbols = frozenset(symbols)


@dataclass
class Path:
    """The way of a program at one point: what its values depend on.

    Every symbol is written as ``modulus * step + residue``; polynomials are in the steps and have whole coefficients
    where they stand for whole numbers.

    Attributes:
        point: the current value of every symbol.
        moduli: modulus and residue of every symbol.
        conditions: what was asked, with the answer: the condition, the refinements before it, and whether it was asked
            aside.
        refinements: every symbol that was refined, with the factor and the offset.
        ignores: whether what is asked now has no say in what is computed.
        is_aside: whether what is asked now is for a quantity of less importance.
    """

    point: dict[str, int]
    moduli: dict[str, tuple[int, int]]
    conditions: dict[tuple[Condition, int, bool], None] = field(default_factory=dict)
    refinements: list[tuple[str, int, int]] = field(default_factory=list)
    ignores: Callable[[], bool] = lambda: False
    is_aside: bool = False

    @property
    def symbols(self) -> tuple[str, ...]:
        """The symbols, in order."""
        return tuple(self.point)

    def symbol(self, name: str) -> Expression:
        """The expression that is one symbol."""
        modulus, residue = self.moduli[name]
        steps = Polynomial.symbol(self.symbols, name) * modulus
        return Expression(self, steps + Polynomial.constant(self.symbols, residue))

    def constant(self, value: int | Fraction) -> Expression:
        """The expression that is a number."""
        return Expression(self, Polynomial.constant(self.symbols, value))

    def steps(self) -> dict[str, int]:
        """The current point, counted in steps."""
        return {s: (self.point[s] - residue) // modulus for s, (modulus, residue) in self.moduli.items()}

    def refine(self, symbol: str, factor: int) -> None:
        """Look at every ``factor``-th value of a symbol only, those that the current one is among."""
        modulus, residue = self.moduli[symbol]
        if modulus * factor > LARGEST_MODULUS:
            problem = f"what it computes of {symbol} depends on its remainder by {modulus * factor}"
            raise UnprovableError(problem, [symbol])
        offset = self.steps()[symbol] % factor
        self.moduli[symbol] = (modulus * factor, residue + modulus * offset)
        self.refinements.append((symbol, factor, offset))

    @contextmanager
    def aside(self) -> Iterator[None]:
        """What is asked in this context counts for `region` only where that is wanted."""
        self.is_aside = True
        try:
            yield
        finally:
            self.is_aside = False

    def ask(self, difference: Expression, relation: str) -> bool:
        """Whether an expression is ``<``, ``<=`` or ``==`` 0 at the current point; the answer becomes a condition."""
        value, smallest = difference.value, difference.grain()
        if relation == "==":
            answer = value == 0
            condition = Condition.make(difference.current(), "==" if answer else "!=")
        else:
            answer = value <= 0 if relation == "<=" else value < 0
            if answer:
                limit = -difference if relation == "<=" else -difference - smallest
            else:
                limit = difference - smallest if relation == "<=" else difference
            condition = Condition.make(limit.current(), ">=")
        key = (condition, len(self.refinements), self.is_aside)
        if not (condition.polynomial.is_constant or key in self.conditions or self.ignores()):
            self.conditions[key] = None
        return answer

    def region(self, aside: bool) -> Region:
        """Where the program takes the same way; with what was asked aside, or without."""
        conditions = []
        for condition, epoch, is_aside in self.conditions:
            polynomial = self.refined(condition.polynomial, epoch)
            if not polynomial.is_constant and (aside or not is_aside):
                conditions.append(Condition.make(polynomial, condition.relation))
        return Region(self.symbols, dict(self.moduli), tuple(dict.fromkeys(conditions)))

    def refined(self, polynomial: Polynomial, epoch: int) -> Polynomial:
        """A polynomial from before the later refinements, in today's steps."""
        for symbol, factor, offset in self.refinements[epoch:]:
            polynomial = polynomial.moved(symbol, factor, offset)
        return polynomial


class Expression:
    """A number that depends on the symbols of a path.

    Args:
        path: the way that it was computed on.
        polynomial: the number, in the path's steps as of now.
    """

    __slots__ = ("_epoch", "_polynomial", "path")

    def __init__(self, path: Path, polynomial: Polynomial) -> None:
        self.path = path
        self._polynomial = polynomial
        self._epoch = len(path.refinements)

    def current(self) -> Polynomial:
        """The polynomial in the path's steps as of now."""
        if self._epoch < len(self.path.refinements):
            self._polynomial = self.path.refined(self._polynomial, self._epoch)
            self._epoch = len(self.path.refinements)
        return self._polynomial

    @property
    def value(self) -> Fraction:
        """The number at the current point."""
        return self.current().at(self.path.steps())

    @property
    def constant(self) -> Fraction | None:
        """The number if it is the same everywhere on this path."""
        polynomial = self.current()
        return polynomial.at(dict.fromkeys(self.path.symbols, 0)) if polynomial.is_constant else None

    def used(self) -> list[str]:
        """The symbols that it depends on."""
        return [symbol for symbol in self.path.symbols if self.current().degree(symbol)]

    def grain(self) -> Fraction:
        """What its values are multiples of: 1 for whole numbers."""
        return Fraction(1, lcm(*(c.denominator for c in self.current().terms.values()), 1))

    def _other(self, other: Expression | int | Fraction) -> Polynomial:
        if isinstance(other, Expression):
            return other.current()
        return Polynomial.constant(self.path.symbols, other)

    def __add__(self, other: Expression | int | Fraction) -> Expression:
        return Expression(self.path, self.current() + self._other(other))

    def __sub__(self, other: Expression | int | Fraction) -> Expression:
        return Expression(self.path, self.current() - self._other(other))

    def __mul__(self, other: Expression | int | Fraction) -> Expression:
        return Expression(self.path, self.current() * self._other(other))

    __rmul__ = __mul__

    def __neg__(self) -> Expression:
        return self * -1

    def __pow__(self, exponent: int) -> Expression:
        if exponent < 0:
            return self.path.constant(1).over(self**-exponent)
        return Expression(self.path, self.current() ** exponent)

    def over(self, other: Expression) -> Expression:
        """The exact quotient.

        Raises:
            UnprovableError: if it is no polynomial.
        """
        divisor = other.constant
        if divisor == 0:
            raise ZeroDivisionError
        if divisor is not None:
            return self * (1 / divisor)
        quotient = self.current().divided(other.current())
        if quotient is None:
            raise UnprovableError("it divides by a size", self.used() + other.used())
        return Expression(self.path, quotient)

    def floor(self) -> Expression:
        """The largest whole number that is not larger; refines the path until that is a polynomial."""
        while True:
            polynomial = self.current()
            broken = next((m for m, c in polynomial.terms.items() if any(m) and c.denominator > 1), None)
            if broken is None:
                break
            symbol = next(s for s, e in zip(self.path.symbols, broken, strict=True) if e)
            self.path.refine(symbol, polynomial.terms[broken].denominator)
        zero = (0,) * len(self.path.symbols)
        start = polynomial.terms.get(zero, Fraction(0))
        return Expression(self.path, polynomial + Polynomial.constant(self.path.symbols, floor(start) - start))

    def floordiv(self, other: Expression) -> Expression:
        """The quotient rounded down."""
        return self.over(other).floor()

    def mod(self, other: Expression) -> Expression:
        """The remainder, of the divisor's sign."""
        return self - self.floordiv(other) * other

    def smaller(self, other: Expression) -> Expression:
        """The smaller of two; which one that is becomes a condition."""
        return self if self.path.ask(self - other, "<=") else other

    def larger(self, other: Expression) -> Expression:
        """The larger of two."""
        return self if self.path.ask(other - self, "<=") else other


def path_at(point: Mapping[str, int], moduli: Mapping[str, int] | None = None) -> Path:
    """A path that starts at a point, every symbol with its modulus (1 if none is given)."""
    steps = {s: (moduli or {}).get(s, 1) for s in point}
    return Path(dict(point), {s: (steps[s], value % steps[s]) for s, value in point.items()})
