"""Polynomials term by term: put numbers into them, spell them, weigh and compare their terms."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from fractions import Fraction

from zoo.complexity.algebra.notation import PRETTY, write
from zoo.complexity.algebra.polynomial import Monomial, Polynomial


def put(polynomial: Polynomial, values: Mapping[str, int]) -> Polynomial:
    """A polynomial with numbers in place of some of its symbols; the set of symbols stays."""
    terms = []
    for monomial, coefficient in polynomial.terms.items():
        left = []
        for symbol, exponent in zip(polynomial.symbols, monomial, strict=True):
            if symbol in values:
                coefficient *= values[symbol] ** exponent
                exponent = 0
            left.append(exponent)
        terms.append((tuple(left), coefficient))
    return Polynomial.make(polynomial.symbols, terms)


def spelled(polynomial: Polynomial) -> str:
    """A polynomial as a sum of terms, which names every one, where a factored form would hide them."""
    text = ""
    for monomial, coefficient in sorted(polynomial.terms.items(), key=lambda term: term[1] < 0):
        term = write(Polynomial.make(polynomial.symbols, [(monomial, abs(coefficient))]), PRETTY)
        sign = "-" if coefficient < 0 else "+"
        text += f" {sign} {term}" if text else f"-{term}" if coefficient < 0 else term
    return text or "0"


def alone(polynomial: Polynomial, monomial: Monomial) -> Polynomial:
    """One term of a polynomial."""
    return Polynomial.make(polynomial.symbols, [(monomial, polynomial.terms[monomial])])


def is_bare(polynomial: Polynomial) -> bool:
    """Whether it is a number, without any symbol."""
    return not any(any(monomial) for monomial in polynomial.terms)


def weight(truth: Polynomial, monomials: Collection[Monomial]) -> Fraction:
    """The share of a formula that some of its terms are; a term counts for one more than its degree."""
    size = {monomial: sum(monomial) + 1 for monomial in truth.terms}
    return Fraction(sum(size[monomial] for monomial in monomials), sum(size.values()))


def is_near(wrong: Monomial, right: Monomial) -> bool:
    """Whether two terms differ in at most two powers and share more than half of the right one's."""
    shared = sum(min(a, b) for a, b in zip(wrong, right, strict=True))
    return sum(abs(a - b) for a, b in zip(wrong, right, strict=True)) <= 2 and 2 * shared > sum(right)
