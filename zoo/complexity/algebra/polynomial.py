"""Exact polynomials in several symbols: what a formula is while it is derived, added up and tested.

sympy could do this too; these few operations on integer exponents are some hundred times faster, and need no import.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import comb

Monomial = tuple[int, ...]
"""The exponent of every symbol, in the polynomial's order of symbols."""


@dataclass(frozen=True)
class Polynomial:
    """A polynomial with rational coefficients.

    Attributes:
        symbols: the names of its symbols; they order the exponents.
        terms: the coefficient of every monomial, none of them zero.
    """

    symbols: tuple[str, ...]
    terms: Mapping[Monomial, Fraction] = field(default_factory=dict)

    @classmethod
    def make(cls, symbols: Sequence[str], terms: Iterable[tuple[Monomial, Fraction]]) -> Polynomial:
        """Add terms up; monomials may repeat, and what cancels is dropped."""
        collected: dict[Monomial, Fraction] = {}
        for monomial, coefficient in terms:
            collected[monomial] = collected.get(monomial, Fraction(0)) + coefficient
        return cls(tuple(symbols), {m: c for m, c in sorted(collected.items(), reverse=True) if c})

    @classmethod
    def constant(cls, symbols: Sequence[str], value: int | Fraction) -> Polynomial:
        """The polynomial that is the same everywhere."""
        return cls.make(symbols, [((0,) * len(symbols), Fraction(value))])

    @classmethod
    def symbol(cls, symbols: Sequence[str], name: str) -> Polynomial:
        """The polynomial that is one symbol."""
        return cls.make(symbols, [(tuple(int(symbol == name) for symbol in symbols), Fraction(1))])

    def __hash__(self) -> int:
        return hash((self.symbols, tuple(self.terms.items())))

    def __add__(self, other: Polynomial) -> Polynomial:
        return Polynomial.make(self.symbols, [*self.terms.items(), *other.over(self.symbols).terms.items()])

    def __sub__(self, other: Polynomial) -> Polynomial:
        return self + other * -1

    def __mul__(self, other: int | Fraction | Polynomial) -> Polynomial:
        if not isinstance(other, Polynomial):
            return Polynomial.make(self.symbols, [(m, c * other) for m, c in self.terms.items()])
        return Polynomial.make(
            self.symbols,
            [
                (tuple(a + b for a, b in zip(m, n, strict=True)), c * d)
                for m, c in self.terms.items()
                for n, d in other.over(self.symbols).terms.items()
            ],
        )

    def __pow__(self, exponent: int) -> Polynomial:
        power = Polynomial.constant(self.symbols, 1)
        for _ in range(exponent):
            power = power * self
        return power

    @property
    def is_zero(self) -> bool:
        """Whether it is zero everywhere."""
        return not self.terms

    @property
    def is_constant(self) -> bool:
        """Whether it depends on no symbol."""
        return not any(any(monomial) for monomial in self.terms)

    def degree(self, symbol: str) -> int:
        """Its degree in one symbol; 0 for a symbol it does not know."""
        if symbol not in self.symbols:
            return 0
        place = self.symbols.index(symbol)
        return max((monomial[place] for monomial in self.terms), default=0)

    def at(self, point: Mapping[str, int | Fraction]) -> Fraction:
        """Its value at a point, exactly."""
        values = [point[symbol] for symbol in self.symbols]
        total = Fraction(0)
        for monomial, coefficient in self.terms.items():
            product: int | Fraction = 1
            for value, exponent in zip(values, monomial, strict=True):
                if exponent:
                    product *= value**exponent
            total += coefficient * product
        return total

    def scaled(self, factors: Mapping[str, int]) -> Polynomial:
        """Every named symbol replaced by a multiple of itself: ``{"H": 2}`` doubles the height."""
        scale = [factors.get(symbol, 1) for symbol in self.symbols]
        terms = []
        for monomial, coefficient in self.terms.items():
            for factor, exponent in zip(scale, monomial, strict=True):
                coefficient *= factor**exponent
            terms.append((monomial, coefficient))
        return Polynomial.make(self.symbols, terms)

    def moved(self, symbol: str, factor: int | Fraction, offset: int | Fraction) -> Polynomial:
        """The same with ``factor * symbol + offset`` in the symbol's place."""
        place = self.symbols.index(symbol)
        terms = []
        for monomial, coefficient in self.terms.items():
            exponent = monomial[place]
            for e in range(exponent + 1):
                part = coefficient * comb(exponent, e) * factor**e * offset ** (exponent - e)
                terms.append(((*monomial[:place], e, *monomial[place + 1 :]), Fraction(part)))
        return Polynomial.make(self.symbols, terms)

    def divided(self, other: Polynomial) -> Polynomial | None:
        """The quotient by another polynomial in the same symbols, or None if there is a remainder."""
        head = max(other.terms)
        rest, quotient = self, Polynomial(self.symbols)
        while not rest.is_zero:
            top = max(rest.terms)
            exponents = tuple(a - b for a, b in zip(top, head, strict=True))
            if min(exponents, default=0) < 0:
                return None
            term = Polynomial(self.symbols, {exponents: rest.terms[top] / other.terms[head]})
            quotient, rest = quotient + term, rest - term * other
        return quotient

    def over(self, symbols: Sequence[str]) -> Polynomial:
        """The same polynomial, written in a wider or reordered set of symbols.

        Raises:
            KeyError: if it depends on a symbol that is not among them.
        """
        if tuple(symbols) == self.symbols:
            return self
        lost = [s for s in self.symbols if s not in symbols and self.degree(s)]
        if lost:
            raise KeyError(f"the polynomial depends on {', '.join(lost)}")
        place = {symbol: i for i, symbol in enumerate(self.symbols)}
        return Polynomial.make(
            symbols,
            [(tuple(m[place[s]] if s in place else 0 for s in symbols), c) for m, c in self.terms.items()],
        )


def total(symbols: Sequence[str], parts: Iterable[Polynomial]) -> Polynomial:
    """The sum of polynomials, all written in the given symbols."""
    return Polynomial.make(symbols, (term for part in parts for term in part.over(symbols).terms.items()))
