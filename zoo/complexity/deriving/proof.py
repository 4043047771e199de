"""Hand, derived, counted: what is known of every number, and where a registered formula is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from fractions import Fraction

from zoo.complexity.algebra.formula import Formula
from zoo.complexity.algebra.notation import PYTHON, write
from zoo.complexity.algebra.polynomial import Polynomial
from zoo.complexity.deriving.axes import Key, Point
from zoo.complexity.deriving.derive import Derivation
from zoo.complexity.deriving.identity import difference
from zoo.complexity.deriving.subject import Subject
from zoo.errors import UserError, close_or_all

REGISTERED = ("weights", "biases", "outputs", "connections", "unpadded")
"""What a plugin may register formulas for."""


class Status(IntEnum):
    """What stands behind a number, the weakest first; a sum is as weak as its weakest part."""

    WRONG = 0
    UNKNOWN = 1
    COUNTED = 2
    UNCOMPARED = 3
    TESTED = 4
    PROVED = 5

    @property
    def mark(self) -> str:
        """A character that stands for it in tables."""
        return "×?#+=✓"[self]  # noqa: RUF001 -- a multiplication sign is the narrowest cross

    @property
    def meaning(self) -> str:
        """What it means, for the foot of a table."""
        return (
            "the registered formula is wrong",
            "could not be counted",
            "counted here; no formula",
            "registered, agrees with every count made; could not be compared with a derived formula",
            "tested: the formula agrees with every count in the range below",
            "proved: the formula follows from the network's code in the region below",
        )[self]


@dataclass(frozen=True)
class Failure:
    """A registered formula that is wrong.

    Attributes:
        layer: the layer.
        quantity: what the formula is for.
        registered: the formula as registered.
        derived: the right one, if there is one.
        point: the first point at which the two differ.
        claimed: what the registered formula says there.
        counted: what was counted there.
        problem: what is wrong where it is not a value.
    """

    layer: str
    quantity: str
    registered: str = ""
    derived: str = ""
    point: Point | None = None
    claimed: Fraction | None = None
    counted: int | None = None
    problem: str = ""

    def __str__(self) -> str:
        if self.problem:
            return f"{self.layer}, {self.quantity}: {self.problem}"
        assert self.point is not None
        where = ", ".join(f"{symbol}={value}" for symbol, value in self.point.items())
        right = f" instead of {self.derived}" if self.derived else ""
        return (
            f"{self.layer}, {self.quantity}: registered {self.registered}{right}; they differ first at {where}: "
            f"{self.claimed} registered, {self.counted} counted."
        )


@dataclass
class Proof:
    """The comparison of all registered formulas with what was derived and counted.

    Attributes:
        agreed: the quantities whose registered formula is the derived one, everywhere.
        uncompared: those that agree with every count, but could not be compared with a derived formula.
        failures: the others.
        registered: the formulas as registered.
    """

    agreed: set[Key]
    uncompared: set[Key]
    failures: list[Failure]
    registered: dict[Key, str]

    def status(self, key: Key, point: Point, derivation: Derivation | None, counted: bool) -> Status:
        """What stands behind a number at a point."""
        if any((failure.layer, failure.quantity) == key for failure in self.failures):
            return Status.WRONG
        if not counted:
            return Status.UNKNOWN
        if key in self.uncompared:
            return Status.UNCOMPARED
        if derivation is None or derivation.formula(key) is None:
            return Status.COUNTED
        return Status.PROVED if derivation.is_proved(key, point) else Status.TESTED


def compare(subject: Subject, derivation: Derivation | None) -> Proof:
    """Compare every registered formula with the derived one, and with the count at every test point.

    Args:
        subject: the network and what was registered for it.
        derivation: what was derived, if that was possible.
    """
    points = list(_points(subject, derivation))
    layers = subject.now().rows
    proof = Proof(set(), set(), [], {})
    for cost in subject.registered:
        if cost.layer not in layers:
            hint = close_or_all(cost.layer, layers)
            proof.failures.append(Failure(cost.layer, "layer", problem=f"the network has no such layer; {hint}"))
            continue
        for quantity in REGISTERED:
            text = getattr(cost, quantity)
            if not text:
                continue
            key = (cost.layer, quantity)
            proof.registered[key] = text
            outcome = _check(key, text, subject, derivation, points)
            if isinstance(outcome, Failure):
                proof.failures.append(outcome)
            else:
                (proof.agreed if outcome else proof.uncompared).add(key)
    return proof


def _points(subject: Subject, derivation: Derivation | None) -> Iterator[tuple[Point, Mapping[Key, int]]]:
    """Where formulas are compared: first at the current configuration, then where the derived ones were tested."""
    yield subject.point, subject.now().values()
    if derivation:
        yield from derivation.tests


def _check(
    key: Key,
    text: str,
    subject: Subject,
    derivation: Derivation | None,
    points: Sequence[tuple[Point, Mapping[Key, int]]],
) -> Failure | bool:
    """What is wrong with a registered formula, or whether it could be compared with a derived one."""
    derived = derivation.formula(key) if derivation else None
    try:
        formula = Formula.parse(text)
        for point, counted in points:
            if derived and derived.at(point) != counted.get(key):
                continue  # the picture is too small for any formula of this kind
            if key in counted and formula.at(point) != counted[key]:
                return Failure(*key, text, _written(derived), point, formula.at(point), counted[key])
        if derivation is None or derived is None:
            return False
        point_of_difference = difference(formula, derived, subject.axes, derivation.domains)
        if isinstance(point_of_difference, bool) or point_of_difference is None:
            return point_of_difference is False
        claimed, actual = formula.at(point_of_difference), derived.at(point_of_difference)
        return Failure(*key, text, _written(derived), point_of_difference, claimed, int(actual))
    except UserError as error:
        return Failure(*key, text, problem=str(error))


def _written(derived: Polynomial | None) -> str:
    return write(derived, PYTHON) if derived else ""
