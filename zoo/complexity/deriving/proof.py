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
from zoo.complexity.deriving.subject import Subject
from zoo.errors import UserError, close_or_all

REGISTERED = ("weights", "biases", "outputs", "connections", "unpadded")
"""What a plugin may register formulas for."""


class Status(IntEnum):
    """What stands behind a number, the weakest first; a sum is as weak as its weakest part."""

    WRONG = 0
    UNVERIFIED = 1
    COUNTED = 2
    CHECKED = 3
    DERIVED = 4
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
            "not verified",
            "counted here; no formula",
            "registered = counted at every test point; not derived",
            "derived = counted; none registered",
            "registered = derived = counted",
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
        agreed: the quantities whose registered formula is right.
        failures: the others.
        registered: the formulas as registered.
    """

    agreed: set[Key]
    failures: list[Failure]
    registered: dict[Key, str]

    def status(self, key: Key, derived: bool, counted: bool) -> Status:
        """What stands behind a number."""
        if any((failure.layer, failure.quantity) == key for failure in self.failures):
            return Status.WRONG
        if not counted:
            return Status.UNVERIFIED
        if key in self.agreed:
            return Status.PROVED if derived else Status.CHECKED
        return Status.DERIVED if derived else Status.COUNTED


def compare(subject: Subject, derivation: Derivation | None) -> Proof:
    """Compare every registered formula with the derived one, and with the count at every test point.

    Args:
        subject: the network and what was registered for it.
        derivation: what was derived, if that was possible.
    """
    points = list(_points(subject, derivation))
    layers = subject.now().rows
    proof = Proof(set(), [], {})
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
            failure = _check(key, text, subject.symbols, derivation, points)
            if failure:
                proof.failures.append(failure)
            else:
                proof.agreed.add(key)
    return proof


def _points(subject: Subject, derivation: Derivation | None) -> Iterator[tuple[Point, Mapping[Key, int]]]:
    """Where formulas are compared: first at the current configuration, then where the derived ones were tested."""
    yield subject.point, subject.now().values()
    if derivation:
        yield from derivation.tests


def _check(
    key: Key,
    text: str,
    symbols: Sequence[str],
    derivation: Derivation | None,
    points: Sequence[tuple[Point, Mapping[Key, int]]],
) -> Failure | None:
    derived = derivation.formula(key) if derivation else None
    try:
        formula = Formula.parse(text)
        for point, counted in points:
            if derived and derived.at(point) != counted.get(key):
                continue  # the picture is too small for any formula of this kind
            if key in counted and formula.at(point) != counted[key]:
                right = write(derived, PYTHON) if derived else ""
                return Failure(*key, text, right, point, formula.at(point), counted[key])
    except UserError as error:
        return Failure(*key, text, problem=str(error))
    if derivation and derived:
        return _check_identity(key, formula, derived, derivation)
    return None


def _check_identity(key: Key, formula: Formula, derived: Polynomial, derivation: Derivation) -> Failure | None:
    """Two polynomials that are not the same differ somewhere, even if no test point happened to show it."""
    steps = {s: (domain.modulus, domain.residue) for s, domain in derivation.domains.items()}
    claimed = formula.polynomial(derived.symbols, steps)
    free = [s for s in derived.symbols if not derivation.domains[s].fixed]
    if claimed is None or len(free) < len(derived.symbols) or (claimed - derived).is_zero:
        return None
    for step in range(1000):
        point = {s: derivation.domains[s].values[step % len(derivation.domains[s].values)] for s in derived.symbols}
        if claimed.at(point) != derived.at(point):
            text = write(derived, PYTHON)
            return Failure(*key, formula.text, text, point, claimed.at(point), int(derived.at(point)))
    return Failure(*key, formula.text, problem=f"is not {write(derived, PYTHON)}")
