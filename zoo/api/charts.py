"""What charts of experiments share: bars in groups with a dot for each seed, and axes in percent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from zoo.api.spread import Spread

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

FILL = 0.9
"""Share of the width of a group that its bars take."""


def grouped_bars(
    axes: Axes,
    groups: Sequence[str],
    series: Mapping[str, Sequence[Spread]],
    *,
    horizontal: bool = False,
    base: float = 0.0,
    colors: Sequence[str] = (),
) -> None:
    """Draw the means of several series side by side, a group for each place, and a dot for each seed.

    Args:
        axes: where.
        groups: what is written below a group, or to its left.
        series: by the name that a legend shows, a figure for each group.
        horizontal: whether bars lie; the first group is on top then.
        base: where bars begin.
        colors: one for each series; matplotlib's cycle if there are none.
    """
    bar = axes.barh if horizontal else axes.bar
    width = FILL / len(series)
    for number, (label, spreads) in enumerate(series.items()):
        color = colors[number] if colors else f"C{number}"
        places = [group + width * (number - (len(series) - 1) / 2) for group in range(len(groups))]
        lengths = [spread.mean - base for spread in spreads]
        bar(places, lengths, 0.92 * width, base, color=color, alpha=0.6, label=label)
        for place, spread in zip(places, spreads, strict=True):
            if len(spread.values) > 1:  # the end of a bar shows a single figure
                dots(axes, place, spread, color, horizontal=horizontal)
    name_groups(axes, groups, horizontal=horizontal)


def name_groups(axes: Axes, groups: Sequence[str], *, horizontal: bool = False) -> None:
    """Write what the places 0, 1, 2 ... of an axis stand for; of lying groups the first is on top."""
    axis: Axis = axes.yaxis if horizontal else axes.xaxis
    axis.set_ticks(range(len(groups)), list(groups))
    axis.grid(visible=False)
    if horizontal and not axes.yaxis_inverted():
        axes.invert_yaxis()


def dots(axes: Axes, place: float, spread: Spread, color: str, *, horizontal: bool = False) -> None:
    """Draw a dot for each seed at one place."""
    at = [place] * len(spread.values)
    x, y = (spread.values, at) if horizontal else (at, spread.values)
    axes.plot(x, y, "o", color=color, markersize=3)


def in_percent(axis: Axis) -> None:
    """Write shares as percentages."""
    axis.set_major_formatter(lambda value, _: f"{value:.0%}")
