"""The tables of `looks`, and what its figures show besides."""

from __future__ import annotations

from zoo.api import Table
from zoo.experiments.questions.looks.numbers import grid, ratio
from zoo.experiments.questions.predictors.numbers import Numbers
from zoo.experiments.questions.predictors.parts import PREDICTORS


def tables(numbers: Numbers) -> list[Table]:
    """How far the pictures are from photo and input, and what makes them so."""
    return [_distances(numbers), _causes(numbers)]


def remarks(numbers: Numbers) -> list[str]:
    """What a copy of the input, and the palette alone, come to."""
    copied = numbers.data("input_to_photo")
    nearer = [name for name in PREDICTORS if numbers.look(name, "to_photo").mean < copied.mean]
    best = numbers.data("truth", "to_photo")
    return [
        f"The grey input itself, handed back without any color, is {copied.mean:.1f} in CIEDE2000 from the photos. "
        f"Predictors that come nearer: {'; '.join(nearer) or 'none'}. The palette alone keeps even a perfect one "
        f"{best.mean:.1f} away."
    ]


def _distances(numbers: Numbers) -> Table:
    seeds = f"mean over seeds {', '.join(map(str, numbers.seeds))}" if len(numbers.seeds) > 1 else "one seed"
    truth, photo = numbers.data("truth", "to_photo"), numbers.data("photo_chroma")
    rows = [
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
    return Table(
        ["pictures of", "accuracy", "to photo", "to input", "chroma", "dulled"],
        rows,
        f"CIEDE2000 to photo and grey input, mean Lab chroma, and the share of chromatic pixels that are given a "
        f"grey; validation, {seeds}",
    )


def _causes(numbers: Numbers) -> Table:
    light = numbers.data("truth", "detail")
    rows = [
        *(
            [
                name,
                f"{numbers.look(name, 'expected').mean:.1%}",
                f"{numbers.look(name, 'picked').mean:.1%}",
                f"{ratio(numbers.look(name, 'detail'), light).mean:.0%}",
                f"{grid(numbers, name).mean:.2f}",
                _disputed(numbers, name),
            ]
            for name in PREDICTORS
        ),
        [
            "truth in palette",
            "-",
            f"{numbers.data('truth', 'chromatic').mean:.1%}",
            "100%",
            f"{grid(numbers).mean:.2f}",
            "-",
        ],
    ]
    return Table(
        ["pictures of", "expected", "chosen", "detail", "grid", "disputed"],
        rows,
        "Chromatic colors: the probability they are given, and the share of pixels; fine detail of the lightness, "
        "as a share of the truth's; how many times as often neighbors differ at one place of a 4x4 cell as at "
        "another; pictures on which, compared with the lookup table, the more accurate is farther from the photo",
    )


def _disputed(numbers: Numbers, predictor: str) -> str:
    """The share of disputed pictures; some seeds have nothing to take a share of."""
    shares = numbers.look(predictor, "disputed")
    return f"{shares.mean:.0%}" if len(shares.values) == len(numbers.seeds) else "-"
