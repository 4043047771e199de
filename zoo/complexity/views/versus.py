"""What differs between two networks, layer by layer: weights, connections, and the bytes kept for backward."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from zoo.complexity.algebra.notation import PYTHON, write
from zoo.complexity.algebra.polynomial import Polynomial
from zoo.complexity.deriving.proof import Status
from zoo.complexity.deriving.result import Cell, Report, sum_cells
from zoo.complexity.training_cost.formulas import BATCH, prove_step
from zoo.complexity.training_cost.ledger import ADAM, EVERYTHING, predict, scopes
from zoo.errors import UserError

COLUMNS = ("weights", "connections", "kept")
"""What is compared; ``kept`` is in bytes for one picture."""


@dataclass(frozen=True)
class Difference:
    """How much more one network has of something than another.

    Attributes:
        value: at the current configurations; None if one of them could not be counted.
        formula: the same in symbols, or None.
        status: what stands behind it: the weaker of what stands behind the two.
    """

    value: int | None
    formula: Polynomial | None
    status: Status

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "value": self.value,
            "formula": write(self.formula, PYTHON) if self.formula else None,
            "status": self.status.name.lower(),
        }


@dataclass(frozen=True)
class Versus:
    """Two networks compared.

    Attributes:
        name: the one.
        other: the other.
        rows: by layer, the layers that differ only; positive where the first has more.
        totals: by column.
        grounds: where the formulas of bytes kept are proved, of the one and of the other; empty without formulas.
    """

    name: str
    other: str
    rows: dict[str, dict[str, Difference]]
    totals: dict[str, Difference]
    grounds: tuple[str, str]

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        rows = {layer: {c: d.to_json() for c, d in columns.items()} for layer, columns in self.rows.items()}
        return {
            "name": self.name,
            "other": self.other,
            "rows": rows,
            "totals": {column: difference.to_json() for column, difference in self.totals.items()},
            "kept_proved_for": dict(zip((self.name, self.other), self.grounds, strict=True)),
        }


def compare_reports(report: Report, other: Report) -> Versus:
    """Itemize what one network has more of than another; layers are matched by name."""
    symbols = tuple(dict.fromkeys([*report.subject.symbols, *other.subject.symbols]))
    (kept, where), (kept_other, where_other) = _kept(report), _kept(other)
    layers = list(dict.fromkeys([row.layer for row in (*report.rows, *other.rows)] + [*kept, *kept_other]))
    rows = {}
    for layer in layers:
        columns = {
            column: _difference(_cell(report, layer, column), _cell(other, layer, column), symbols)
            for column in COLUMNS[:2]
        }
        columns["kept"] = _difference(kept.get(layer), kept_other.get(layer), symbols)
        if any(difference.value != 0 for difference in columns.values()):
            rows[layer] = columns
    totals = {c: _difference(report.totals[c], other.totals[c], symbols) for c in COLUMNS[:2]}
    totals["kept"] = _difference(
        sum_cells(report.subject, list(kept.values())), sum_cells(other.subject, list(kept_other.values())), symbols
    )
    return Versus(report.name, other.name, rows, totals, (where, where_other))


def _cell(report: Report, layer: str, column: str) -> Cell | None:
    row = report.row(layer)
    return row.cells[column] if row else None


def _difference(cell: Cell | None, other: Cell | None, symbols: Sequence[str]) -> Difference:
    """The difference; a layer that is missing has nothing of anything."""
    values = [0 if c is None else c.value for c in (cell, other)]
    nothing = Polynomial.constant(symbols, 0)
    formulas = [nothing if c is None else c.formula for c in (cell, other)]
    value = None if values[0] is None or values[1] is None else values[0] - values[1]
    status = min((c.status for c in (cell, other) if c is not None), default=Status.COUNTED)
    if formulas[0] is None or formulas[1] is None:
        return Difference(value, None, min(status, Status.COUNTED))
    return Difference(value, formulas[0].over(symbols) - formulas[1].over(symbols), status)


def _kept(report: Report) -> tuple[dict[str, Cell], str]:
    """Bytes that autograd keeps for one picture when everything is trained, by layer; and where formulas are proved.

    They are those of three pictures less those of two.
    """
    subject = report.subject
    try:
        scope = next(s for s in scopes(subject) if s.name == EVERYTHING)
    except UserError:  # nothing to train, nothing kept
        return {}, ""
    more, less = (predict(subject, subject.point, batch, scope).saved for batch in (3, 2))
    proved = prove_step(subject, 2, scope, ADAM, subject.symbols) if report.derivation else None
    cells = {}
    for layer, size in more.items():
        formula = proved and proved.polynomials.get((layer, "saved"))
        each = (formula.moved(BATCH, 0, 3) - formula.moved(BATCH, 0, 2)).over(subject.symbols) if formula else None
        status = Status.COUNTED if each is None else Status.PROVED
        cells[layer] = Cell(size - less.get(layer, 0), each, "", status)
    return cells, proved.grounds if proved else ""
