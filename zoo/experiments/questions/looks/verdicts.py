"""The verdicts of `looks`."""

from __future__ import annotations

from zoo.api.experiment import Verdict, graded
from zoo.api.spread import UNDECIDED, above, decided
from zoo.experiments.questions.looks import FAINT, MARGIN
from zoo.experiments.questions.looks.numbers import grid, ratio
from zoo.experiments.questions.predictors.numbers import Numbers, ordered
from zoo.experiments.questions.predictors.parts import COURSE, PREDICTORS

STARTER, CALM, UNET = COURSE
"""The baseline at the rate of the starter code, the same at a hundredth of it or less, and the U-Net."""


def verdicts(numbers: Numbers) -> dict[str, Verdict]:
    """The claims, judged; see their rules."""
    return {"grey": _grey(numbers), "choice": _choice(numbers), "blocks": _blocks(numbers), "eye": _eye(numbers)}


def _grey(numbers: Numbers) -> Verdict:
    to_input, to_photo = numbers.look(STARTER, "to_input"), numbers.look(STARTER, "to_photo")
    chroma = numbers.look(STARTER, "chroma")
    shares = ratio(chroma, numbers.data("photo_chroma"))
    if not decided(to_input, to_photo):
        return UNDECIDED
    return graded(
        f"CIEDE2000 {to_input.format('{:.1f}')} to the input, {to_photo.format('{:.1f}')} to the photos; their mean "
        f"chroma is {shares.format('{:.0%}')} of the photos'.",
        holds=above(to_photo, to_input),
        in_part=shares.high < FAINT,
    )


def _choice(numbers: Numbers) -> Verdict:
    picked, expected = numbers.look(CALM, "picked"), numbers.look(CALM, "expected")
    true = numbers.data("truth", "chromatic")
    if not decided(picked, expected):
        return UNDECIDED
    fewer = ratio(picked, expected).high <= 1 - MARGIN
    fair = all(abs(share - 1) <= MARGIN for share in ratio(expected, true).values)
    return graded(
        f"the network puts {expected.format('{:.1%}')} of its probability on chromatic colors, and {true.mean:.1%} of "
        f"the pixels are chromatic; it chooses them for {picked.format('{:.1%}')}.",
        holds=fewer and fair,
        in_part=fewer,
    )


def _blocks(numbers: Numbers) -> Verdict:
    detail, unet = numbers.look(CALM, "detail"), numbers.look(UNET, "detail")
    if not decided(detail, unet):
        return UNDECIDED
    kept = ratio(detail, numbers.data("truth", "detail"))
    own, true = grid(numbers, CALM), grid(numbers)
    coarse = kept.high < FAINT and above(unet, detail)
    blocks = ratio(own, true).low >= 1 + MARGIN
    return graded(
        f"inside the cells it has {kept.format('{:.0%}')} of the truth's variance of lightness (the U-Net "
        f"{ratio(unet, numbers.data('truth', 'detail')).format('{:.0%}')}); neighbors differ {own.format('{:.2f}')} "
        f"times as often at one place of a cell as at another, in the truth {true.mean:.2f} times.",
        holds=coarse and blocks,
        in_part=coarse or blocks,
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
    names = "; ".join(f"{better} is more accurate than {worse} but not closer" for better, worse in against)
    return graded(
        f"{agreeing} of {len(pairs)} pairs agree" + (f": {names}." if names else "."),
        holds=not against,
        in_part=2 * agreeing > len(pairs),
    )
