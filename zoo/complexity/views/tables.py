"""The report as rows of text, the same for the terminal and for pages."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from zoo.api import Table
from zoo.complexity.algebra.notation import PRETTY, write, write_ratio
from zoo.complexity.deriving.proof import Status
from zoo.complexity.deriving.result import Report
from zoo.complexity.training_cost.finetune import OPTIMIZER_NAMES, Column, Entry, Ledger
from zoo.complexity.views.doubling import Doubling, Ratio
from zoo.complexity.views.forms import foot, formula, here, number
from zoo.complexity.views.versus import COLUMNS, Difference, Versus


def numbers(report: Report) -> Table:
    """Every layer's numbers, and a mark for what stands behind each."""
    columns = list(report.totals)
    rows = [
        [
            row.layer,
            "x".join(map(str, row.shape)),
            *(number(cell) for cell in row.cells.values()),
            "".join(cell.status.mark for cell in row.cells.values()),
        ]
        for row in report.rows
    ]
    totals = [report.totals[column] for column in columns]
    rows.append(["total", "", *map(number, totals), "".join(cell.status.mark for cell in totals)])
    return Table(
        ["layer", "shape", *columns, "proof"],
        rows,
        f"{report.name} at {here(report)}",
        words=(0, 1, 2 + len(columns)),
        foot=foot(report),
    )


def formulas(report: Report) -> Table:
    """Every layer's formulas."""
    columns = list(report.totals)
    rows = [[row.layer, *(formula(cell) for cell in row.cells.values())] for row in report.rows]
    rows.append(["total", *(_short_formula(formula(report.totals[column])) for column in columns)])
    return Table(["layer", *columns], rows, "formulas", words=None)


_LONGEST = 200
"""What is longer than this is left to the JSON."""


def _short_formula(text: str) -> str:
    return text if len(text) <= _LONGEST else "the sum of these (written out by --json)"


def doubled(doubling: Doubling, report: Report) -> Table:
    """By what every quantity is multiplied."""
    columns = list(report.totals)
    entries = {**doubling.rows, "total": doubling.totals}
    rows = [[layer, *(_ratio(ratios.get(column)) for column in columns)] for layer, ratios in entries.items() if ratios]
    sentences = [
        f"{layer}, {column}: x {write_ratio(ratio.above, ratio.below, PRETTY)}"
        for layer, ratios in entries.items()
        for column, ratio in ratios.items()
        if layer == "total" and ratio.exact is None and ratio.above is not None and ratio.below is not None
    ]
    return Table(
        ["layer", *columns],
        rows,
        f"{' and '.join(doubling.symbols)} doubled",
        foot=[*(s for s in sentences if len(s) < _LONGEST), *doubling.notes],
    )


def _ratio(ratio: Ratio | None) -> str:
    if ratio is None:
        return ""
    if ratio.exact is not None:
        return f"x {ratio.exact}" + ("" if ratio.now is not None else " ?")
    value = ratio.now if ratio.now is not None else ratio.by_formula
    if value is None:
        return "?"
    number = str(value) if value.denominator == 1 else f"{float(value):.4f}"
    text = f"x {number}" + ("" if ratio.now is not None else " ?")
    return text if ratio.limit is None else f"{text} -> {_short(ratio.limit)}"


def _short(value: Fraction) -> str:
    return str(value) if value.denominator < 100 else f"{float(value):.4f}"


def ledger(costs: Ledger) -> list[Table]:
    """The fine-tuning ledger, a table a scope: predicted, measured, formula, ratio to training everything."""
    whole = costs.columns[0]
    tables = []
    for column in costs.columns:
        grown = any(entry.doubled is not None for entry in column.entries.values())
        rows = [
            [
                _item_name(name, costs),
                f"{entry.predicted:,}",
                _measured(entry),
                _share(entry, whole.entries[name]),
                *([f"x {float(entry.growth):.2f}" if entry.growth is not None else ""] if grown else []),
                f"{column.status.mark} {write(entry.formula, PRETTY)}" if entry.formula else "?",
            ]
            for name, entry in column.entries.items()
        ]
        head = ["", "predicted", "measured", "of all", *(["doubled"] if grown else []), "formula"]
        tables.append(Table(head, rows, f"training {column.scope}, batch of {costs.batch}", words=(0, len(head) - 1)))
    tables += [_shares(costs, column) for column in costs.columns[1:]]
    tables[-1] = replace(tables[-1], foot=costs.notes)
    return tables


def _shares(costs: Ledger, column: Column) -> Table:
    """How many times as much training everything costs: predicted beside measured, here and doubled."""
    grown = any(entry.doubled is not None for entry in column.entries.values())
    rows = []
    for name, shares in costs.shares(column).items():
        ratios = [shares.predicted, shares.measured]
        ratios += [shares.doubled, shares.measured_doubled] if grown else []
        rows.append([_SHARE_NAMES.get(name) or _item_name(name, costs), *map(_times, ratios)])
    head = ["", "predicted", "measured", *(["doubled, predicted", "measured"] if grown else [])]
    return Table(head, rows, f"training everything : {column.scope}, batch of {costs.batch}")


def _times(ratio: Fraction | None) -> str:
    return "?" if ratio is None else f"{float(ratio):,.2f}"


_SHARE_NAMES = {"work": "both, FLOPs"}


_LEDGER_NAMES = {
    "weights": "weights, bytes",
    "gradients": "gradients",
    "saved": "saved for backward",
    "total": "total, bytes",
    "forward": "forward, FLOPs",
    "backward": "backward, FLOPs",
}


def _item_name(name: str, entries: Ledger) -> str:
    if name == "optimizer":
        return f"{OPTIMIZER_NAMES[entries.setup.optimizer]}'s state"
    return _LEDGER_NAMES[name]


def _measured(entry: Entry) -> str:
    if entry.measured is None:
        return "?"
    if entry.measured == entry.predicted:
        return "the same"
    return f"{entry.measured:,}" + (f" ({entry.measured / entry.predicted - 1:+.1%})" if entry.predicted else "")


def _share(entry: Entry, whole: Entry) -> str:
    return f"{entry.predicted / whole.predicted:.1%}" if whole.predicted else ""


def versus(difference: Versus) -> Table:
    """What one network has more of than the other."""
    entries = {**difference.rows, "total": difference.totals}
    rows = [[layer, *(_difference(columns[c]) for c in COLUMNS)] for layer, columns in entries.items()]
    used = {cell.status for columns in entries.values() for cell in columns.values()}
    words = {
        Status.PROVED: "proved for both networks, where their formulas are",
        Status.TESTED: "tested, where their formulas are",
        Status.COUNTED: "counted here; no formula",
    }
    regions = [
        f"Bytes kept by {name}: proved for {where}."
        for name, where in zip((difference.name, difference.other), difference.grounds, strict=True)
        if where
    ]
    marks = [f"{status.mark} {words.get(status, status.meaning)}." for status in sorted(used, reverse=True)]
    return Table(
        ["layer", "weights", "connections", "bytes kept"],
        rows,
        f"What {difference.name} has more of than {difference.other}",
        words=None,
        foot=["Bytes kept for backward are for one picture, training everything in float32.", *marks, *regions],
    )


def _difference(difference: Difference) -> str:
    if difference.value is None:
        return "?"
    text = f"{difference.value:+,}" if difference.value else "0"
    if difference.formula is not None and not difference.formula.is_constant:
        text += f" = {write(difference.formula, PRETTY)}"
    return f"{difference.status.mark} {text}"
