"""The report in other forms: JSON with a versioned schema, CSV, Markdown, LaTeX."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from zoo.complexity.algebra.notation import LATEX, PRETTY, PYTHON, Style, write
from zoo.complexity.deriving.axes import Domain
from zoo.complexity.deriving.derive import Derivation
from zoo.complexity.deriving.proof import Failure, Status
from zoo.complexity.deriving.result import Cell, Report, ReportRow

SCHEMA = 2
"""Version of the JSON; raised when a field changes its meaning or goes away."""


def to_json(report: Report) -> dict[str, Any]:
    """A report as JSON values. Formulas are in Python's arithmetic, exact."""
    return {
        "schema": SCHEMA,
        "kind": "complexity",
        "name": report.name,
        "point": report.point,
        "conventions": asdict(report.conventions),
        "rows": [_row(row) for row in report.rows],
        "totals": {column: _cell(cell) for column, cell in report.totals.items()},
        "proof": _proof(report.derivation) if report.derivation else None,
        "failures": [_failure(failure) for failure in report.failures],
        "notes": report.notes,
    }


def _row(row: ReportRow) -> dict[str, Any]:
    return {
        "layer": row.layer,
        "kind": row.kind,
        "calls": row.calls,
        "shape": list(row.shape),
        "shape_formula": [write(size, PYTHON) if size else None for size in row.shape_formulas],
        **{column: _cell(cell) for column, cell in row.cells.items()},
    }


def _cell(cell: Cell) -> dict[str, Any]:
    return {
        "value": cell.value,
        "formula": write(cell.formula, PYTHON) if cell.formula else None,
        "registered": cell.registered or None,
        "status": cell.status.name.lower(),
    }


def _proof(derivation: Derivation) -> dict[str, Any]:
    trace = derivation.trace
    return {
        "counts": derivation.evaluations,
        "holds_for": {symbol: _domain(domain) for symbol, domain in derivation.domains.items()},
        "proved": None
        if trace is None
        else {"formulas": len(derivation.proved), "where": trace.says(), "kept_as_numbers": trace.fixed},
        "tested": {
            "formulas": len(derivation.tested),
            "points": derivation.trials,
            "range": {symbol: list(derivation.box[symbol]) for symbol in derivation.free if derivation.box},
        },
    }


def _domain(domain: Domain) -> dict[str, Any]:
    return {
        "modulus": domain.modulus,
        "residue": domain.residue,
        "fixed_at": domain.values[0] if domain.fixed else None,
    }


def _failure(failure: Failure) -> dict[str, Any]:
    return {
        "layer": failure.layer,
        "quantity": failure.quantity,
        "registered": failure.registered,
        "derived": failure.derived or None,
        "point": failure.point and dict(failure.point),
        "registered_value": None if failure.claimed is None else float(failure.claimed),
        "counted_value": failure.counted,
        "message": str(failure),
    }


def to_csv(report: Report) -> str:
    """The rows as CSV, without their total: numbers, then formulas in Python's arithmetic, and their status."""
    columns = list(report.totals)
    parts = ["formula", "status"] if report.derivation else ["status"]
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["layer", "kind", "calls", "shape", *columns, *(f"{c}_{part}" for c in columns for part in parts)])
    for row in report.rows:
        cells = [_cell(cell) for cell in row.cells.values()]
        table.writerow(
            [
                *(row.layer, row.kind, row.calls, "x".join(map(str, row.shape))),
                *(cell["value"] for cell in cells),
                *(cell[part] for cell in cells for part in parts),
            ]
        )
    return text.getvalue()


# --- tables for documents ---


def to_markdown(report: Report) -> str:
    """Two Markdown tables, numbers and formulas, and what they rest on."""
    columns = list(report.totals)
    lines = [f"### {report.name}", "", here(report), "", "| layer | shape | " + " | ".join(columns) + " |"]
    lines.append("|---|---|" + "---:|" * len(columns))
    for layer, shape, cells in _lines(report):
        numbers = [f"{number(cell)} {cell.status.mark}" for cell in cells]
        lines.append(f"| {layer} | {shape} | " + " | ".join(numbers) + " |")
    if report.derivation:
        lines += ["", "| layer | " + " | ".join(columns) + " |", "|---|" + "---|" * len(columns)]
        for layer, _, cells in _lines(report):
            lines.append(f"| {layer} | " + " | ".join(f"${formula(cell, LATEX)}$" for cell in cells) + " |")
    return "\n".join([*lines, "", *(f"- {sentence}" for sentence in foot(report)), ""])


def to_latex(report: Report) -> str:
    """A ``longtable`` of formulas and numbers; needs the packages longtable and booktabs."""
    columns = list(report.totals)
    lines = [
        rf"% {here(report)}",
        rf"\begin{{longtable}}{{l{'r' * len(columns)}}}",
        r"\toprule",
        " & ".join(["layer", *columns]) + r" \\",
        r"\midrule",
        r"\endhead",
    ]
    for layer, _, cells in _lines(report):
        if layer == "total":
            lines.append(r"\midrule")
        name = rf"\texttt{{{layer}}}".replace("_", r"\_").replace("#", r"\#")
        lines.append(" & ".join([name, *(f"${formula(cell, LATEX)}$" for cell in cells)]) + r" \\")
        lines.append(" & ".join(["", *(number(cell).replace(",", r"\,") for cell in cells)]) + r" \\")
    return "\n".join([*lines, r"\bottomrule", r"\end{longtable}", *(f"% {s}" for s in foot(report)), ""])


def _lines(report: Report) -> Iterator[tuple[str, str, list[Cell]]]:
    for row in report.rows:
        yield row.layer, "x".join(map(str, row.shape)), list(row.cells.values())
    yield "total", "", list(report.totals.values())


def number(cell: Cell) -> str:
    """A number with thousands set apart; a question mark for one that could not be counted."""
    return "?" if cell.value is None else f"{cell.value:,}"


def formula(cell: Cell, style: Style = PRETTY) -> str:
    """A formula; a question mark where there is none."""
    return "?" if cell.formula is None else write(cell.formula, style)


def here(report: Report) -> str:
    """The current configuration."""
    return ", ".join(f"{symbol} = {value}" for symbol, value in report.point.items())


def foot(report: Report) -> list[str]:
    """What the tables rest on: conventions, the meaning of the marks, the proof, and notes."""
    used = {cell.status for row in report.rows for cell in row.cells.values()} | {
        cell.status for cell in report.totals.values()
    }
    marks = "; ".join(f"{status.mark} {status.meaning}" for status in sorted(used, reverse=True))
    lines = [*report.conventions.sentences(), f"{marks}."]
    if {"weights", "biases"} <= set(report.totals):
        both = [report.totals[column] for column in ("weights", "biases")]
        lines.insert(0, f"Parameters, weights and biases together: {sum(cell.value or 0 for cell in both):,}.")
    if report.derivation:
        lines += _grounds(report.derivation, used)
    return lines + report.notes


def _grounds(derivation: Derivation, used: set[Status]) -> list[str]:
    """What was proved, where; and what was tested, where."""
    lines = []
    if Status.PROVED in used and derivation.trace is not None:
        lines.append(
            f"{Status.PROVED.mark} proved for {derivation.trace.says()}: counted once with sizes that stand for all "
            "their values; the network's code asks nothing else of them."
        )
    if derivation.tested:
        box = ", ".join(f"{s} in {low}..{high}" for s, (low, high) in derivation.box.items() if s in derivation.free)
        conditions = f" ({derivation.conditions})" if derivation.conditions else ""
        word = "Compared with counts" if derivation.proved >= derivation.tested else f"{Status.TESTED.mark} tested"
        lines.append(f"{word} for {box}{conditions}, {derivation.trials} points.")
    return lines
