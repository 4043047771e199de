"""A2: what do the baseline's colors look like, and why?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from zoo.api.experiment import (
    Bench,
    Claim,
    Conditions,
    Experiment,
    Findings,
    Measured,
    Part,
    Verdict,
    Word,
    prediction_sheet,
)
from zoo.experiments.questions import predictors
from zoo.experiments.questions.predictors import COURSE, PREDICTORS, TABLE, Numbers, ordered, trained
from zoo.experiments.spread import RULE, UNDECIDED, Spread, above, decided

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from zoo.api import Table
    from zoo.runs.run import Run
    from zoo.runs.samples import Rows

STARTER, CALM, UNET = COURSE
"""The baseline at the rate of the starter code, the same at a hundredth of it or less, and the U-Net."""

FAINT = 0.5
"""A figure below this share of the truth's counts as far too small."""

MARGIN = 0.1
"""What one figure must exceed another by, as a share of it, to be called more than it."""

SHOWN = 10
"""Pictures of a sheet."""


class Looks(Experiment):
    """The baseline's pictures, measured."""

    name = "looks"
    summary = "What do the baseline's colors look like, and why?"
    asked = "A2"
    claims = (
        Claim(
            "grey",
            "The baseline's pictures are closer to the grey input than to the photos' right colors.",
            "Taken at its word, for the baseline at learning rate 0.3, as the write-up had it. It holds if the mean "
            "CIEDE2000 difference of its pictures to the grey input is smaller than to the photos; if not, it holds in "
            f"part if their mean Lab chroma is below {FAINT:.0%} of the photos' with every seed; otherwise it is "
            "refuted. " + RULE,
        ),
        Claim(
            "choice",
            "The pictures are dull not because the network expects no color, but because the most probable color of a "
            "pixel is mostly a grey.",
            "For the baseline at learning rate 0.001. It holds if it gives a chromatic color to fewer pixels than the "
            f"probability that it puts on chromatic colors, by at least {MARGIN:.0%} of that with every seed, while "
            f"this probability is within {MARGIN:.0%} of the true share of chromatic pixels; if only the first is so, "
            "it holds in part; otherwise it is refuted. Needs two seeds.",
        ),
        Claim(
            "blocks",
            "The baseline's pictures come out coarse and in blocks, because all that it knows of a pixel has passed "
            "through maps of a quarter of the height and width.",
            "For the baseline at learning rate 0.001, with two signs. Coarse: the variance of its lightness inside "
            f"cells of 4 by 4 pixels is below {FAINT:.0%} of the truth's with every seed, and below the U-Net's, which "
            "has detail that went round the small maps. Blocks: neighbors differ in color more often at some of the "
            f"four places of a cell than at others, by at least {MARGIN:.0%} more than in the truth with every seed. "
            "It holds if both are there, in part if one is, and is refuted if none is. " + RULE,
        ),
        Claim(
            "eye",
            "Of two predictors the one that is right at more pixels makes the pictures that look more like the photos.",
            "All pairs of predictors are compared that lie apart in accuracy. It holds if the more accurate one has "
            "the smaller mean CIEDE2000 difference in all of them, in part if it has in more than half, and is refuted "
            "otherwise. " + RULE,
        ),
    )
    method = (
        "Equal: data, the course's palette, seeds, and for the course's networks batch size 100, Adam and epochs. "
        "Compared: the lookup table from grey level to commonest color, the baseline at learning rates 0.3 and 0.001, "
        "the U-Net at 0.001, and the same U-Net by the zoo's default recipe. Measured on the validation pictures: "
        "CIEDE2000 to the photo and to the grey input, Lab chroma, how much probability and how many pixels go to "
        "chromatic colors (largest minus smallest of R, G, B at least 51), and the lightness inside cells of 4 by 4 "
        "pixels. Beside them stands what any predictor could reach: the truth in palette colors, and the grey input "
        "itself, handed back."
    )

    def parts(self, conditions: Conditions) -> Mapping[str, Part]:
        """A training and a look for every predictor and seed, and a description of the data for every seed."""
        return predictors.parts(conditions)

    def conclude(self, measured: Mapping[str, Measured], conditions: Conditions) -> Findings:
        """Compare distances, chroma, probabilities and detail."""
        numbers = Numbers.of(measured, conditions)
        verdicts = {
            "grey": _grey(numbers),
            "choice": _choice(numbers),
            "blocks": _blocks(numbers),
            "eye": _eye(numbers),
        }
        return Findings(verdicts, _tables(numbers), _remarks(numbers))

    def draw(self, measured: Mapping[str, Measured], conditions: Conditions) -> Mapping[str, Figure]:
        """Distances to input and photo; probability of color beside its choice; accuracy against the eye."""
        numbers = Numbers.of(measured, conditions)
        return {
            "distances": _draw_distances(numbers),
            "color": _draw_color(numbers),
            "accuracy-eye": _draw_eye(numbers),
        }

    def sheets(self, bench: Bench, conditions: Conditions) -> Mapping[str, Rows]:
        """Predictions of the first seed: the pictures that every run shows, and those that accuracy and eye dispute."""
        labels = {_two_lines(predictor): trained(predictor, conditions.seeds[0]) for predictor in PREDICTORS}
        rivals = {name: bench.runs.get(trained(name, conditions.seeds[0])) for name in (TABLE, UNET)}
        sheets = {"pictures": prediction_sheet(bench.runs, labels)}
        disputed = _disputed(bench, {name: run for name, run in rivals.items() if run is not None})
        return {**sheets, "disputed": disputed} if disputed else sheets


def _grey(numbers: Numbers) -> Verdict:
    to_input, to_photo = numbers.look(STARTER, "to_input"), numbers.look(STARTER, "to_photo")
    chroma = numbers.look(STARTER, "chroma")
    shares = _ratio(chroma, numbers.data("photo_chroma"))
    if not decided(to_input, to_photo):
        return UNDECIDED
    word: Word = "holds" if above(to_photo, to_input) else "holds in part" if shares.high < FAINT else "refuted"
    return Verdict(
        word,
        f"CIEDE2000 {to_input.format('{:.1f}')} to the input, {to_photo.format('{:.1f}')} to the photos; their mean "
        f"chroma is {shares.format('{:.0%}')} of the photos'.",
    )


def _choice(numbers: Numbers) -> Verdict:
    picked, expected = numbers.look(CALM, "picked"), numbers.look(CALM, "expected")
    true = numbers.data("truth", "chromatic")
    if not decided(picked, expected):
        return UNDECIDED
    fewer = _ratio(picked, expected).high <= 1 - MARGIN
    fair = all(abs(share - 1) <= MARGIN for share in _ratio(expected, true).values)
    return Verdict(
        "refuted" if not fewer else "holds" if fair else "holds in part",
        f"the network puts {expected.format('{:.1%}')} of its probability on chromatic colors, and {true.mean:.1%} of "
        f"the pixels are chromatic; it chooses them for {picked.format('{:.1%}')}.",
    )


def _blocks(numbers: Numbers) -> Verdict:
    detail, unet = numbers.look(CALM, "detail"), numbers.look(UNET, "detail")
    if not decided(detail, unet):
        return UNDECIDED
    kept = _ratio(detail, numbers.data("truth", "detail"))
    own, true = _grid(numbers, CALM), _grid(numbers)
    grid = _ratio(own, true)
    coarse = kept.high < FAINT and above(unet, detail)
    blocks = grid.low >= 1 + MARGIN
    return Verdict(
        ("refuted", "holds in part", "holds")[coarse + blocks],
        f"inside the cells it has {kept.format('{:.0%}')} of the truth's variance of lightness (the U-Net "
        f"{_ratio(unet, numbers.data('truth', 'detail')).format('{:.0%}')}); neighbors differ {own.format('{:.2f}')} "
        f"times as often at one place of a cell as at another, in the truth {true.mean:.2f} times.",
    )


def _eye(numbers: Numbers) -> Verdict:
    accuracy = {name: numbers.run(name, "accuracy") for name in PREDICTORS}
    distance = {name: numbers.look(name, "to_photo") for name in PREDICTORS}
    if not decided(*accuracy.values()):
        return UNDECIDED
    pairs = list(ordered(accuracy, higher=True))
    if not pairs:
        return Verdict("not decided at this size", "no two predictors lie apart in accuracy.")
    against = [pair for pair in pairs if pair not in set(ordered(distance, higher=False))]
    agreeing = len(pairs) - len(against)
    word: Word = "holds" if not against else "holds in part" if 2 * agreeing > len(pairs) else "refuted"
    names = "; ".join(f"{better} is more accurate than {worse} but not closer" for better, worse in against)
    return Verdict(word, f"{agreeing} of {len(pairs)} pairs agree" + (f": {names}." if names else "."))


def _ratio(part: Spread, whole: Spread) -> Spread:
    """One figure as a share of another, seed by seed; infinite where there is nothing to be a share of."""
    return Spread.of([p / w if w else float("inf") for p, w in zip(part.values, whole.values, strict=True)])


def _grid(numbers: Numbers, predictor: str | None = None) -> Spread:
    """How many times as often neighbors differ at one place of a cell as at another, at most; None: in the truth.

    One in a picture of a single color, infinite where they differ at some places of the cells only.
    """
    places = [
        numbers.data("truth", "steps", place) if predictor is None else numbers.look(predictor, "steps", place)
        for place in range(4)
    ]
    by_seed = zip(*(place.values for place in places), strict=True)
    return Spread.of([_times(max(shares), min(shares)) for shares in by_seed])


def _times(most: float, least: float) -> float:
    return 1.0 if most == least else most / least if least else float("inf")


def _tables(numbers: Numbers) -> list[Table]:
    from zoo.api import Table

    seeds = f"mean over seeds {', '.join(map(str, numbers.seeds))}" if len(numbers.seeds) > 1 else "one seed"
    truth, photo = numbers.data("truth", "to_photo"), numbers.data("photo_chroma")
    distances = [
        *(
            [
                name,
                f"{numbers.run(name, 'accuracy').mean:.1%}",
                f"{numbers.look(name, 'to_photo').mean:.1f}",
                f"{numbers.look(name, 'to_input').mean:.1f}",
                f"{numbers.look(name, 'chroma').mean:.1f}",
                f"{numbers.look(name, 'dulled').mean:.0%}",
            ]
            for name in PREDICTORS
        ),
        ["grey input", "-", f"{numbers.data('input_to_photo').mean:.1f}", "0.0", "0.0", "100%"],
        [
            "truth in palette",
            "100.0%",
            f"{truth.mean:.1f}",
            f"{numbers.data('truth', 'to_input').mean:.1f}",
            f"{numbers.data('truth', 'chroma').mean:.1f}",
            "0%",
        ],
        ["photo", "-", "0.0", f"{numbers.data('input_to_photo').mean:.1f}", f"{photo.mean:.1f}", "-"],
    ]
    light = numbers.data("truth", "detail")
    make = [
        *(
            [
                name,
                f"{numbers.look(name, 'expected').mean:.1%}",
                f"{numbers.look(name, 'picked').mean:.1%}",
                f"{_ratio(numbers.look(name, 'detail'), light).mean:.0%}",
                f"{_grid(numbers, name).mean:.2f}",
                f"{numbers.look(name, 'disputed').mean:.0%}" if numbers.has(name, "disputed") else "-",
            ]
            for name in PREDICTORS
        ),
        [
            "truth in palette",
            "-",
            f"{numbers.data('truth', 'chromatic').mean:.1%}",
            "100%",
            f"{_grid(numbers).mean:.2f}",
            "-",
        ],
    ]
    return [
        Table(
            ["pictures of", "accuracy", "to photo", "to input", "chroma", "dulled"],
            distances,
            f"CIEDE2000 to photo and grey input, mean Lab chroma, and the share of chromatic pixels that are given a "
            f"grey; validation, {seeds}",
        ),
        Table(
            ["pictures of", "expected", "chosen", "detail", "grid", "disputed"],
            make,
            "Chromatic colors: the probability they are given, and the share of pixels; fine detail of the lightness, "
            "as a share of the truth's; how many times as often neighbors differ at one place of a 4x4 cell as at "
            "another; pictures on which, compared with the lookup table, the more accurate is farther from the photo",
        ),
    ]


def _remarks(numbers: Numbers) -> list[str]:
    copied = numbers.data("input_to_photo")
    nearer = [name for name in PREDICTORS if numbers.look(name, "to_photo").mean < copied.mean]
    best = numbers.data("truth", "to_photo")
    return [
        f"The grey input itself, handed back without any color, is {copied.mean:.1f} in CIEDE2000 from the photos. "
        f"Predictors that come nearer: {'; '.join(nearer) or 'none'}. The palette alone keeps even a perfect one "
        f"{best.mean:.1f} away."
    ]


def _draw_distances(numbers: Numbers) -> Figure:
    figure = _draw_pairs(numbers, {"to_input": "to the grey input", "to_photo": "to the photo"})
    axes = figure.axes[0]
    copied = numbers.data("input_to_photo").mean
    axes.axhline(copied, color="C2", linestyle="--", linewidth=1.2, label="grey input to the photo")
    axes.set_ylabel("mean CIEDE2000; a dot a seed")
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3)
    return figure


def _draw_color(numbers: Numbers) -> Figure:
    figure = _draw_pairs(numbers, {"expected": "probability given to them", "picked": "pixels they are chosen for"})
    axes = figure.axes[0]
    true = numbers.data("truth", "chromatic").mean
    axes.axhline(true, color="C2", linestyle="--", linewidth=1.2, label="pixels of such a color")
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    axes.set_ylabel("chromatic colors; a dot a seed")
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3)
    return figure


def _draw_pairs(numbers: Numbers, figures: Mapping[str, str]) -> Figure:
    """Two figures of `look` as bars side by side, a pair a predictor."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 3.4))
    axes = figure.add_subplot()
    for place, (name, label) in enumerate(figures.items()):
        for column, predictor in enumerate(PREDICTORS):
            values = numbers.look(predictor, name).values
            at = column + 0.38 * (place - 0.5)
            shown = label if column == 0 else None
            axes.bar(at, sum(values) / len(values), 0.36, color=f"C{place}", alpha=0.55, label=shown)
            axes.plot([at] * len(values), values, "o", color=f"C{place}", markersize=3.5)
    axes.set_xticks(range(len(PREDICTORS)), [_two_lines(name) for name in PREDICTORS])
    axes.grid(axis="x", visible=False)
    return figure


def _draw_eye(numbers: Numbers) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 3.6))
    axes = figure.add_subplot()
    for place, name in enumerate(PREDICTORS):
        accuracy, distance = numbers.run(name, "accuracy"), numbers.look(name, "to_photo")
        axes.plot(accuracy.values, distance.values, "o", color=f"C{place}", markersize=6, label=name)
    copied = numbers.data("input_to_photo").mean
    axes.axhline(copied, color="C5", linestyle="--", linewidth=1.2, label="the grey input itself")
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    axes.set_xlabel("pixel accuracy")
    axes.set_ylabel("mean CIEDE2000 to the photo")
    axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
    return figure


def _disputed(bench: Bench, rivals: Mapping[str, Run]) -> Rows:
    """The validation pictures on which accuracy and CIEDE2000 disagree most about which of two runs is better.

    Beside each row stand its figures on these pictures; empty if there are none, or one of the runs failed.
    """
    from zoo.api import Images
    from zoo.experiments.colors import by_picture, disputes, predicted

    if len(rivals) < 2:
        return {}
    found = {}
    for name, run in rivals.items():
        prepared, classes_NHW = predicted(replace(bench, runs={"run": run}))
        found[name] = (classes_NHW, by_picture(prepared, classes_NHW))
    disputed_N = disputes(found[TABLE][1], found[UNET][1])
    order = disputed_N.argsort(descending=True)[: min(SHOWN, int((disputed_N > 0).sum()))]
    rows: Rows = {}
    if not len(order):
        return rows
    for name, (classes_NHW, figures_2N) in found.items():
        images = Images(prepared.val.images.rgb[order])
        samples = prepared.task.samples(images, prepared.val.targets_NHW[order], classes_NHW[order])
        *shared, (_, prediction) = samples.items()
        for label, row in shared:
            rows.setdefault(label, row.permute(0, 2, 3, 1).numpy())
        accuracy, distance = figures_2N[:, order].mean(dim=1).tolist()
        rows[f"{name}\n{accuracy:.0%} right,\nCIEDE2000 {distance:.1f}"] = prediction.permute(0, 2, 3, 1).numpy()
    return rows


def _two_lines(predictor: str) -> str:
    """The learning rate below the name."""
    return predictor.replace(", ", "\n")
