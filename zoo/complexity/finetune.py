"""The fine-tuning ledger: what one step costs, as numbers, as formulas in N, H and W, and as measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from random import Random
from typing import Any

from zoo.complexity.axes import Axis, Key, Lattice, fit_line
from zoo.complexity.interpolate import SingularSystemError, interpolate
from zoo.complexity.ledger import ITEMS, Scope, Step, predict, scopes
from zoo.complexity.notation import PYTHON, write
from zoo.complexity.polynomial import Polynomial
from zoo.complexity.result import Report
from zoo.complexity.subject import Subject

TESTS = 4
"""Random points at which the ledger's formulas are tested."""

_SYMBOLS = ("N", "H", "W")
_BYTES = ("weights", "gradients", "optimizer", "saved")


@dataclass(frozen=True)
class Entry:
    """One figure of the ledger.

    Attributes:
        predicted: without running anything.
        measured: in one real step, or None if none was made.
        formula: in N, H and W, tested; None if there is none.
        doubled: what it becomes when symbols are doubled, as a ratio, if that was asked for.
    """

    predicted: int
    measured: int | None
    formula: Polynomial | None
    doubled: Fraction | None = None


@dataclass(frozen=True)
class Column:
    """The ledger of training one part of the network.

    Attributes:
        scope: which part.
        entries: by item; see `zoo.complexity.ledger.ITEMS`, and ``total`` for all bytes.
        saved: bytes kept for backward, by layer.
    """

    scope: str
    entries: Mapping[str, Entry]
    saved: Mapping[str, int]


@dataclass(frozen=True)
class Ledger:
    """What fine-tuning costs.

    Attributes:
        batch: pictures in the batch (N).
        columns: what is trained: everything, the last layer, and what else was asked for.
        notes: what the reader should know.
    """

    batch: int
    columns: list[Column]
    notes: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """As JSON values: bytes, and FLOPs for forward and backward."""
        return {
            "batch": self.batch,
            "scopes": [
                {
                    "trained": column.scope,
                    "saved_by_layer": dict(column.saved),
                    **{name: _entry(entry) for name, entry in column.entries.items()},
                }
                for column in self.columns
            ],
            "notes": self.notes,
        }


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "predicted": entry.predicted,
        "measured": entry.measured,
        "formula": write(entry.formula, PYTHON) if entry.formula else None,
        "doubled": None if entry.doubled is None else str(entry.doubled),
    }


@dataclass(frozen=True)
class _Numbers:
    step: Step

    def values(self) -> dict[Key, int]:
        return {("step", item): value for item, value in self.step.values.items()}


def make_ledger(
    report: Report,
    batch: int,
    layers: Sequence[str] = (),
    measured: bool = True,
    doubled: Sequence[str] = (),
    seed: int = 0,
) -> Ledger:
    """Predict, derive and measure one training step.

    Args:
        report: the network, at its current configuration.
        batch: pictures in the batch; at least 2, for BatchNorm's sake.
        layers: layers from which on to train, beside everything and the last layer alone.
        measured: whether to make a real step on the CPU too.
        doubled: symbols to double.
        seed: of the random test points.
    """
    subject = report.subject
    ledger = Ledger(batch, [])
    for scope in scopes(subject, layers):
        step = predict(subject, subject.point, batch, scope)
        formulas = _formulas(report, batch, scope, Random(seed)) if report.derivation else {}
        real = _measure(subject, batch, scope) if measured else {}
        grown = _doubled(subject, batch, scope, doubled) if doubled else {}
        entries = {
            name: Entry(
                value,
                real.get(name),
                formulas.get(name),
                Fraction(grown[name], value) if value and name in grown else None,
            )
            for name, value in _with_total(step.values).items()
        }
        ledger.columns.append(Column(scope.name, entries, step.saved))
    ledger.notes.extend(_notes(measured))
    return ledger


def _notes(measured: bool) -> list[str]:
    lines = [
        "Bytes of float32 training with Adam; FLOPs are two a multiply-add, padding taps counted. "
        "Saved: what autograd keeps for backward, the input, pooling indices and the loss included, weights not.",
        f"Formulas were tested at {TESTS} random points; N is the batch size, at least 2. What is frozen is in "
        "evaluation mode where it normalizes.",
    ]
    if measured:
        lines.append(
            "Measured: one step on this machine's CPU, saved bytes by their addresses, FLOPs by torch's counter."
        )
    return lines


def _with_total(values: Mapping[str, int]) -> dict[str, int]:
    ordered = {item: values[item] for item in ITEMS}
    total = sum(values[item] for item in _BYTES)
    return {**{item: ordered[item] for item in _BYTES}, "total": total, **{i: ordered[i] for i in ITEMS[4:]}}


def _measure(subject: Subject, batch: int, scope: Scope) -> dict[str, int]:
    from zoo.complexity.measure import measure

    return _with_total(measure(subject, batch, scope).values)


def _doubled(subject: Subject, batch: int, scope: Scope, symbols: Sequence[str]) -> dict[str, int]:
    point = {s: v * (2 if s in symbols else 1) for s, v in subject.point.items()}
    if subject.at(point) is None:
        return {}
    return _with_total(predict(subject, point, batch * (2 if "N" in symbols else 1), scope).values)


def _formulas(report: Report, batch: int, scope: Scope, random: Random) -> dict[str, Polynomial]:
    """Every item as a polynomial in N, H and W that passed the test."""
    assert report.derivation is not None
    subject = report.subject
    found = {s: report.derivation.lattices[s] for s in ("H", "W")}
    lattices: dict[str, Lattice] = {"N": Axis("N", batch, low=2).lattice(1), **found}
    base = {s: lattice.values[0] for s, lattice in lattices.items()}

    def at(point: Mapping[str, int]) -> _Numbers:
        here = {**base, **point}
        full = {**subject.point, "H": here["H"], "W": here["W"]}
        return _Numbers(predict(subject, full, here["N"], scope))

    degrees = {}
    for symbol in _SYMBOLS:
        if not lattices[symbol].fixed:
            line = fit_line(lattices[symbol], partial(_along, at, symbol), lambda numbers: True)
            if line is None:
                return {}
            degrees[symbol] = max(0, *line.degrees.values())
    values = {s: lattices[s].values for s in degrees}
    try:
        polynomials = interpolate(list(degrees), values, degrees, lambda p: at(p).values(), random)
    except SingularSystemError:
        return {}
    tests = [{s: random.choice(values[s]) for s in degrees} for _ in range(TESTS)]
    counted = [(point, at(point).values()) for point in tests]
    passed = {
        key[1]: polynomial.over(_SYMBOLS)
        for key, polynomial in polynomials.items()
        if all(polynomial.at(point) == numbers[key] for point, numbers in counted)
    }
    if set(_BYTES) <= set(passed):
        passed["total"] = passed["weights"] + passed["gradients"] + passed["optimizer"] + passed["saved"]
    return passed


def _along(at: Callable[[Mapping[str, int]], _Numbers], symbol: str, value: int) -> _Numbers:
    return at({symbol: value})
