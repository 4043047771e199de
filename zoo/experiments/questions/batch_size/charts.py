"""The charts of `batch-size`."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter

from zoo.api.charts import dots, in_percent
from zoo.experiments.questions.batch_size.measure import MODES
from zoo.experiments.questions.batch_size.numbers import Numbers

LABELS = {
    "loss": "validation loss",
    "accuracy": "accuracy",
    "train_s": "seconds in training",
    "speed": "pictures per second",
}
"""Axes of the charts."""


def draw_figures(numbers: Numbers, names: Sequence[str]) -> Figure:
    """Figures by batch size: a row for each, a column for each mode."""
    modes = numbers.modes
    figure = Figure(figsize=(7, 2.1 * len(names) + 0.4))
    panels = figure.subplots(len(names), len(modes), sharex=True, sharey="row", squeeze=False)
    for row, name in zip(panels, names, strict=True):
        for color, (mode, axes) in enumerate(zip(modes, row, strict=True)):
            _panel(axes, numbers, name, mode, f"C{color}")
        row[0].set_ylabel(LABELS[name])
    for axes, mode in zip(panels[0], modes, strict=True):
        axes.set_title(MODES[mode])
    for axes in panels[-1]:
        axes.set_xlabel("pictures per step")
    return figure


def _panel(axes: Axes, numbers: Numbers, name: str, mode: str, color: str) -> None:
    """A figure by batch size: the mean as a line, a dot per seed."""
    sizes = numbers.sizes(mode)
    spreads = [numbers.spread(name, mode, size) for size in sizes]
    axes.plot(sizes, [spread.mean for spread in spreads], "-", color=color, alpha=0.6)
    for size, spread in zip(sizes, spreads, strict=True):
        dots(axes, size, spread, color)
    axes.set_xscale("log")
    axes.set_xticks([5, 50, 500], ["5", "50", "500"])
    if name == "accuracy":
        in_percent(axes.yaxis)
    if name == "train_s":
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.yaxis.set_major_formatter("{x:g}")
        axes.yaxis.set_minor_formatter(NullFormatter())
