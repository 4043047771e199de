"""Where the time of a run went, as a table and as a chart."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from zoo.api import Table
from zoo.files import replacing
from zoo.report.page import Section


def profile_table(seconds: Mapping[str, float], meanings: Mapping[str, str]) -> Table:
    """A row a part: its seconds, its share of the whole, and what it is."""
    whole = sum(seconds.values())
    rows = [[part, f"{spent:.2f}", f"{spent / whole:.1%}", meanings[part]] for part, spent in seconds.items()]
    rows.append(["all", f"{whole:.2f}", "100.0%", "without starting Python and importing the zoo"])
    return Table(["part", "seconds", "share", "what it is"], rows, words=(0, 3))


def profile_section(seconds: Mapping[str, float], meanings: Mapping[str, str], folder: Path) -> Section:
    """The table and the chart as a part of a page; the chart is written to ``profile.png``."""
    picture = folder / "profile.png"
    figure = Figure(figsize=(7, 0.6 + 0.26 * len(seconds)), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    bars = axes.barh(list(seconds), list(seconds.values()), color="#3b6ea5")
    axes.bar_label(bars, fmt="%.2f", padding=3, fontsize=8)
    axes.invert_yaxis()
    axes.set_xlabel("seconds", fontsize=9)
    axes.margins(x=0.1)
    axes.spines[["top", "right"]].set_visible(False)
    with replacing(picture) as temporary:
        figure.savefig(temporary, dpi=110, format="png")
    return Section(
        "Time", tables=[profile_table(seconds, meanings)], charts=[(picture, "Where the time of the run went.")]
    )
