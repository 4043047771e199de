"""The charts of `rescale`: a panel for each network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from zoo.api.charts import dots, grouped_bars, in_percent, name_groups
from zoo.experiments.questions.rescale.measure import NUDGED
from zoo.experiments.questions.rescale.numbers import Numbers
from zoo.experiments.questions.rescale.parts import ARMS, NETWORKS, NORMS


def draw_untrained(numbers: Numbers) -> Figure:
    """The share of an untrained network's predictions that each rescaling changes, by normalization."""
    figure = Figure(figsize=(7, 3.4))
    panels = _panels(figure)
    for of, axes in zip(NETWORKS, panels, strict=True):
        series = {name: [numbers.changed(of, norm, arm) for arm in ARMS] for norm, name in NORMS.items()}
        grouped_bars(axes, _on_two_lines(list(ARMS)), series, horizontal=True)
        in_percent(axes.xaxis)
        axes.set_xlabel("untrained: predictions that change")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return figure


def draw_steps(numbers: Numbers) -> Figure:
    """By how much the loss on a rescaled input differs from that on x, step by step."""
    figure = Figure(figsize=(7, 5))
    panels = _panels(figure, rows=2)
    sides = [(of, eps) for eps in ("", ", tiny eps") for of in NETWORKS]
    for (of, eps), axes in zip(sides, panels, strict=True):
        for number, arm in enumerate((*ARMS, NUDGED)):
            values = [max(value, 1e-17) for value in numbers.differences(of, eps, arm)]
            style: dict[str, Any] = {"color": f"C{number}", "linestyle": "--" if arm == NUDGED else "-", "label": arm}
            axes.plot(range(1, len(values) + 1), values, marker=".", **style)
        axes.set_yscale("log")
        axes.set_ylabel("loss differs by" + (eps or ", usual eps"))
    for axes in panels[-len(NETWORKS) :]:
        axes.set_xlabel("step")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return figure


def draw_losses(numbers: Numbers) -> Figure:
    """The validation loss at the end of every training, beside the range of those on x."""
    figure = Figure(figsize=(7, 3.2))
    arms = ("x", *numbers.arms)
    for of, axes in zip(NETWORKS, _panels(figure), strict=True):
        plain = numbers.result(of, "BN", "x", "loss")
        if plain.values:
            axes.axvspan(plain.low, plain.high, color="C0", alpha=0.15, linewidth=0)
        for row, arm in enumerate(arms):
            color = "C0" if arm == "x" else "C1"
            dots(axes, row, numbers.result(of, "BN", arm, "loss"), color, horizontal=True)
        name_groups(axes, _on_two_lines(arms), horizontal=True)
        axes.set_xlabel("validation loss after training; a dot per seed")
    return figure


def draw_trained(numbers: Numbers) -> Figure:
    """The accuracy of networks that were trained on x, fed other inputs: as they are, and with weights adapted."""
    figure = Figure(figsize=(7, 3.2))
    panels = _panels(figure)
    for of, axes in zip(NETWORKS, panels, strict=True):
        axes.axvline(numbers.after(of, "accuracy").mean, color="C7", linestyle="--", label="on x")
        series = {
            "as it is": [numbers.after(of, "arms", arm, "accuracy") for arm in ARMS],
            "weights adapted": [numbers.after(of, "arms", arm, "adapted", "accuracy") for arm in ARMS],
        }
        grouped_bars(axes, _on_two_lines(list(ARMS)), series, horizontal=True)
        in_percent(axes.xaxis)
        axes.set_xlabel("accuracy of a network trained on x")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return figure


def _panels(figure: Figure, rows: int = 1) -> list[Axes]:
    """A panel for each network, side by side, which share their axis of figures."""
    panels = figure.subplots(rows, len(NETWORKS), sharey=True, sharex=rows > 1, squeeze=False)
    for axes, name in zip(panels[0], NETWORKS.values(), strict=True):
        axes.set_title(name)
    return list(panels.flat)


def _on_two_lines(arms: Sequence[str]) -> list[str]:
    """Rescalings beside a chart."""
    return [arm.replace(", ", ",\n") for arm in arms]
