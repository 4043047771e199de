"""The charts of `lookup`."""

from __future__ import annotations

from matplotlib.figure import Figure

from zoo.api.charts import grouped_bars, in_percent
from zoo.experiments.questions.lookup.numbers import JUDGES
from zoo.experiments.questions.predictors.numbers import Numbers
from zoo.experiments.questions.predictors.parts import PREDICTORS


def draw_split(numbers: Numbers) -> Figure:
    """Accuracy on all, on grey and on chromatic pixels, a group for each predictor."""
    figure = Figure(figsize=(7, 3.6))
    axes = figure.add_subplot()
    share = numbers.data("truth", "chromatic").mean
    labels = {
        "accuracy": "all pixels",
        "grey_accuracy": f"grey pixels ({1 - share:.0%})",
        "chromatic_accuracy": f"chromatic pixels ({share:.0%})",
    }
    series = {label: [numbers.look(predictor, name) for predictor in PREDICTORS] for name, label in labels.items()}
    grouped_bars(axes, [name.replace(", ", "\n") for name in PREDICTORS], series)
    in_percent(axes.yaxis)
    axes.set_ylabel("accuracy; a dot per seed")
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3)
    return figure


def draw_places(numbers: Numbers) -> Figure:
    """A line for each predictor through its place by every figure, the best on top."""
    figure = Figure(figsize=(7, 3.2))
    axes = figure.add_subplot()
    means = {judge: {name: numbers.run(name, judge).mean for name in PREDICTORS} for judge in JUDGES}
    orders = {judge: sorted(mean, key=mean.__getitem__, reverse=JUDGES[judge][1]) for judge, mean in means.items()}
    for color, name in enumerate(PREDICTORS):
        places = [orders[judge].index(name) + 1 for judge in JUDGES]
        axes.plot(range(len(JUDGES)), places, "o-", color=f"C{color}", linewidth=2.5, markersize=9)
        axes.annotate(name, (len(JUDGES) - 1, places[-1]), (12, 0), textcoords="offset points", va="center")
    axes.set_xticks(range(len(JUDGES)), [label for label, _ in JUDGES.values()])
    axes.set_yticks(range(1, len(PREDICTORS) + 1), ["best", *map(str, range(2, len(PREDICTORS))), "worst"])
    axes.invert_yaxis()
    axes.set_xlim(-0.25, len(JUDGES) - 0.1)
    axes.grid(axis="y", visible=False)
    return figure
