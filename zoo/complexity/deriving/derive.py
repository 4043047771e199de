"""Derive formulas from a network alone: count it at chosen points, identify polynomials, and test them elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random

from zoo.complexity.algebra.polynomial import Polynomial
from zoo.complexity.counting.rows import Count
from zoo.complexity.deriving.axes import Domain, Key, Point
from zoo.complexity.deriving.fit import StructureChangedError, disagreeing, fit
from zoo.complexity.deriving.search import find_domains
from zoo.complexity.deriving.subject import Subject

_SMALLEST_SEARCH = 24


@dataclass
class Derivation:
    """Formulas, and what stands behind them.

    Attributes:
        symbols: of the formulas, in order; symbols that had to be kept fixed included.
        domains: for every symbol, the values for which the formulas hold.
        polynomials: by layer and quantity.
        verified: those that agreed with the count at every test point.
        degrees: the highest degree met, by symbol.
        trials: at how many random points the formulas were tested.
        chance: the most probable it is that a wrong formula passed, for errors within the degree bound.
        tests: the test points, and what was counted there.
        evaluations: how many counts all this took.
    """

    symbols: tuple[str, ...]
    domains: dict[str, Domain]
    polynomials: dict[Key, Polynomial] = field(default_factory=dict)
    verified: set[Key] = field(default_factory=set)
    degrees: dict[str, int] = field(default_factory=dict)
    trials: int = 0
    chance: float = 1.0
    tests: list[tuple[dict[str, int], dict[Key, int]]] = field(default_factory=list)
    evaluations: int = 0

    def formula(self, key: Key) -> Polynomial | None:
        """The formula of a quantity, if there is one that passed every test."""
        return self.polynomials[key] if key in self.verified else None

    @property
    def conditions(self) -> str:
        """For which values the formulas hold, in words."""
        parts = [domain.says() for domain in self.domains.values()]
        return " and ".join(text for text in parts if text)


def derive(subject: Subject, seed: int = 0) -> Derivation:
    """Derive every layer's formulas, once for a subject and seed.

    Args:
        subject: the network.
        seed: of the random points.
    """
    derivation: Derivation | None = subject.derivations.get(seed)
    if derivation is None:
        derivation = subject.derivations[seed] = _derive(subject, seed)
    return derivation


def _derive(subject: Subject, seed: int) -> Derivation:
    # Step 1: count at the current configuration. Its layers are those that every other count must have.
    reference = subject.now()
    # Step 2: along each symbol, find values on which the counts are polynomials, and their degrees.
    domains, degrees = find_domains(subject, reference)
    # Step 3: identify the polynomials in all free symbols at once, and test them at random points.
    free = {symbol: domains[symbol] for symbol in subject.symbols if not domains[symbol].fixed}
    still = {symbol: domain.values[0] for symbol, domain in domains.items() if domain.fixed}
    outcome = fit(free, degrees, lambda point: _values(subject, reference, {**still, **point}), Random(seed))
    result = Derivation(
        subject.symbols,
        domains,
        {key: polynomial.over(subject.symbols) for key, polynomial in outcome.polynomials.items()},
        outcome.agreed,
        degrees,
        outcome.trials,
        outcome.chance,
        [({s: {**still, **point}[s] for s in subject.symbols}, counted) for point, counted in outcome.tests],
    )
    # Step 4: go down to the smallest picture for which they still hold.
    result.domains = _smallest(subject, result)
    result.evaluations = len(subject.observations())
    return result


def _values(subject: Subject, reference: Count, point: Point) -> Mapping[Key, int]:
    """All quantities at a point.

    Raises:
        StructureChangedError: if the network does not run there, or has other layers.
    """
    count = subject.at({symbol: point[symbol] for symbol in subject.symbols})
    if count is None or count.structure() != reference.structure():
        raise StructureChangedError
    return count.values()


def _smallest(subject: Subject, result: Derivation) -> dict[str, Domain]:
    """Find down to which height and width the formulas hold, everything else being as it is now."""
    domains = dict(result.domains)
    for symbol in ("H", "W"):
        domain = domains[symbol]
        if domain.fixed:
            continue
        first = domain.residue or domain.modulus
        below = range(first, domain.values[0], domain.modulus)
        points: Sequence[int] = [*below[:_SMALLEST_SEARCH], domain.values[0]]
        smallest = {False: domain.values[0], True: domain.values[0]}
        for unpadded in smallest:
            for value in reversed(points):
                if not _holds(subject, result, {**subject.point, symbol: value}, unpadded):
                    break
                smallest[unpadded] = value
        domains[symbol] = replace(domain, smallest=smallest[False], smallest_unpadded=smallest[True])
    return domains


def _holds(subject: Subject, result: Derivation, point: Point, unpadded: bool) -> bool:
    count = subject.at(point)
    if count is None:
        return False
    keys = {key for key in result.verified if (key[1] == "unpadded") is unpadded}
    return not disagreeing(result.polynomials, keys, point, count.values())
