"""The report: every layer's cost in numbers and formulas, and what stands behind each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from zoo.complexity.algebra.polynomial import Polynomial, total
from zoo.complexity.counting.rows import Count, Row
from zoo.complexity.deriving.axes import Key, Point
from zoo.complexity.deriving.conventions import Conventions
from zoo.complexity.deriving.derive import Derivation, derive
from zoo.complexity.deriving.proof import Failure, Proof, Status, compare
from zoo.complexity.deriving.subject import Subject

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Cell:
    """One number of the report.

    Attributes:
        value: at the current configuration; None if it could not be counted.
        formula: derived and tested, or None.
        registered: the formula that the plugin registered, as written, or empty.
        status: what stands behind it.
    """

    value: int | None
    formula: Polynomial | None
    registered: str
    status: Status


@dataclass(frozen=True)
class ReportRow:
    """One layer of the report.

    Attributes:
        layer: its path in the module.
        kind: one of `zoo.complexity.counting.rows.KINDS`.
        calls: how often it ran.
        shape: what it puts out, without the batch.
        shape_formulas: the same in symbols; None where there is no formula.
        cells: by column.
    """

    layer: str
    kind: str
    calls: int
    shape: tuple[int, ...]
    shape_formulas: tuple[Polynomial | None, ...]
    cells: Mapping[str, Cell]


@dataclass
class Report:
    """A network's cost, layer by layer.

    Attributes:
        name: what was counted.
        point: the current configuration: a value for every symbol.
        conventions: what was counted in.
        rows: the layers, in order of execution.
        totals: by column.
        derivation: where the formulas come from, or None if none were asked for.
        failures: registered formulas that are wrong.
        notes: what the reader should know.
        subject: what was counted, to count more of it.
    """

    name: str
    point: dict[str, int]
    conventions: Conventions
    rows: list[ReportRow]
    totals: dict[str, Cell]
    derivation: Derivation | None
    failures: list[Failure]
    subject: Subject = field(repr=False)
    notes: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether no registered formula is wrong."""
        return not self.failures

    def row(self, layer: str) -> ReportRow | None:
        """The row of a layer, if it is shown."""
        return next((row for row in self.rows if row.layer == layer), None)


def make_report(
    subject: Subject,
    conventions: Conventions | None = None,
    formulas: bool = True,
    seed: int = 0,
) -> Report:
    """Count a network, derive its formulas, and compare them with the registered ones.

    Args:
        subject: the network.
        conventions: what to count in.
        formulas: whether to derive formulas; registered ones are checked in any case.
        seed: of the random points.
    """
    conventions = conventions or Conventions()
    count = subject.now()
    derivation = derive(subject, seed) if formulas else None
    proof = compare(subject, derivation)
    rows = [
        _row(row, conventions, subject, derivation, proof)
        for row in count.rows.values()
        if conventions.shows(row.kind) and not _is_empty(row)
    ]
    totals = {column: sum_cells(subject, [row.cells[column] for row in rows]) for column in conventions.columns()}
    return Report(
        subject.name,
        dict(subject.point),
        conventions,
        rows,
        totals,
        derivation,
        proof.failures,
        subject,
        _notes(count, derivation),
    )


def _row(
    row: Row, conventions: Conventions, subject: Subject, derivation: Derivation | None, proof: Proof
) -> ReportRow:
    sizes = tuple(derivation.formula((row.layer, f"size{i}")) if derivation else None for i in range(len(row.shape)))
    cells = {}
    for column in conventions.columns():
        parts = [_part(row, quantity, subject.point, derivation, proof) for quantity in conventions.parts(column)]
        cells[column] = parts[0] if len(parts) == 1 else sum_cells(subject, parts)
    return ReportRow(row.layer, row.kind, row.calls, row.shape, sizes, cells)


def _part(row: Row, quantity: str, point: Point, derivation: Derivation | None, proof: Proof) -> Cell:
    key: Key = (row.layer, quantity)
    value: int | None = getattr(row, quantity)
    formula = derivation.formula(key) if derivation else None
    status = proof.status(key, point, derivation, value is not None)
    if formula is not None and value is not None and formula.at(point) != value:
        formula, status = None, Status.COUNTED  # the picture is too small for it
    return Cell(value, formula, proof.registered.get(key, ""), status)


def sum_cells(subject: Subject, cells: Sequence[Cell]) -> Cell:
    """The sum of cells; known only if all of them are, and as sure as the weakest that is not nothing."""
    values = [cell.value for cell in cells]
    formulas = [cell.formula for cell in cells]
    counted = [cell.status for cell in cells if not (cell.status >= Status.TESTED and _is_nothing(cell))]
    return Cell(
        None if None in values else sum(value for value in values if value is not None),
        None if None in formulas else total(subject.symbols, (f for f in formulas if f is not None)),
        "",
        min(counted or [cell.status for cell in cells], default=Status.COUNTED),
    )


def _is_nothing(cell: Cell) -> bool:
    return cell.formula is not None and cell.formula.is_zero


def _is_empty(row: Row) -> bool:
    numbers: Iterable[int | None] = (row.weights, row.biases, row.outputs, row.connections, row.bias_connections)
    return not any(numbers)


def _notes(count: Count, derivation: Derivation | None) -> list[str]:
    notes = []
    idle = [row.layer for row in count.rows.values() if not row.calls and (row.weights or row.biases)]
    if idle:
        notes.append(f"Hold weights that are used, if at all, without calling them: {_some(idle)}.")
    shared = [f"{row.layer} ({row.calls} times)" for row in count.rows.values() if row.calls > 1]
    if shared:
        notes.append(f"Run more than once, weights counted once, all else every time: {_some(shared)}.")
    if derivation:
        fixed = [domain for domain in derivation.domains.values() if domain.fixed]
        notes += [f"Formulas have no {domain.symbol}: {domain.reason}." for domain in fixed]
    return notes


def _some(names: Sequence[str], limit: int = 4) -> str:
    rest = len(names) - limit
    return ", ".join(names[:limit]) + (f" and {rest} more" if rest > 0 else "")
