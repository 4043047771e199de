"""From values to formulas: sparse interpolation of many polynomials at once, with exact arithmetic.

The method is Zippel's (R. Zippel, "Probabilistic algorithms for sparse polynomials", EUROSAM 1979): bring the symbols
in one after another, and trust that a monomial that is missing for one random choice of the others is missing for all.
A network has hundreds of quantities of one to twenty terms each; this needs dozens of counts, where a full grid would
need hundreds. That trust is put to the test afterwards (`zoo.complexity.deriving.derive`), so it costs no certainty.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from fractions import Fraction
from math import prod
from random import Random
from typing import TypeVar

from zoo.complexity.algebra.polynomial import Monomial, Polynomial

_ATTEMPTS = 10

K = TypeVar("K", bound=Hashable)
Values = Mapping[K, int]
Terms = dict[Monomial, Fraction]


class SingularSystemError(ArithmeticError):
    """The random points happened not to tell the monomials apart."""


def solve(matrix: Sequence[Sequence[int]], sides: Sequence[Sequence[int]]) -> list[list[Fraction]]:
    """Solve ``matrix @ x = side`` for every side, exactly (Bareiss's elimination, which stays in whole numbers).

    Raises:
        SingularSystemError: if the matrix has no inverse.
    """
    size = len(matrix)
    rows = [[*matrix[i], *(side[i] for side in sides)] for i in range(size)]
    previous = 1
    for column in range(size):
        pivot = next((i for i in range(column, size) if rows[i][column]), None)
        if pivot is None:
            raise SingularSystemError
        rows[column], rows[pivot] = rows[pivot], rows[column]
        head = rows[column]
        for i in range(size):
            if i != column:
                factor = rows[i][column]
                rows[i] = [(head[column] * a - factor * b) // previous for a, b in zip(rows[i], head, strict=True)]
        previous = head[column]
    return [[Fraction(rows[i][size + j], rows[i][i]) for i in range(size)] for j in range(len(sides))]


def through(xs: Sequence[int], ys: Sequence[Fraction]) -> list[Fraction]:
    """Coefficients, lowest first, of the polynomial of least degree through the points (Newton's form, expanded)."""
    divided = list(ys)
    for order in range(1, len(xs)):
        for i in range(len(xs) - 1, order - 1, -1):
            divided[i] = (divided[i] - divided[i - 1]) / (xs[i] - xs[i - order])
    coefficients: list[Fraction] = []
    for x, difference in zip(reversed(xs), reversed(divided), strict=True):  # Horner: times (x - node), plus the next
        shifted, kept = [Fraction(0), *coefficients], [*coefficients, Fraction(0)]
        coefficients = [a - x * b for a, b in zip(shifted, kept, strict=True)]
        coefficients[0] += difference
    return coefficients


def interpolate(
    symbols: Sequence[str],
    values: Mapping[str, Sequence[int]],
    degrees: Mapping[str, int],
    evaluate: Callable[[Mapping[str, int]], Values[K]],
    random: Random,
) -> dict[K, Polynomial]:
    """Identify every quantity as a polynomial.

    Args:
        symbols: the symbols, in the order in which exponents are written.
        values: what each symbol may be; more values than its degree.
        degrees: the highest degree in each symbol.
        evaluate: all quantities at a point.
        random: draws the points.

    Raises:
        SingularSystemError: if the drawn points do not suffice; drawing others will do.
    """
    order = sorted(symbols, key=lambda symbol: degrees[symbol])
    # Smallest values are special: with 1x1 kernels, the terms that padding makes would not be there to be seen.
    anchor = {symbol: random.choice(values[symbol][1:] or values[symbol]) for symbol in symbols}
    first = evaluate(anchor)
    polynomials: dict[K, Terms] = {key: {(): Fraction(value)} if value else {} for key, value in first.items()}
    for i, symbol in enumerate(order):
        others = [value for value in values[symbol][: degrees[symbol] + 1] if value != anchor[symbol]]
        nodes = [anchor[symbol], *others[: degrees[symbol]]]
        points = _points(polynomials, values, order[:i], random)
        samples = [[evaluate({**anchor, **p, symbol: node}) for p in points] for node in nodes[1:]]
        polynomials = _bring_in(polynomials, points, nodes, samples, order[:i])
    place = [order.index(symbol) for symbol in symbols]
    return {
        key: Polynomial.make(symbols, [(tuple(m[p] for p in place), c) for m, c in terms.items()])
        for key, terms in polynomials.items()
    }


def _points(
    polynomials: Mapping[K, Terms], values: Mapping[str, Sequence[int]], before: Sequence[str], random: Random
) -> list[dict[str, int]]:
    """Points that tell the monomials of every polynomial apart, as many as the longest of them needs."""
    supports = {tuple(terms) for terms in polynomials.values()}
    wide = max(map(len, supports), default=0)
    for _ in range(_ATTEMPTS):
        points = [{s: random.choice(values[s]) for s in before} for _ in range(wide)]
        try:
            for monomials in supports:
                solve(_matrix(monomials, points, before), [])
        except SingularSystemError:
            continue
        return points
    raise SingularSystemError


def _matrix(
    monomials: Sequence[Monomial], points: Sequence[Mapping[str, int]], before: Sequence[str]
) -> list[list[int]]:
    """Every monomial's value at as many points as there are monomials."""
    return [
        [prod(point[s] ** e for s, e in zip(before, m, strict=True)) for m in monomials]
        for point in points[: len(monomials)]
    ]


def _bring_in(
    polynomials: Mapping[K, Terms],
    points: Sequence[Mapping[str, int]],
    nodes: Sequence[int],
    samples: Sequence[Sequence[Values[K]]],
    before: Sequence[str],
) -> dict[K, Terms]:
    """Every polynomial with one more symbol in it.

    Args:
        polynomials: the polynomials in the symbols before, the new one standing at ``nodes[0]``.
        points: where the symbols before were put, for each count.
        nodes: values of the new symbol.
        samples: for every further node and every point, all quantities.
        before: the symbols that are in already, in order.
    """
    solved: dict[object, Terms] = {}
    wider = {}
    for key, terms in polynomials.items():
        monomials = list(terms)
        used = range(len(monomials))
        sides = [[samples[j][t][key] for t in used] for j in range(len(samples))]
        question = (tuple(terms.items()), tuple(map(tuple, sides)))
        if question not in solved:
            columns = [list(terms.values()), *(solve(_matrix(monomials, points, before), sides) if monomials else [])]
            solved[question] = {
                (*monomial, e): coefficient
                for row, monomial in enumerate(monomials)
                for e, coefficient in enumerate(through(nodes, [column[row] for column in columns]))
                if coefficient
            }
        wider[key] = solved[question]
    return wider
