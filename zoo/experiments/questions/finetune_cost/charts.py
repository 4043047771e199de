"""The charts of `finetune-cost`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from zoo.api.experiment import Measured
from zoo.experiments import steps
from zoo.experiments.questions.finetune_cost.measure import LAST, WHOLE
from zoo.experiments.questions.finetune_cost.numbers import FORMULAS, by_formula, item, ratio


def draw_memory(stacks: Mapping[int, Measured]) -> Figure:
    """Memory of training everything over that of the last layer, by depth: lines are formulas, dots measured."""
    figure = Figure(figsize=(7, 3.8))
    axes = figure.add_subplot()
    figures: dict[str, Callable[[Mapping[str, int]], float]] = {
        "gradients and Adam's state": item("gradients"),
        "kept for backward": item("saved"),
        "all memory": steps.memory,
        "weights": item("weights"),
    }
    depths = list(stacks)
    for color, (label, of) in enumerate(figures.items()):
        line = [of(by_formula(WHOLE, depth)) / of(by_formula(LAST, depth)) for depth in depths]
        wide = 2.5 if label == "all memory" else 1.2
        axes.plot(depths, line, color=f"C{color}", linewidth=wide, label=label)
        axes.plot(depths, [ratio(stack, of) for stack in stacks.values()], "o", color=f"C{color}", markersize=5)
    _by_depth(axes, depths)
    axes.set_yscale("log", base=2)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.set_ylabel("everything over last layer")
    axes.legend(title="lines: formulas, dots: measured")
    return figure


def draw_compute(stacks: Mapping[int, Measured]) -> Figure:
    """FLOPs and time of training everything over those of the last layer, by depth."""
    figure = Figure(figsize=(7, 3.3))
    axes = figure.add_subplot()
    depths = list(stacks)
    line = [steps.work(by_formula(WHOLE, depth)) / steps.work(by_formula(LAST, depth)) for depth in depths]
    axes.plot(depths, line, color="C0", label="FLOPs, formula")
    axes.plot(depths, [ratio(s, steps.work) for s in stacks.values()], "o", color="C0", label="FLOPs, counted")
    times = [{trained: stack["trained"][trained]["time"] for trained in FORMULAS} for stack in stacks.values()]
    middle = [time[WHOLE]["step_s"] / time[LAST]["step_s"] for time in times]
    below = [(time[WHOLE]["step_s"] - time[WHOLE]["low_s"]) / time[LAST]["step_s"] for time in times]
    above = [(time[WHOLE]["high_s"] - time[WHOLE]["step_s"]) / time[LAST]["step_s"] for time in times]
    label = "time, median and quartiles"
    axes.errorbar(depths, middle, (below, above), fmt="D", color="C1", markersize=5, capsize=3, label=label)
    axes.axhline(1, color="C2", linestyle="--", label="as claimed")
    _by_depth(axes, depths)
    axes.set_ylim(0)
    axes.set_ylabel("everything over last layer")
    figure.legend(loc="outside upper center", ncols=4)
    return figure


def _by_depth(axes: Axes, depths: list[int]) -> None:
    axes.set_xscale("log", base=2)
    axes.set_xticks(depths, [str(depth) for depth in depths])
    axes.set_xlabel("layers n")
