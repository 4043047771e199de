"""Curves of runs over their epochs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib import colormaps
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from zoo.api import Metric
from zoo.report.drawing import put_legend, write_png
from zoo.runs.run import Run

LOSS = Metric("loss", "loss", "what is minimized, on the validation pictures", higher_is_better=False)


def draw_curves(path: Path, runs: Mapping[str, Run], metrics: Sequence[Metric]) -> None:
    """Draw loss and metrics of one or more runs as PNG, a panel a figure, the reference dashed.

    Args:
        path: the PNG to write.
        runs: by label; each is a color; one that was fitted without epochs is a level line.
        metrics: those of the task; ones that are not measured every epoch have no panel.
    """
    write_png(path, lambda: _curves(runs, metrics), 110)


def _curves(runs: Mapping[str, Run], metrics: Sequence[Metric]) -> Figure:
    measured = {name for run in runs.values() for line in run.epochs() for name in line} or {
        metric.name for metric in metrics
    }
    curves = [LOSS, *(metric for metric in metrics if metric.name in measured)]
    columns = min(len(curves), 2)
    rows = -(-len(curves) // columns)
    figure = Figure(figsize=(4.6 * columns, 2.9 * rows + 0.3), layout="constrained")
    panels = zip(curves, figure.subplots(rows, columns, squeeze=False).flat, strict=False)
    legend, *_ = [_panel(axes, runs, metric) for metric, axes in panels]
    put_legend(figure, *legend)
    for axes in figure.axes[len(curves) :]:
        axes.remove()
    return figure


def _panel(axes: Axes, runs: Mapping[str, Run], metric: Metric) -> tuple[list[Artist], list[str]]:
    """Draw one figure of all runs.

    Returns:
        The lines, and the label of each.
    """
    colors = colormaps["tab10"].colors  # type: ignore[attr-defined]
    handles: list[Artist] = []
    labels = []
    for number, (name, run) in enumerate(runs.items()):
        color, lines = colors[number % len(colors)], run.epochs()
        if lines:
            epochs = [line["epoch"] for line in lines]
            handles += axes.plot(epochs, _column(lines, metric.name), color=color, marker="o", markersize=3)
            labels.append(f"{name} (validation)" if len(runs) == 1 else name)
            if metric is LOSS and len(runs) == 1:
                handles += axes.plot(epochs, _column(lines, "train_loss"), color=color, alpha=0.5, linestyle=":")
                labels.append("training")
        elif metric.name in run.result:
            handles.append(axes.axhline(run.result[metric.name], color=color))
            labels.append(f"{name} (no epochs)")
    reference = next((run.reference for run in runs.values() if metric.name in run.reference), None)
    if reference is not None:
        handles.append(axes.axhline(reference[metric.name], color="0.35", linestyle="--", linewidth=1.2))
        labels.append(reference["architecture"])
    axes.set_title(metric.label, fontsize=10)
    axes.set_xlabel("epoch", fontsize=9)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    if all(
        len(run.epochs()) <= 1 for run in runs.values()
    ):  # a span of nothing would be ticked in fractions of an epoch
        axes.set_xlim(0.5, 1.5)
    if metric.percent:
        axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    axes.grid(alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)
    return handles, labels


def _column(lines: Sequence[dict[str, Any]], name: str) -> list[float]:
    return [line.get(name, float("nan")) for line in lines]
