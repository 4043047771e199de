"""The tables of `lookup`, and what its figures show besides."""

from __future__ import annotations

from zoo.api import Table
from zoo.experiments.questions.lookup.numbers import JUDGES, KINDS, contradictions
from zoo.experiments.questions.predictors.numbers import Numbers
from zoo.experiments.questions.predictors.parts import PREDICTORS


def tables(numbers: Numbers) -> list[Table]:
    """How the predictors fare, what one grey level allows, and how figures rank the predictors."""
    return [_figures(numbers), _pixels(numbers), _rankings(numbers)]


def remarks(numbers: Numbers) -> list[str]:
    """What a pixel's grey level says about its color."""
    color, given = (numbers.data("val", name).mean for name in ("entropy", "conditional_entropy"))
    bits = 1.4426950408889634  # one over the natural logarithm of two
    worse = [name for name in PREDICTORS if numbers.run(name, "loss").mean > given]
    return [
        f"A pixel's color holds {color * bits:.2f} bits, and {given * bits:.2f} bits once its grey level is given: the "
        f"level determines {1 - given / color:.0%} of it. A network that blurs the level loses some of that before it "
        "begins.",
        f"With a loss above the {given:.3f} nats that one grey level allows: {'; '.join(worse) or 'none'}.",
    ]


def _figures(numbers: Numbers) -> Table:
    seeds = f"mean over seeds {', '.join(map(str, numbers.seeds))}" if len(numbers.seeds) > 1 else "one seed"
    rows = [
        [
            name,
            f"{numbers.run(name, 'loss').mean:.3f}",
            f"{numbers.run(name, 'accuracy').mean:.1%}",
            *(f"{numbers.look(name, f'{kind}_accuracy').mean:.1%}" for kind in KINDS),
            f"{numbers.run(name, 'balanced_accuracy').mean:.1%}",
            f"{numbers.run(name, 'ciede2000').mean:.1f}",
        ]
        for name in PREDICTORS
    ]
    copied = {figure: numbers.data("input", figure).mean for figure in JUDGES}
    share = numbers.data("truth", "chromatic").mean
    on_grey = (copied["accuracy"] - share * copied["chromatic_accuracy"]) / (1 - share)
    three = (f"{value:.1%}" for value in (copied["accuracy"], on_grey, copied["chromatic_accuracy"]))
    rows.append(["input, repeated", "-", *three, f"{copied['balanced_accuracy']:.1%}", f"{copied['ciede2000']:.1f}"])
    return Table(
        ["predictor", "loss", "accuracy", "grey", "chromatic", "balanced", "CIEDE2000"],
        rows,
        f"Accuracy on all, on grey and on chromatic pixels, and averaged over colors; validation, {seeds}",
    )


def _pixels(numbers: Numbers) -> Table:
    rows = [
        [
            {"train": "training", "val": "validation"}[half],
            *(f"{numbers.data(half, name).mean:.4f}" for name in ("entropy", "conditional_entropy", "loss")),
            *(f"{numbers.data(half, name).mean:.2%}" for name in ("best_accuracy", "accuracy")),
        ]
        for half in ("train", "val")
    ]
    return Table(
        ["pixels", "H(color)", "H(color | grey)", "loss", "best", "accuracy"],
        rows,
        "Entropies in nats and the best accuracy that a function of the grey level can have, counted, beside loss "
        "and accuracy of the table, measured; it is fitted to the training pixels",
    )


def _rankings(numbers: Numbers) -> Table:
    rows = [
        [JUDGES[one][0], *("-" if one == other else _fraction(numbers, one, other) for other in JUDGES)]
        for one in JUDGES
    ]
    return Table(
        ["pairs", *(label for label, _ in JUDGES.values())],
        rows,
        "Pairs of predictors that two figures rank oppositely, of those that lie apart in both",
    )


def _fraction(numbers: Numbers, one: str, other: str) -> str:
    opposite, pairs = contradictions(numbers, one, other)
    return f"{opposite} of {pairs}"
