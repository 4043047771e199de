"""What an experiment leaves to look at: charts as SVG, sheets of pictures, and a page with everything."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo.api import Table
from zoo.experiments.result import Result
from zoo.files import replacing
from zoo.report.drawing import style
from zoo.report.page import Section, write_page
from zoo.report.samples import draw_samples
from zoo.runs.samples import Rows

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_COMMON: dict[str, Any] = {
    "svg.fonttype": "none",  # text stays text, in the reader's own font
    "svg.hashsalt": "zoo",  # the same chart is the same file
    "font.family": "sans-serif",
    "font.size": 9.5,
    "axes.titlesize": 10.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.alpha": 0.3,
    "legend.frameon": False,
    "figure.constrained_layout.use": True,
}
_INKED = ("text.color", "xtick.color", "ytick.color", "axes.labelcolor", "axes.edgecolor", "axes.titlecolor")


def chart_style(*, dark: bool = False) -> dict[str, Any]:
    """Matplotlib's settings for charts that stand in a page, with inks for a light ground or a dark one."""
    return {**_COMMON, **dict.fromkeys(_INKED, "#e2e4e9" if dark else "#1c1e21")}


def as_svg(figure: Figure) -> str:
    """A figure as the text of an SVG file with a transparent ground; the same figure is the same text."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG  # not before zoo.report has imported matplotlib

    FigureCanvasSVG(figure)
    text = io.StringIO()
    figure.savefig(text, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return text.getvalue()


def draw_charts(result: Result, *, dark: bool = False) -> dict[str, str]:
    """The experiment's charts by name, as the text of SVG files with a transparent ground."""
    with style(chart_style(dark=dark)):
        figures = result.experiment.draw(result.measured, result.conditions)
        return {name: as_svg(figure) for name, figure in figures.items()}


def write_experiment(folder: Path, result: Result, sheets: Mapping[str, Rows]) -> None:
    """Write ``NAME.svg`` for every chart, ``NAME.png`` for every sheet, and ``report.html`` around them."""
    experiment, findings, origin = result.experiment, result.findings, result.origin
    charts, photos = [], []
    for name, text in draw_charts(result).items():
        path = folder / f"{name}.svg"
        with replacing(path) as temporary:
            temporary.write_text(text, encoding="utf-8")
        charts.append((path, name.replace("-", " ")))
    for name, rows in sheets.items():
        draw_samples(folder / f"{name}.png", rows)
        photos.append((folder / f"{name}.png", name.replace("-", " ")))
    sections = [
        Section("Verdicts", tables=[verdicts_table(result)]),
        Section("Method", text=[experiment.method, *(f"Rule for “{c.text}”: {c.rule}" for c in experiment.claims)]),
        Section("Figures", text=findings.remarks, tables=findings.tables),
        Section("Pictures", charts=charts, photos=photos),
        Section(
            "How to repeat it",
            tables=[
                Table(
                    ["", "value"],
                    [
                        ["command", origin["command"]],
                        ["date", origin["date"]],
                        ["machine", origin["machine"]],
                        *([name, version] for name, version in origin["versions"].items()),
                    ],
                    words=None,
                )
            ],
        ),
    ]
    asked = f"Question {experiment.asked} of the course." if experiment.asked else "A question of our own."
    write_page(folder / "report.html", experiment.summary, asked, sections)


def verdicts_table(result: Result) -> Table:
    """A row a claim: what is said, how it fares, and why."""
    verdicts = result.findings.verdicts
    return Table(
        ["claim", "verdict", "because"],
        [
            [claim.text, verdicts[claim.name].outcome, verdicts[claim.name].because]
            for claim in result.experiment.claims
        ],
        words=None,
    )
