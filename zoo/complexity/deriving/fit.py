"""Polynomials through counts, and their test at points that they were not made from."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random

from zoo.complexity.algebra.interpolation import SingularSystemError, interpolate
from zoo.complexity.algebra.polynomial import Polynomial
from zoo.complexity.deriving.axes import Domain, Key, Point

CHANCE = 1e-9
"""A wrong formula may pass the test with at most this probability; a network has a few hundred formulas."""

MARGIN = 1
"""The test is laid out for errors of a degree higher by this than any degree that the search met."""

_MAX_TRIALS = 100
_ATTEMPTS = 3

Evaluate = Callable[[Point], Mapping[Key, int]]
"""All quantities at a point; raises `StructureChangedError` where they cannot be compared."""


class StructureChangedError(Exception):
    """The network cannot run, or has other layers, at a point where its formulas should hold."""


@dataclass
class Fit:
    """Polynomials, and what stands behind them.

    Attributes:
        polynomials: by layer and quantity, in the symbols that are free.
        agreed: those that equal the count at every test point.
        trials: the number of random test points.
        chance: the most probable it is that a wrong polynomial passed, for errors within the degree bound.
        tests: the test points, and what was counted there.
    """

    polynomials: dict[Key, Polynomial] = field(default_factory=dict)
    agreed: set[Key] = field(default_factory=set)
    trials: int = 0
    chance: float = 1.0
    tests: list[tuple[dict[str, int], dict[Key, int]]] = field(default_factory=list)


def fit(domains: Mapping[str, Domain], degrees: Mapping[str, int], evaluate: Evaluate, random: Random) -> Fit:
    """Identify every quantity as a polynomial, then test it elsewhere.

    Args:
        domains: of every free symbol, the values that it may take.
        degrees: the highest degree in each.
        evaluate: all quantities at a point.
        random: draws the points.
    """
    result = Fit()
    values = {symbol: domain.values for symbol, domain in domains.items()}
    for _ in range(_ATTEMPTS):
        try:
            identified = interpolate(list(domains), values, degrees, evaluate, random)
            result.polynomials = _shared(identified)
            _test(result, domains, degrees, evaluate, random)
        except SingularSystemError:
            continue  # the random points were unlucky
        except StructureChangedError:
            pass
        break
    return result


def _test(
    result: Fit, domains: Mapping[str, Domain], degrees: Mapping[str, int], evaluate: Evaluate, random: Random
) -> None:
    """Compare polynomials with counts at random points.

    A polynomial that is not zero, of degree at most d_i in each symbol, is zero on at most 1 - prod(1 - d_i/|S_i|)
    of a grid of sets S_i (N. Alon and Z. Furedi, "Covering the cube by affine hyperplanes", European Journal of
    Combinatorics 14, 1993, theorem 5, the sharp form of what Schwartz and Zippel proved); independent draws multiply.
    """
    values = {symbol: domain.values for symbol, domain in domains.items()}
    missed = 1 - math.prod(1 - min(degrees[s] + MARGIN, len(values[s]) - 1) / len(values[s]) for s in values)
    trials = 1 if missed <= 0 else min(_MAX_TRIALS, max(3, math.ceil(math.log(CHANCE) / math.log(missed))))
    result.trials, result.chance = trials, missed**trials if values else 0.0
    agreed = set(result.polynomials)
    for point in [{s: random.choice(values[s]) for s in values} for _ in range(trials)]:
        counted = evaluate(point)
        result.tests.append((point, dict(counted)))
        agreed -= disagreeing(result.polynomials, agreed, point, counted)
    result.agreed = agreed


def disagreeing(
    polynomials: Mapping[Key, Polynomial], keys: set[Key], point: Point, counted: Mapping[Key, int]
) -> set[Key]:
    """The quantities whose polynomial differs from what was counted at a point."""
    values: dict[int, object] = {}
    wrong = set()
    for key in keys:
        polynomial = polynomials[key]
        if id(polynomial) not in values:
            values[id(polynomial)] = polynomial.at(point)
        if values[id(polynomial)] != counted.get(key):
            wrong.add(key)
    return wrong


def _shared(polynomials: Mapping[Key, Polynomial]) -> dict[Key, Polynomial]:
    """The same, with equal polynomials made one object, so that each is evaluated once."""
    one: dict[object, Polynomial] = {}
    return {key: one.setdefault(tuple(value.terms.items()), value) for key, value in polynomials.items()}
