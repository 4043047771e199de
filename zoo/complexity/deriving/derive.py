"""Derive formulas from a network alone: count it at chosen points, identify polynomials, and test them elsewhere."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random

from zoo.complexity.algebra.interpolation import SingularSystemError, interpolate
from zoo.complexity.algebra.polynomial import Polynomial
from zoo.complexity.counting.rows import Count
from zoo.complexity.deriving.axes import Axis, Key, Lattice, Line, Point, fit_line
from zoo.complexity.deriving.subject import Subject

CHANCE = 1e-9
"""A wrong formula may pass the test with at most this probability; a network has a few hundred formulas."""

MARGIN = 1
"""The test is laid out for errors of a degree higher by this than any degree that was found."""

_MAX_TRIALS = 100
_MASKED_POOL, _MASKED_START = 16, 48
_SMALLEST_SEARCH = 24


class _Moved(Exception):  # noqa: N818 -- it ends one attempt, and is not an error
    """The network cannot run, or has other layers, at a point where it should."""


@dataclass
class Derivation:
    """Formulas, and what stands behind them.

    Attributes:
        symbols: of the formulas, in order; symbols that had to be kept fixed included.
        lattices: for every symbol, the values for which the formulas hold.
        polynomials: by layer and quantity.
        proven: those that agreed with the count at every test point.
        degrees: the highest degree found, by symbol.
        trials: at how many random points the formulas were tested.
        chance: the most probable it is that a wrong formula passed, for errors within the degree bound.
        tests: the test points, and what was counted there.
        evaluations: how many counts all this took.
    """

    symbols: tuple[str, ...]
    lattices: dict[str, Lattice]
    polynomials: dict[Key, Polynomial] = field(default_factory=dict)
    proven: set[Key] = field(default_factory=set)
    degrees: dict[str, int] = field(default_factory=dict)
    trials: int = 0
    chance: float = 1.0
    tests: list[tuple[dict[str, int], dict[Key, int]]] = field(default_factory=list)
    evaluations: int = 0

    def formula(self, key: Key) -> Polynomial | None:
        """The formula of a quantity, if there is one that passed every test."""
        return self.polynomials[key] if key in self.proven else None

    @property
    def conditions(self) -> str:
        """For which values the formulas hold, in words."""
        fixed = [lattice.says() for lattice in self.lattices.values()]
        return " and ".join(text for text in fixed if text)


def derive(subject: Subject, seed: int = 0) -> Derivation:
    """Derive every layer's formulas, once for a subject and seed.

    Args:
        subject: the network.
        seed: of the random points.
    """
    known: Derivation | None = subject.derivations.get(seed)
    if known is None:
        known = subject.derivations[seed] = _derive(subject, seed)
    return known


def _derive(subject: Subject, seed: int) -> Derivation:
    reference = subject.now()
    lattices, degrees = _lattices(subject, reference)
    result = Derivation(subject.symbols, lattices, degrees=degrees)
    free = [s for s in subject.symbols if not lattices[s].fixed]
    still = {s: lattices[s].values[0] for s in subject.symbols if lattices[s].fixed}

    def at(point: Point) -> Mapping[Key, int]:
        found = subject.at({s: {**still, **point}[s] for s in subject.symbols})
        if found is None or found.structure() != reference.structure():
            raise _Moved
        return found.values()

    random = Random(seed)
    for _ in range(3):
        try:
            values = {s: lattices[s].values for s in free}
            found = interpolate(free, values, degrees, at, random)
            result.polynomials = _shared({key: value.over(subject.symbols) for key, value in found.items()})
            _test(result, at, random)
            break
        except SingularSystemError:
            continue
        except _Moved:
            break
    result.lattices = _smallest(subject, result)
    result.evaluations = len(subject.observations())
    return result


def _lattices(subject: Subject, reference: Count) -> tuple[dict[str, Lattice], dict[str, int]]:
    """For every symbol the values that formulas can hold for, sizes first: what they need, settings must fit."""
    base = dict(subject.point)
    lattices: dict[str, Lattice] = {}
    degrees: dict[str, int] = {}
    axes = subject.axes
    if reference.masked:  # masks have as many values as the picture: stay with small ones
        axes = tuple(replace(a, pool=_MASKED_POOL, start=min(a.start, _MASKED_START)) for a in axes)
    order = sorted(axes, key=lambda axis: axis.symbol not in ("H", "W"))
    for axis in order:
        found = _search(subject, axis, base, reference)
        if found is None:
            lattices[axis.symbol] = Lattice(axis.symbol, 1, 0, [axis.value], reason=_why(subject, axis, base))
            continue
        lattices[axis.symbol], line = found
        degrees[axis.symbol] = max(0, *line.degrees.values())
        base[axis.symbol] = lattices[axis.symbol].values[1]
    return lattices, degrees


def _search(subject: Subject, axis: Axis, base: Point, reference: Count) -> tuple[Lattice, Line] | None:
    for modulus in axis.moduli():
        lattice = axis.lattice(modulus)
        if len(lattice.values) < 4:
            continue
        line = fit_line(
            lattice,
            lambda value: subject.at({**base, axis.symbol: value}),
            lambda found: found.structure() == reference.structure(),
        )
        if line is not None:
            return lattice, line
    return None


def _why(subject: Subject, axis: Axis, base: Point) -> str:
    others = [v for v in (axis.value + 1, axis.value + 2, 2 * axis.value) if axis.high is None or v <= axis.high]
    if all(subject.at({**base, axis.symbol: v}) is None for v in others):
        return f"it runs with no other {axis.symbol} that was tried"
    return f"no polynomial in {axis.symbol} was found"


def _test(result: Derivation, at: Callable[[Point], Mapping[Key, int]], random: Random) -> None:
    """Compare formulas with counts at random points, which may lie far from those that the formulas were made at.

    A polynomial that is not zero, of degree at most d_i in each symbol, is zero on at most 1 - prod(1 - d_i/|S_i|)
    of a grid of sets S_i (N. Alon and Z. Furedi, "Covering the cube by affine hyperplanes", European Journal of
    Combinatorics 14, 1993, theorem 5, the sharp form of what Schwartz and Zippel proved); independent draws multiply.
    """
    values = {s: result.lattices[s].values for s in result.degrees if not result.lattices[s].fixed}
    missed = 1 - math.prod(1 - min(result.degrees[s] + MARGIN, len(values[s]) - 1) / len(values[s]) for s in values)
    trials = 1 if missed <= 0 else min(_MAX_TRIALS, max(3, math.ceil(math.log(CHANCE) / math.log(missed))))
    result.trials, result.chance = trials, missed**trials if values else 0.0
    proven = set(result.polynomials)
    points = [{s: random.choice(values[s]) for s in values} for _ in range(trials)]
    still = {s: lat.values[0] for s, lat in result.lattices.items() if lat.fixed}
    for point in points:
        full = {s: {**still, **point}[s] for s in result.symbols}
        counted = at(full)
        result.tests.append((full, dict(counted)))
        proven -= _disagreeing(result.polynomials, proven, full, counted)
    result.proven = proven


def _shared(polynomials: Mapping[Key, Polynomial]) -> dict[Key, Polynomial]:
    """The same, with equal polynomials made one object, so that each is evaluated once."""
    one: dict[object, Polynomial] = {}
    return {key: one.setdefault(tuple(value.terms.items()), value) for key, value in polynomials.items()}


def _disagreeing(
    polynomials: Mapping[Key, Polynomial], keys: set[Key], point: Point, counted: Mapping[Key, int]
) -> set[Key]:
    known: dict[int, object] = {}
    wrong = set()
    for key in keys:
        polynomial = polynomials[key]
        if id(polynomial) not in known:
            known[id(polynomial)] = polynomial.at(point)
        if known[id(polynomial)] != counted.get(key):
            wrong.add(key)
    return wrong


def _smallest(subject: Subject, result: Derivation) -> dict[str, Lattice]:
    """Find down to which height and width the formulas hold, everything else being as it is now."""
    lattices = dict(result.lattices)
    for symbol in ("H", "W"):
        lattice = lattices[symbol]
        if lattice.fixed:
            continue
        first = lattice.residue or lattice.modulus
        below = range(first, lattice.values[0], lattice.modulus)
        points: Sequence[int] = [*below[:_SMALLEST_SEARCH], lattice.values[0]]
        smallest = {False: lattice.values[0], True: lattice.values[0]}
        for unpadded in smallest:
            for value in reversed(points):
                if not _holds(subject, result, {**subject.point, symbol: value}, unpadded):
                    break
                smallest[unpadded] = value
        lattices[symbol] = replace(lattice, smallest=smallest[False], smallest_unpadded=smallest[True])
    return lattices


def _holds(subject: Subject, result: Derivation, point: Point, unpadded: bool) -> bool:
    count = subject.at(point)
    if count is None:
        return False
    keys = {key for key in result.proven if (key[1] == "unpadded") is unpadded}
    return not _disagreeing(result.polynomials, keys, point, count.values())
