"""The charts of `count`."""

from __future__ import annotations

from itertools import pairwise

from matplotlib.figure import Figure

from zoo.api.charts import grouped_bars
from zoo.api.spread import Spread
from zoo.experiments.questions.count import written
from zoo.experiments.questions.count.proved import Proved, read


def draw_layers(small: Proved) -> Figure:
    """Weights, outputs and connections by layer, as claimed and as proved."""
    figure = Figure(figsize=(7, 3.1))
    everything = {**{line.name: line.layer for line in written.LINES}, **written.LEFT_OUT}
    numbers = sorted({name.partition(" ")[0] for name in everything})
    panels = figure.subplots(1, len(written.QUANTITIES))
    for quantity, axes in zip(written.QUANTITIES, panels, strict=True):
        claimed, proved = [], []
        for number in numbers:
            lines = [line for line in written.LINES if line.name.startswith(number)]
            layers = [layer for name, layer in everything.items() if name.startswith(number)]
            claimed.append(Spread.of([sum(float(read(line.claimed(quantity)).at(small.point)) for line in lines)]))
            proved.append(Spread.of([sum(float(small.formula(layer, quantity).at(small.point)) for layer in layers)]))
        grouped_bars(axes, numbers, {"claimed": claimed, "proved": proved}, colors=("C1", "C0"))
        axes.set_xlabel("layer")
        axes.set_title(quantity)
        axes.yaxis.set_major_formatter(_short)
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=2)
    return figure


def _short(value: float, _: object = None) -> str:
    return f"{value / 1e6:g} M" if abs(value) >= 1e6 else f"{value / 1e3:g} k" if abs(value) >= 1e3 else f"{value:g}"


def draw_doubling(small: Proved) -> Figure:
    """By how much connections grow, with and without taps on padding, by the size of the picture."""
    figure = Figure(figsize=(7, 3))
    axes = figure.add_subplot()
    sizes = [4 * 2**step for step in range(8)]
    kinds = {"connections": "taps on padding counted", "unpadded": "taps on padding left out"}
    for color, (quantity, label) in enumerate(kinds.items()):
        total = small.total(quantity)
        points = [{**small.point, "H": size, "W": size} for size in (*sizes, 2 * sizes[-1])]
        values = [total.at(point) for point in points]
        factors = [float(after / before) for before, after in pairwise(values)]
        axes.plot(sizes, factors, "o-", color=f"C{color}", markersize=4, label=label)
    axes.set_xscale("log", base=2)
    axes.set_xticks(sizes, [f"{size}" for size in sizes])
    axes.set_xlabel("height and width before doubling")
    axes.set_ylabel("connections grow by")
    axes.legend()
    return figure
