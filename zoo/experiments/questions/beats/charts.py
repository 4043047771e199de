"""The chart of `beats`."""

from __future__ import annotations

from matplotlib.figure import Figure

from zoo.api.charts import grouped_bars
from zoo.experiments.questions.beats.measure import ARMS, TABLE
from zoo.experiments.questions.beats.numbers import Numbers


def draw_loss(numbers: Numbers) -> Figure:
    """The loss of every run by arm, with the table's as a line."""
    figure = Figure(figsize=(7, 3.6))
    axes = figure.add_subplot()
    arms = [arm for arm in ARMS if arm != TABLE]
    losses = [numbers.result(arm, "loss") for arm in arms]
    grouped_bars(axes, [arm.replace(" ", "\n") for arm in arms], {"chroma": losses})
    table = numbers.result(TABLE, "loss").mean
    axes.axhline(table, color="C2", linestyle="--", linewidth=1.2, label=TABLE)
    # From zero, differences that matter could not be seen: of the loss, only the part that is in question is shown.
    axes.set_ylim(0.9 * min([table, *(loss.low for loss in losses)]), None)
    axes.set_ylabel("loss (nats), lower is better; a dot per seed")
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2)
    return figure
