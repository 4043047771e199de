"""The chart of `skips`."""

from __future__ import annotations

from matplotlib.figure import Figure

from zoo.api.charts import grouped_bars, in_percent
from zoo.experiments.questions.skips.measure import ARMS, RATES
from zoo.experiments.questions.skips.numbers import Numbers


def draw_accuracy(numbers: Numbers) -> Figure:
    """Accuracy of every run: a group for each kind of skip connection, a color for each learning rate."""
    figure = Figure(figsize=(7, 3.6))
    axes = figure.add_subplot()
    series = {f"learning rate {rate:g}": [numbers.result(rate, arm, "accuracy") for arm in ARMS] for rate in RATES}
    grouped_bars(axes, list(ARMS), series)
    in_percent(axes.yaxis)
    axes.set_ylabel("accuracy; a dot per seed")
    axes.legend(loc="upper left")
    return figure
