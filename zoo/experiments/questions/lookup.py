"""Why does a table from grey level to color beat networks in pixel accuracy, and which figure is to be trusted?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import TYPE_CHECKING

from zoo.api.experiment import Claim, Conditions, Experiment, Findings, Measured, Part, Verdict, Word
from zoo.experiments.questions import predictors
from zoo.experiments.questions.predictors import COURSE, PREDICTORS, TABLE, Numbers, ordered
from zoo.experiments.spread import RULE, UNDECIDED, Spread, above, decided

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from zoo.api import Table

CLOSE_SHARE, CLOSE_NATS = 0.01, 0.02
"""How far accuracy and loss may be from the best that there is and still count as the same."""

JUDGES = {
    "accuracy": ("accuracy", True),
    "chromatic_accuracy": ("chromatic", True),
    "balanced_accuracy": ("balanced", True),
    "ciede2000": ("CIEDE2000", False),
}
"""Figures of a run that rank predictors: what they are called, and whether higher is better. The first is on trial."""

_KINDS = ("grey", "chromatic")


class Lookup(Experiment):
    """The table beside the networks."""

    name = "lookup"
    summary = "Why does a table beat networks in pixel accuracy, and what to trust instead?"
    claims = (
        Claim(
            "beats",
            "A table that sees one pixel's grey level at a time is right at more pixels than the course's networks.",
            "It holds if the table's accuracy is above that of each of the three, in part if above that of some, and "
            "is refuted if above none. " + RULE,
        ),
        Claim(
            "why",
            "It wins on grey pixels alone, on chromatic ones the networks win; and most pixels are grey.",
            "It holds if more than half of the pixels are grey and, for each of the course's networks that the table "
            "beats, the table is above it on pixels whose true palette color is a grey and below it on chromatic ones; "
            "in part if that is so for some of them; otherwise it is refuted. " + RULE,
        ),
        Claim(
            "best",
            "No other function of a pixel's own grey level could do better.",
            "Counted, so no spread is needed. The best accuracy and the smallest cross-entropy that any function of "
            "the grey level can have on the validation pixels follow from counting these pixels by level and color; "
            "the second is the conditional entropy. It holds if the table, which never saw them, is within "
            f"{CLOSE_SHARE:.0%} of all pixels of the first and within {CLOSE_NATS:g} nats of the second, with every "
            "seed; in part if within one of them; otherwise it is refuted.",
        ),
        Claim(
            "trust",
            "Chromatic accuracy, balanced accuracy and CIEDE2000 rank the predictors alike, and pixel accuracy ranks "
            "them otherwise.",
            "Two figures contradict each other if some two predictors lie apart in both and are ranked oppositely. It "
            "holds if no two of the three contradict each other and pixel accuracy contradicts them all; in part if "
            "pixel accuracy contradicts at least one of them; and is refuted if it contradicts none. " + RULE,
        ),
    )
    method = (
        "Equal: data, the course's palette, seeds, and for the course's networks batch size 100, Adam and epochs. "
        "Compared: the lookup table, the baseline at learning rates 0.3 and 0.001, the U-Net at 0.001, and the same "
        "U-Net by the zoo's default recipe. A palette color is chromatic if the largest of its R, G and B exceeds the "
        "smallest by 51 or more, and a grey otherwise. Counted on the pixels themselves: entropies of color, alone and "
        "given the grey level, and the best that any function of the level can reach. The table's loss is measured "
        "besides as that of any network is, by running it."
    )

    def parts(self, conditions: Conditions) -> Mapping[str, Part]:
        """A training and a look for every predictor and seed, and a description of the data for every seed."""
        return predictors.parts(conditions)

    def conclude(self, measured: Mapping[str, Measured], conditions: Conditions) -> Findings:
        """Split accuracy by the truth, compare counts with measurements, and figures with each other."""
        numbers = Numbers.of(measured, conditions)
        verdicts = {
            "beats": _beats(numbers),
            "why": _why(numbers),
            "best": _best(numbers),
            "trust": _trust(numbers),
        }
        return Findings(verdicts, _tables(numbers), _remarks(numbers))

    def draw(self, measured: Mapping[str, Measured], conditions: Conditions) -> Mapping[str, Figure]:
        """Accuracy on grey and on chromatic pixels; places of the predictors by every figure."""
        numbers = Numbers.of(measured, conditions)
        return {"grey-and-chromatic": _draw_split(numbers), "places": _draw_places(numbers)}


def _beaten(numbers: Numbers) -> list[str]:
    table = numbers.run(TABLE, "accuracy")
    return [name for name in COURSE if above(table, numbers.run(name, "accuracy"))]


def _beats(numbers: Numbers) -> Verdict:
    table, others = numbers.run(TABLE, "accuracy"), {name: numbers.run(name, "accuracy") for name in COURSE}
    if not decided(table, *others.values()):
        return UNDECIDED
    beaten = _beaten(numbers)
    word: Word = "holds" if len(beaten) == len(COURSE) else "holds in part" if beaten else "refuted"
    networks = "; ".join(f"{name}: {found.format('{:.1%}')}" for name, found in others.items())
    return Verdict(word, f"the table is right at {table.format('{:.1%}')} of the pixels; {networks}.")


def _why(numbers: Numbers) -> Verdict:
    grey, chromatic = ({name: numbers.look(name, f"{kind}_accuracy") for name in PREDICTORS} for kind in _KINDS)
    if not decided(*grey.values()):
        return UNDECIDED
    beaten, share = _beaten(numbers), 1 - numbers.data("truth", "chromatic").mean
    so = [n for n in beaten if above(grey[TABLE], grey[n]) and above(chromatic[n], chromatic[TABLE])]
    word: Word = "refuted" if not so or share <= 0.5 else "holds" if so == beaten else "holds in part"
    return Verdict(
        word,
        f"{share:.1%} of the pixels are grey; the table is right at {grey[TABLE].mean:.1%} of them and at "
        f"{chromatic[TABLE].mean:.1%} of the others, the course's networks at "
        f"{_range(grey[name].mean for name in COURSE)} and {_range(chromatic[name].mean for name in COURSE)}.",
    )


def _best(numbers: Numbers) -> Verdict:
    accuracy, best = numbers.data("val", "accuracy"), numbers.data("val", "best_accuracy")
    loss, entropy = numbers.data("val", "loss"), numbers.data("val", "conditional_entropy")
    near = _apart(accuracy, best) <= CLOSE_SHARE, _apart(loss, entropy) <= CLOSE_NATS
    return Verdict(
        ("refuted", "holds in part", "holds")[sum(near)],
        f"accuracy {accuracy.mean:.2%} of {best.mean:.2%}, cross-entropy {loss.mean:.4f} against a conditional entropy "
        f"of {entropy.mean:.4f} nats.",
    )


def _trust(numbers: Numbers) -> Verdict:
    if not decided(*(numbers.run(name, "accuracy") for name in PREDICTORS)):
        return UNDECIDED
    trial, *others = JUDGES
    among = [(a, b) for a, b in combinations(others, 2) if _contradictions(numbers, a, b)[0]]
    against = [name for name in others if _contradictions(numbers, trial, name)[0]]
    word: Word = "refuted" if not against else "holds" if len(against) == len(others) and not among else "holds in part"
    quarrels = ", ".join(f"{JUDGES[a][0]} and {JUDGES[b][0]}" for a, b in among)
    return Verdict(
        word,
        f"pixel accuracy contradicts {', '.join(JUDGES[name][0] for name in against) or 'none of them'}; among the "
        f"others, {quarrels + ' contradict each other' if quarrels else 'there is no contradiction'}.",
    )


def _contradictions(numbers: Numbers, one: str, other: str) -> tuple[int, int]:
    """Pairs of predictors that lie apart in two figures: how many are ranked oppositely, and how many there are."""
    first, second = (
        set(ordered({n: numbers.run(n, figure) for n in PREDICTORS}, higher=JUDGES[figure][1]))
        for figure in (one, other)
    )
    opposite = {(worse, better) for better, worse in first} & second
    return len(opposite), len(opposite) + len(first & second)


def _apart(one: Spread, other: Spread) -> float:
    """The largest difference of two figures of the same seed."""
    return max(abs(a - b) for a, b in zip(one.values, other.values, strict=True))


def _range(values: Iterable[float]) -> str:
    found = sorted(values)
    return f"{found[0]:.1%} to {found[-1]:.1%}"


def _tables(numbers: Numbers) -> list[Table]:
    from zoo.api import Table

    seeds = f"mean over seeds {', '.join(map(str, numbers.seeds))}" if len(numbers.seeds) > 1 else "one seed"
    judged = [
        [
            name,
            f"{numbers.run(name, 'loss').mean:.3f}",
            f"{numbers.run(name, 'accuracy').mean:.1%}",
            *(f"{numbers.look(name, f'{kind}_accuracy').mean:.1%}" for kind in _KINDS),
            f"{numbers.run(name, 'balanced_accuracy').mean:.1%}",
            f"{numbers.run(name, 'ciede2000').mean:.1f}",
        ]
        for name in PREDICTORS
    ]
    copied = {figure: numbers.data("input", figure).mean for figure in JUDGES}
    share = numbers.data("truth", "chromatic").mean
    on_grey = (copied["accuracy"] - share * copied["chromatic_accuracy"]) / (1 - share)
    three = (f"{value:.1%}" for value in (copied["accuracy"], on_grey, copied["chromatic_accuracy"]))
    judged.append(["input, repeated", "-", *three, f"{copied['balanced_accuracy']:.1%}", f"{copied['ciede2000']:.1f}"])
    pixels = [
        [
            {"train": "training", "val": "validation"}[half],
            *(f"{numbers.data(half, name).mean:.4f}" for name in ("entropy", "conditional_entropy", "loss")),
            *(f"{numbers.data(half, name).mean:.2%}" for name in ("best_accuracy", "accuracy")),
        ]
        for half in ("train", "val")
    ]
    ranked = [
        [JUDGES[one][0], *("-" if one == other else _fraction(numbers, one, other) for other in JUDGES)]
        for one in JUDGES
    ]
    return [
        Table(
            ["predictor", "loss", "accuracy", "grey", "chromatic", "balanced", "CIEDE2000"],
            judged,
            f"Accuracy on all, on grey and on chromatic pixels, and averaged over colors; validation, {seeds}",
        ),
        Table(
            ["pixels", "H(color)", "H(color | grey)", "loss", "best", "accuracy"],
            pixels,
            "Entropies in nats and the best accuracy that a function of the grey level can have, counted, beside loss "
            "and accuracy of the table, measured; it is fitted to the training pixels",
        ),
        Table(
            ["pairs", *(label for label, _ in JUDGES.values())],
            ranked,
            "Pairs of predictors that two figures rank oppositely, of those that lie apart in both",
        ),
    ]


def _fraction(numbers: Numbers, one: str, other: str) -> str:
    opposite, pairs = _contradictions(numbers, one, other)
    return f"{opposite} of {pairs}"


def _remarks(numbers: Numbers) -> list[str]:
    color, given = (numbers.data("val", name).mean for name in ("entropy", "conditional_entropy"))
    bits = 1.4426950408889634  # one over the natural logarithm of two
    worse = [name for name in PREDICTORS if numbers.run(name, "loss").mean > given]
    return [
        f"A pixel's color holds {color * bits:.2f} bits, and {given * bits:.2f} bits once its grey level is known: the "
        f"level tells {1 - given / color:.0%} of it. A network that blurs the level loses some of that before it "
        "begins.",
        f"With a loss above the {given:.3f} nats that one grey level allows: {'; '.join(worse) or 'none'}.",
    ]


def _draw_split(numbers: Numbers) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 3.6))
    axes = figure.add_subplot()
    share = numbers.data("truth", "chromatic").mean
    groups = {
        "accuracy": "all pixels",
        "grey_accuracy": f"grey pixels ({1 - share:.0%})",
        "chromatic_accuracy": f"chromatic pixels ({share:.0%})",
    }
    for place, (figure_name, label) in enumerate(groups.items()):
        for column, predictor in enumerate(PREDICTORS):
            values = numbers.look(predictor, figure_name).values
            at = column + 0.27 * (place - 1)
            shown = label if column == 0 else None
            axes.bar(at, sum(values) / len(values), 0.25, color=f"C{place}", alpha=0.55, label=shown)
            axes.plot([at] * len(values), values, "o", color=f"C{place}", markersize=3.5)
    axes.set_xticks(range(len(PREDICTORS)), [name.replace(", ", "\n") for name in PREDICTORS])
    axes.grid(axis="x", visible=False)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    axes.set_ylabel("accuracy; a dot a seed")
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3)
    return figure


def _draw_places(numbers: Numbers) -> Figure:
    """A line a predictor through its place by every figure, the best on top."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 3.2))
    axes = figure.add_subplot()
    means = {judge: {name: numbers.run(name, judge).mean for name in PREDICTORS} for judge in JUDGES}
    orders = {judge: sorted(found, key=found.__getitem__, reverse=JUDGES[judge][1]) for judge, found in means.items()}
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
