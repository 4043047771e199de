"""The complexity report in pictures and pages: bars layer by layer, and a section of a page."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from matplotlib.figure import Figure

from zoo.complexity.deriving.result import Report
from zoo.complexity.views import tables
from zoo.errors import UserError
from zoo.report.drawing import attempt, plain, style
from zoo.report.graph import COLORS, save_graph
from zoo.report.page import Section

_FORMATS = (".png", ".svg", ".pdf")
_COLUMNS = ("weights", "outputs", "connections")


def chart(report: Report) -> Figure:
    """A bar a layer for weights, outputs and connections, in order of execution from top to bottom."""
    rows = report.rows
    figure = Figure(figsize=(10, max(2.5, 0.8 + 0.22 * len(rows))), layout="constrained")
    axes = figure.subplots(1, len(_COLUMNS), sharey=True)
    places = range(len(rows))
    for axis, column in zip(axes, _COLUMNS, strict=True):
        values = [row.cells[column].value or 0 for row in rows]
        axis.barh(places, values, color="#3b6ea5")
        total = report.totals[column].value
        axis.set_title(f"{column}: {'unknown' if total is None else format(total, ',')}", fontsize=10)
        axis.xaxis.set_major_formatter(lambda value, _: _short(value))
        axis.spines[["top", "right"]].set_visible(False)
        axis.tick_params(labelsize=8)
    axes[0].set_yticks(places, [plain(row.layer) for row in rows])
    axes[0].invert_yaxis()
    figure.suptitle(f"{report.name}, " + ", ".join(f"{s} = {v}" for s, v in report.point.items()), fontsize=11)
    return figure


def save_chart(report: Report, path: Path) -> None:
    """Write the chart to a file.

    Raises:
        UserError: if the file's ending is not one of ``.png``, ``.svg`` and ``.pdf``, or it cannot be written.
    """
    if path.suffix.lower() not in _FORMATS:
        raise UserError(f"--plot {path}: the name must end in {', '.join(_FORMATS)}.")
    try:
        with style({"text.parse_math": False}):
            chart(report).savefig(path, dpi=120)
    except OSError as error:
        raise UserError(f"--plot {path}: {error.strerror or error}.") from None


def section(report: Report, picture: Path) -> Section:
    """The report as a part of a page, with its chart written to a file, and the network drawn to another beside it."""
    drawing = picture.with_name("network.svg")
    failures = (attempt(picture, partial(save_chart, report)), attempt(drawing, partial(save_graph, report)))
    sections = [tables.numbers(report)]
    if report.derivation:
        sections.insert(0, tables.formulas(report))
    return Section(
        "Complexity",
        text=[failure for failure in failures if failure],
        tables=sections,
        charts=[
            (picture, "Weights, outputs and connections, layer by layer, for one picture."),
            (drawing, f"The network, layer by layer, and the size of what each puts out. {COLORS}"),
        ],
    )


def _short(value: float) -> str:
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:g}{letter}"
    return f"{value:g}"
