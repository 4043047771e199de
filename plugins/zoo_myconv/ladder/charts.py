"""The chart of `conv-ladder`."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib as mpl
from matplotlib.figure import Figure

from zoo.api import Measured, Spread, grouped_bars
from zoo_myconv.ladder import TORCH
from zoo_myconv.ladder.numbers import mean
from zoo_myconv.names import IMPLEMENTATIONS

FIGURES = {"both_s": "time, forward and backward", "peak_bytes": "peak bytes"}
"""What is drawn."""


def draw_ladder(layers: Sequence[Measured]) -> Figure:
    """Bars of time and peak bytes of every rung, in units of nn.Conv2d's, on a logarithmic axis."""
    figure = Figure(figsize=(7, 1.2 + 0.38 * len(IMPLEMENTATIONS)))
    axes = figure.add_subplot()
    series = {
        label: [Spread.of([mean(layers, rung, quantity)]) for rung in IMPLEMENTATIONS]
        for quantity, label in FIGURES.items()
    }
    grouped_bars(axes, list(IMPLEMENTATIONS), series, horizontal=True, base=1)
    axes.axvline(1, color=mpl.rcParams["axes.edgecolor"], linewidth=1)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.set_xlabel(f"over {TORCH}, geometric mean over the layers")
    figure.legend(loc="outside upper center", ncols=2)
    return figure
