"""Derive formulas from a network alone: prove them where its code allows it, and test them everywhere else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

from zoo.complexity.algebra.polynomial import Polynomial
from zoo.complexity.counting.rows import Count
from zoo.complexity.deriving.axes import Axis, Domain, Key, Point
from zoo.complexity.deriving.fit import StructureChangedError, disagreeing, fit
from zoo.complexity.deriving.sampling import LARGEST, LARGEST_MASKED, Box, box_without, points_needed, sample
from zoo.complexity.deriving.search import find_domains
from zoo.complexity.deriving.subject import Subject
from zoo.complexity.deriving.trace import Trace, prove

UNPADDED = "unpadded"


@dataclass
class Derivation:
    """Formulas, and what stands behind them.

    Attributes:
        symbols: of the formulas, in order; symbols that had to be kept fixed included.
        domains: for every symbol, the values for which the formulas hold.
        polynomials: by layer and quantity.
        trace: the run that proves formulas, or None.
        proved: the formulas that are proved, in the region of the trace.
        tested: those that agreed with the count at every test point of the box, the proved ones included.
        box: the smallest and largest value of every symbol among the test points that passed.
        unpadded_box: the same for connections without padding.
        trials: the number of test points in the box.
        tests: the test points in the box, and what was counted there.
        evaluations: how many counts all this took.
    """

    symbols: tuple[str, ...]
    domains: dict[str, Domain]
    polynomials: dict[Key, Polynomial] = field(default_factory=dict)
    trace: Trace | None = None
    proved: set[Key] = field(default_factory=set)
    tested: set[Key] = field(default_factory=set)
    box: Box = field(default_factory=dict)
    unpadded_box: Box = field(default_factory=dict)
    tests: list[tuple[Point, dict[Key, int]]] = field(default_factory=list)
    evaluations: int = 0

    @property
    def trials(self) -> int:
        """The number of test points."""
        return len(self.tests)

    @property
    def free(self) -> list[str]:
        """The symbols that vary."""
        return [symbol for symbol in self.symbols if not self.domains[symbol].fixed]

    def formula(self, key: Key) -> Polynomial | None:
        """The formula of a quantity, if there is one that passed every test."""
        return self.polynomials[key] if key in self.tested else None

    def is_proved(self, key: Key, point: Point) -> bool:
        """Whether the formula of a quantity is proved at a point."""
        if self.trace is None or key not in self.proved:
            return False
        return self.trace.contains(point, unpadded=key[1] == UNPADDED)

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
    random = Random(seed)
    # Step 1: count at the current configuration. Its layers are those that every other count must have.
    reference = subject.now()
    # Step 2: run once with sizes that stand for all their values. What comes out is proved.
    trace = prove(subject, reference)
    # Step 3: search and interpolate what is missing: symbols that the network's code reads as plain numbers.
    result = _proved_formulas(subject, trace) if trace else None
    if result is None or trace is None or trace.fixed or not set(reference.values()) <= set(result.polynomials):
        fitted = _fitted_formulas(subject, reference, trace, random)
        result = _joined(result, fitted) if result else fitted
    # Step 4: compare all formulas with counts over the whole domain.
    _test(subject, reference, result, random)
    result.evaluations = len(subject.observations())
    return result


# --- step 3 ---


def _proved_formulas(subject: Subject, trace: Trace) -> Derivation:
    """The formulas of the trace alone; symbols that it kept as numbers are fixed."""
    domains = {}
    for axis in subject.axes:
        if axis.symbol in trace.fixed:
            value, reason = trace.point[axis.symbol], trace.fixed[axis.symbol]
            domains[axis.symbol] = Domain(axis.symbol, 1, 0, [value], reason=reason)
        else:
            modulus, _ = trace.region.moduli[axis.symbol]
            domains[axis.symbol] = axis.domain(1 if axis.odd and modulus == 2 else modulus)
    return Derivation(subject.symbols, domains, dict(trace.polynomials), trace, set(trace.polynomials))


def _joined(proved: Derivation, fitted: Derivation) -> Derivation:
    """What was fitted if it has all symbols that what was proved has; otherwise what was proved."""
    if not set(proved.free) <= set(fitted.free) or not fitted.polynomials:
        return proved
    if set(proved.free) < set(fitted.free):
        return fitted
    extra = {key: polynomial for key, polynomial in fitted.polynomials.items() if key not in proved.polynomials}
    proved.polynomials |= extra
    return proved


def _fitted_formulas(subject: Subject, reference: Count, trace: Trace | None, random: Random) -> Derivation:
    """The formulas that interpolation finds, and of them the ones that agree with the trace."""
    domains, degrees = find_domains(subject, reference, trace.region.moduli if trace else {})
    free = {symbol: domains[symbol] for symbol in subject.symbols if not domains[symbol].fixed}
    still = {symbol: domain.values[0] for symbol, domain in domains.items() if domain.fixed}

    def evaluate(point: Point) -> Mapping[Key, int]:
        count = subject.at({s: {**still, **point}[s] for s in subject.symbols})
        if count is None or count.structure() != reference.structure():
            raise StructureChangedError
        return count.values()

    polynomials = fit(free, degrees, evaluate, random).polynomials if free else {}
    result = Derivation(subject.symbols, domains, {k: p.over(subject.symbols) for k, p in polynomials.items()}, trace)
    if trace is not None:
        result.proved = {
            key
            for key, polynomial in result.polynomials.items()
            if key in trace.polynomials and _agrees(polynomial, trace.polynomials[key], trace)
        }
    return result


def _agrees(polynomial: Polynomial, proved: Polynomial, trace: Trace) -> bool:
    """Whether a polynomial becomes another when the symbols that a trace kept as numbers take their values."""
    for symbol in trace.fixed:
        polynomial = polynomial.moved(symbol, 0, trace.point[symbol])
    return (polynomial - proved).is_zero


# --- step 4 ---


def _test(subject: Subject, reference: Count, result: Derivation, random: Random) -> None:
    """Compare formulas with counts; keep those that pass, and the box that holds no failure."""
    if not result.free or not result.polynomials:
        return
    points = [dict(subject.point), *_points(subject, reference, result, random)]
    counted: list[tuple[Point, dict[Key, int]]] = []
    broken: list[Point] = []
    for point in points:
        count = subject.at(point)
        if count is None or count.structure() != reference.structure():
            broken.append(point)
        else:
            counted.append((point, count.values()))
    wrong = [disagreeing(result.polynomials, set(result.polynomials), point, values) for point, values in counted]
    often = {key for key in result.polynomials if sum(key in keys for keys in wrong) > len(counted) / 2}
    keys = set(result.polynomials) - often
    main = {key for key in keys if key[1] != UNPADDED}
    result.box = _box(counted, [keys & main for keys in wrong], broken, subject.point)
    result.unpadded_box = _box(counted, [keys - often for keys in wrong], broken, subject.point)
    result.tested = keys if len(result.box) else set()
    result.tests = [(p, v) for p, v in counted if _within(p, result.box)]
    if result.trace is not None:
        _doubt(result, points, broken, counted, wrong)
    if len(result.tests) < min(3, len(points)):
        result.tested, result.proved = set(), set()


def _points(subject: Subject, reference: Count, result: Derivation, random: Random) -> list[Point]:
    axes: list[Axis] = [axis for axis in subject.axes if axis.symbol in result.free]
    moduli = {symbol: result.domains[symbol].modulus for symbol in result.free}
    complete = result.trace is not None and result.proved == set(result.polynomials) and not result.trace.fixed
    count = points_needed(len(reference.rows), complete)
    points = sample(axes, moduli, LARGEST_MASKED if reference.masked else LARGEST, count, random)
    full: list[Point] = [{**subject.point, **point} for point in points]
    if complete and result.trace is not None:  # the proof says where it holds: nothing is claimed elsewhere
        full = [point for point in full if result.trace.contains(point)]
    return full


def _box(
    counted: list[tuple[Point, dict[Key, int]]], wrong: list[set[Key]], broken: list[Point], current: Point
) -> Box:
    passes = [point for (point, _), keys in zip(counted, wrong, strict=True) if not keys]
    failures = [point for (point, _), keys in zip(counted, wrong, strict=True) if keys]
    if not passes:
        return {}
    inside = current if current in passes else passes[len(passes) // 2]
    return box_without([*broken, *failures], passes, inside)


def _doubt(
    result: Derivation,
    points: list[Point],
    broken: list[Point],
    counted: list[tuple[Point, dict[Key, int]]],
    wrong: list[set[Key]],
) -> None:
    """Withdraw what a count contradicts: the network then depends on something that no size shows."""
    assert result.trace is not None
    if any(result.trace.contains(point) for point in broken):
        result.proved = set()
    for (point, _), keys in zip(counted, wrong, strict=True):
        result.proved -= {key for key in keys if result.is_proved(key, point)}


def _within(point: Point, box: Box) -> bool:
    return bool(box) and all(low <= point[symbol] <= high for symbol, (low, high) in box.items())
