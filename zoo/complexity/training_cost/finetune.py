"""The fine-tuning ledger: what one step costs, as numbers, as formulas in N, H and W, and as measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from random import Random
from typing import Any

from zoo.complexity.algebra.notation import PYTHON, write
from zoo.complexity.algebra.polynomial import Polynomial, total
from zoo.complexity.deriving.axes import Point
from zoo.complexity.deriving.proof import Status
from zoo.complexity.deriving.result import Report
from zoo.complexity.deriving.subject import Subject
from zoo.complexity.training_cost.formulas import LEDGER_SYMBOLS, StepFormulas, fit_step, prove_step
from zoo.complexity.training_cost.ledger import ADAM, ITEMS, Scope, Setup, predict, scopes

OPTIMIZER_NAMES = {"adam": "Adam", "adamw": "AdamW", "sgd": "SGD", "sgd-momentum": "SGD with momentum"}

_BYTES = ("weights", "gradients", "optimizer", "saved")
_SHARED = {
    "gradients": ("gradients",),
    "optimizer": ("optimizer",),
    "saved": ("saved",),
    "total": ("total",),
    "forward": ("forward",),
    "backward": ("backward",),
    "work": ("forward", "backward"),
}


@dataclass(frozen=True)
class Entry:
    """One figure of the ledger.

    Attributes:
        predicted: without running anything.
        measured: in one real step, or None if none was made.
        formula: in N, H and W; None if there is none.
        doubled: what it becomes when symbols are doubled, if that was asked for.
        measured_doubled: the same in one real step.
    """

    predicted: int
    measured: int | None
    formula: Polynomial | None
    doubled: int | None = None
    measured_doubled: int | None = None

    @property
    def growth(self) -> Fraction | None:
        """By what it is multiplied when symbols are doubled; None if that was not asked for, or there is nothing."""
        return Fraction(self.doubled, self.predicted) if self.doubled is not None and self.predicted else None


@dataclass(frozen=True)
class Shares:
    """How many times as much it costs to train everything.

    Attributes:
        predicted: by what is predicted, or None if the other costs nothing.
        measured: by what is measured.
        doubled: by what is predicted with symbols doubled.
        measured_doubled: by what is measured with symbols doubled.
    """

    predicted: Fraction | None
    measured: Fraction | None
    doubled: Fraction | None
    measured_doubled: Fraction | None


@dataclass(frozen=True)
class Column:
    """The ledger of training one part of the network.

    Attributes:
        scope: which part.
        entries: by item; see `zoo.complexity.training_cost.ledger.ITEMS`, and ``total`` for all bytes.
        saved: bytes kept for backward, by layer.
        status: whether the formulas are proved or tested.
        grounds: where they are proved, or how they were tested.
    """

    scope: str
    entries: Mapping[str, Entry]
    saved: Mapping[str, int]
    status: Status
    grounds: str


@dataclass(frozen=True)
class Ledger:
    """What fine-tuning costs.

    Attributes:
        batch: pictures in the batch (N).
        setup: optimizer and precision.
        columns: what is trained: everything, the last layer, and what else was asked for.
        notes: what the reader should know.
    """

    batch: int
    setup: Setup
    columns: list[Column]
    notes: list[str] = field(default_factory=list)

    def shares(self, column: Column) -> dict[str, Shares]:
        """What training everything costs over what a column does, by item; ``work`` is forward and backward."""
        return {
            name: Shares(
                *(
                    _over([getattr(whole, kind) for whole, _ in pairs], [getattr(part, kind) for _, part in pairs])
                    for kind in ("predicted", "measured", "doubled", "measured_doubled")
                )
            )
            for name, items in _SHARED.items()
            for pairs in [[(self.columns[0].entries[item], column.entries[item]) for item in items]]
        }

    def to_json(self) -> dict[str, Any]:
        """As JSON values: bytes, and FLOPs for forward and backward."""
        return {
            "batch": self.batch,
            "optimizer": self.setup.optimizer,
            "precision": self.setup.precision,
            "scopes": [
                {
                    "trained": column.scope,
                    "status": column.status.name.lower(),
                    "grounds": column.grounds or None,
                    "saved_by_layer": dict(column.saved),
                    **{name: _entry(entry) for name, entry in column.entries.items()},
                    "everything_over_it": {
                        name: {kind: None if value is None else str(value) for kind, value in vars(shares).items()}
                        for name, shares in self.shares(column).items()
                    },
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
        "doubled": None if entry.growth is None else str(entry.growth),
        "measured_doubled": entry.measured_doubled,
    }


def _over(whole: Sequence[int | None], part: Sequence[int | None]) -> Fraction | None:
    """The ratio of two sums; None if something is not known, or there is nothing to divide by."""
    above, below = ([value for value in values if value is not None] for values in (whole, part))
    if len(above) < len(whole) or len(below) < len(part) or not sum(below):
        return None
    return Fraction(sum(above), sum(below))


def make_ledger(
    report: Report,
    batch: int,
    layers: Sequence[str] = (),
    measured: bool = True,
    doubled: Sequence[str] = (),
    seed: int = 0,
    setup: Setup = ADAM,
) -> Ledger:
    """Predict, derive and measure one training step.

    Args:
        report: the network, at its current configuration.
        batch: pictures in the batch; at least 2, for BatchNorm's sake.
        layers: layers from which on to train, beside everything and the last layer alone.
        measured: whether to make a real step on the CPU too.
        doubled: symbols to double.
        seed: of the random test points.
        setup: optimizer and precision.
    """
    subject = report.subject
    ledger = Ledger(batch, setup, [])
    twice = {s: v * (2 if s in doubled else 1) for s, v in subject.point.items()}
    grows = bool(doubled) and subject.at(twice) is not None
    for scope in scopes(subject, layers):
        step = predict(subject, subject.point, batch, scope, setup)
        formulas = _formulas(report, batch, scope, setup, Random(seed)) if report.derivation else StepFormulas()
        real = _measure(subject, subject.point, batch, scope, setup) if measured else {}
        grown = _with_total(predict(subject, twice, batch, scope, setup).values) if grows else {}
        real_grown = _measure(subject, twice, batch, scope, setup) if grows and measured else {}
        entries = {
            name: Entry(value, real.get(name), _formula(formulas, name), grown.get(name), real_grown.get(name))
            for name, value in _with_total(step.values).items()
        }
        ledger.columns.append(Column(scope.name, entries, step.saved, formulas.status, formulas.grounds))
    ledger.notes.extend(_notes(ledger, measured))
    return ledger


def _formulas(report: Report, batch: int, scope: Scope, setup: Setup, random: Random) -> StepFormulas:
    proved = prove_step(report.subject, batch, scope, setup, LEDGER_SYMBOLS)
    return proved or fit_step(report, batch, scope, setup, random)


def _formula(formulas: StepFormulas, name: str) -> Polynomial | None:
    if name != "total":
        return formulas.item(name)
    parts = [formulas.item(item) for item in _BYTES]
    polynomials = [part for part in parts if part is not None]
    return total(polynomials[0].symbols, polynomials) if len(polynomials) == len(parts) else None


def _notes(ledger: Ledger, measured: bool) -> list[str]:
    kind = "float32" if ledger.setup.precision == "fp32" else "bfloat16 autocast"
    lines = [
        f"Bytes of {kind} training with {OPTIMIZER_NAMES[ledger.setup.optimizer]}; FLOPs are two a multiply-add, "
        "padding taps counted. Saved: what autograd keeps for backward, the input, pooling indices and the loss "
        "included, weights not.",
        "Predicted: one step without data, on torch's meta device, by the CPU's kernels. What is frozen is in "
        "evaluation mode where it normalizes.",
    ]
    proved, tested = (
        dict.fromkeys(c.grounds for c in ledger.columns if c.status is status)
        for status in (Status.PROVED, Status.TESTED)
    )
    lines += [
        f"{Status.PROVED.mark} proved for {where}: one step with sizes that stand for all their values. N is the "
        "batch size."
        for where in proved
    ]
    lines += [f"{Status.TESTED.mark} tested {how}. N is the batch size, at least 2." for how in tested]
    if measured:
        lines.append(
            "Measured: one step on this machine's CPU, saved bytes by their addresses, FLOPs by torch's counter."
        )
    return lines


def _with_total(values: Mapping[str, int]) -> dict[str, int]:
    ordered = {item: values[item] for item in ITEMS}
    total = sum(values[item] for item in _BYTES)
    return {**{item: ordered[item] for item in _BYTES}, "total": total, **{i: ordered[i] for i in ITEMS[4:]}}


def _measure(subject: Subject, point: Point, batch: int, scope: Scope, setup: Setup) -> dict[str, int]:
    from zoo.complexity.training_cost.measurement import measure

    return _with_total(measure(subject, point, batch, scope, setup).values)
