"""The report in other forms: JSON with a versioned schema, Markdown, LaTeX."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from zoo.complexity.algebra.notation import LATEX, PRETTY, PYTHON, Style, write
from zoo.complexity.deriving.axes import Domain
from zoo.complexity.deriving.derive import Derivation
from zoo.complexity.deriving.fit import MARGIN
from zoo.complexity.deriving.proof import Failure
from zoo.complexity.deriving.result import Cell, Report, ReportRow

SCHEMA = 1
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
    return {
        "counts": derivation.evaluations,
        "test_points": derivation.trials,
        "chance_of_a_false_pass": derivation.chance,
        "degrees_found": derivation.degrees,
        "degree_bound": {symbol: degree + MARGIN for symbol, degree in derivation.degrees.items()},
        "holds_for": {symbol: _domain(domain) for symbol, domain in derivation.domains.items()},
    }


def _domain(domain: Domain) -> dict[str, Any]:
    return {
        "modulus": domain.modulus,
        "residue": domain.residue,
        "smallest": domain.smallest,
        "smallest_unpadded": domain.smallest_unpadded,
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
        lines.append(_tested(report.derivation))
        lines += _holds(report)
    return lines + report.notes


def _tested(derivation: Derivation) -> str:
    bounds = ", ".join(f"{symbol} {degree + MARGIN}" for symbol, degree in derivation.degrees.items())
    return (
        f"Formulas from {derivation.evaluations} counts, tested at {derivation.trials} random points: if counts are "
        f"polynomials of degree at most {bounds or 0}, each wrong one passes with chance below {derivation.chance:.0e}."
    )


def _holds(report: Report) -> list[str]:
    assert report.derivation is not None
    domains = report.derivation.domains
    conditions = report.derivation.conditions
    lines = [f"They hold for {conditions}."] if conditions else []
    name = "smallest" if report.conventions.padding else "smallest_unpadded"
    found = [f"{s} >= {getattr(domains[s], name)}" for s in ("H", "W") if getattr(domains[s], name, None) is not None]
    if found:
        lines.append(f"At this configuration they were found to hold from {' and '.join(found)}.")
    return lines
