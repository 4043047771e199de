"""The verdicts of `looks`."""

from __future__ import annotations

from zoo.api.experiment import Verdict, graded, judged
from zoo.api.spread import UNDECIDED, above, decided, exceeds, odds, unanimous
from zoo.experiments.questions.looks import FAINT, MARGIN, NOTICED
from zoo.experiments.questions.looks.numbers import grid, ratio
from zoo.experiments.questions.predictors.numbers import Numbers, less, ordered
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
    farther = less(to_photo, to_input)
    because = (
        f"CIEDE2000 {to_input.format('{:.1f}')} to the input, {to_photo.format('{:.1f}')} to the photos: "
        f"{farther.format_interval('{:+.1f}')}; their mean chroma is {shares.format('{:.0%}')} of the photos', where "
        f"the rule calls less than {FAINT:.0%} faint. {odds(to_photo, to_input)}"
    )
    answer = exceeds(to_photo, to_input, farther, NOTICED)
    if not answer and shares.high < FAINT:
        return Verdict("holds in part", because)
    return judged(because, [answer])


def _choice(numbers: Numbers) -> Verdict:
    picked, expected = numbers.look(CALM, "picked"), numbers.look(CALM, "expected")
    true = numbers.data("truth", "chromatic")
    if not decided(picked, expected):
        return UNDECIDED
    fewer = unanimous(share <= 1 - MARGIN for share in ratio(picked, expected).values)
    fair = unanimous(abs(share - 1) <= MARGIN for share in ratio(expected, true).values)
    because = (
        f"the network puts {expected.format('{:.1%}')} of its probability on chromatic colors, and {true.mean:.1%} of "
        f"the pixels are chromatic; it chooses them for {picked.format('{:.1%}')}. "
        f"The rule asks for at least {MARGIN:.0%} fewer than the probability, and for a probability within "
        f"{MARGIN:.0%} of the truth."
    )
    return graded(because, holds=bool(fair), in_part=True) if fewer else judged(because, [fewer])


def _blocks(numbers: Numbers) -> Verdict:
    detail, unet = numbers.look(CALM, "detail"), numbers.look(UNET, "detail")
    if not decided(detail, unet):
        return UNDECIDED
    kept = ratio(detail, numbers.data("truth", "detail"))
    own, true = grid(numbers, CALM), grid(numbers)
    coarse = unanimous(share < FAINT for share in kept.values)
    if coarse and not above(unet, detail):
        coarse = None
    blocks = unanimous(share >= 1 + MARGIN for share in ratio(own, true).values)
    return judged(
        f"inside the cells it has {kept.format('{:.0%}')} of the truth's variance of lightness (the U-Net "
        f"{ratio(unet, numbers.data('truth', 'detail')).format('{:.0%}')}); neighbors differ {own.format('{:.2f}')} "
        f"times as often at one place of a cell as at another, in the truth {true.mean:.2f} times. The rule asks for "
        f"less than {FAINT:.0%}, and for {1 + MARGIN:g} times the truth's.",
        [coarse, blocks],
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
    exceptions = f": {names}" if names else ""
    return graded(
        f"{agreeing} of {len(pairs)} pairs that lie apart agree{exceptions}. {odds(*accuracy.values())}",
        holds=not against,
        in_part=2 * agreeing > len(pairs),
    )
