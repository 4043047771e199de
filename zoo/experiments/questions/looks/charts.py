"""The charts of `looks`."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from zoo.api.charts import grouped_bars, in_percent
from zoo.experiments.questions.predictors.numbers import Numbers
from zoo.experiments.questions.predictors.parts import PREDICTORS


def draw_distances(numbers: Numbers) -> Figure:
    """How far the pictures are from the grey input and from the photo."""
    figure = Figure(figsize=(7, 3.4))
    axes = figure.add_subplot()
    _draw_looks(axes, numbers, {"to_input": "to the grey input", "to_photo": "to the photo"})
    _draw_reference(axes, numbers.data("input_to_photo").mean, "grey input to the photo")
    axes.set_ylabel("mean CIEDE2000; a dot per seed")
    return figure


def draw_color(numbers: Numbers) -> Figure:
    """How much probability chromatic colors get, and how many pixels."""
    figure = Figure(figsize=(7, 3.4))
    axes = figure.add_subplot()
    _draw_looks(axes, numbers, {"expected": "probability given to them", "picked": "pixels they are chosen for"})
    _draw_reference(axes, numbers.data("truth", "chromatic").mean, "pixels of such a color")
    in_percent(axes.yaxis)
    axes.set_ylabel("chromatic colors; a dot per seed")
    return figure


def draw_eye(numbers: Numbers) -> Figure:
    """Accuracy against distance to the photo, a color for each predictor."""
    figure = Figure(figsize=(7, 3.6))
    axes = figure.add_subplot()
    for place, name in enumerate(PREDICTORS):
        accuracy, distance = numbers.run(name, "accuracy"), numbers.look(name, "to_photo")
        axes.plot(accuracy.values, distance.values, "o", color=f"C{place}", markersize=6, label=name)
    copied = numbers.data("input_to_photo").mean
    axes.axhline(copied, color="C5", linestyle="--", linewidth=1.2, label="the grey input itself")
    in_percent(axes.xaxis)
    axes.set_xlabel("pixel accuracy")
    axes.set_ylabel("mean CIEDE2000 to the photo")
    axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
    return figure


def _draw_looks(axes: Axes, numbers: Numbers, labels: Mapping[str, str]) -> None:
    """Figures of `look` side by side, a group for each predictor, named by the legend's labels."""
    series = {label: [numbers.look(predictor, name) for predictor in PREDICTORS] for name, label in labels.items()}
    grouped_bars(axes, [name.replace(", ", "\n") for name in PREDICTORS], series)


def _draw_reference(axes: Axes, value: float, label: str) -> None:
    axes.axhline(value, color="C2", linestyle="--", linewidth=1.2, label=label)
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3)
