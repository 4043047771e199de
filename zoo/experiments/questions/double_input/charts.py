"""The chart of `double-input`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from matplotlib.figure import Figure

from zoo.api.charts import grouped_bars
from zoo.api.experiment import Measured
from zoo.api.spread import Spread
from zoo.experiments import steps
from zoo.experiments.questions.double_input.numbers import cases, factor, summed, time_factor

FIGURES: dict[str, Callable[[Mapping[str, Any]], float]] = {
    "gradients and Adam's state": lambda items: factor(items["gradients"]),
    "kept for backward": lambda items: factor(items["saved"]),
    "all memory": lambda items: summed(items, steps.MEMORY),
    "FLOPs": lambda items: summed(items, steps.WORK),
    "time": time_factor,
}
"""What is drawn of a step."""


def draw_growth(networks: Mapping[str, Measured]) -> Figure:
    """By how much memory, work and time grow, for every network and what is trained of it."""
    rows = list(cases(networks))
    figure = Figure(figsize=(7, 1.2 + 0.55 * len(rows)))
    axes = figure.add_subplot()
    series = {label: [Spread.of([of(items)]) for _, _, items in rows] for label, of in FIGURES.items()}
    grouped_bars(axes, [f"{name}:\n{trained}" for name, trained, _ in rows], series, horizontal=True)
    axes.set_xlabel("twice the height and width over once")
    figure.legend(loc="outside upper center", ncols=3)
    return figure
