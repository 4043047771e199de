"""The verdicts of `beats`."""

from __future__ import annotations

from zoo.api.experiment import Verdict, graded, judged
from zoo.api.spread import UNDECIDED, decided, exceeds, odds
from zoo.experiments.questions.beats import MARGIN_NATS
from zoo.experiments.questions.beats.measure import ARMS, BOTH, NETWORK, PARTS, TABLE
from zoo.experiments.questions.beats.numbers import JUDGES, Numbers


def verdicts(numbers: Numbers) -> dict[str, Verdict]:
    """The claims, judged; see their rules."""
    if not decided(*(numbers.result(arm, "loss") for arm in ARMS)):
        return dict.fromkeys(("table", "both", "parts", "width"), UNDECIDED)
    return {
        "table": _table(numbers),
        "both": _without(numbers, NETWORK),
        "parts": _without(numbers, *PARTS),
        "width": _without(numbers, "half the channels"),
    }


def _table(numbers: Numbers) -> Verdict:
    """Whether the whole beats the table in every figure."""
    better = [figure for figure in JUDGES if numbers.is_better(BOTH, TABLE, figure)]
    means = "; ".join(
        f"{JUDGES[figure][0]} {numbers.result(BOTH, figure).format(pattern)} against "
        f"{pattern.format(numbers.result(TABLE, figure).mean)}"
        for figure in JUDGES
        for pattern in ["{:.1%}" if figure.endswith("accuracy") else "{:.3f}" if figure == "loss" else "{:.2f}"]
    )
    chance = odds(numbers.result(BOTH, "loss"), numbers.result(TABLE, "loss"))
    return graded(
        f"it is better in {len(better)} of {len(JUDGES)} figures: {means}. {chance}",
        holds=len(better) == len(JUDGES),
        in_part=bool(better),
    )


def _without(numbers: Numbers, *arms: str) -> Verdict:
    """Whether the loss is larger in each of these arms than with everything."""
    whole = numbers.result(BOTH, "loss")
    prices = "; ".join(f"{arm}: {numbers.price(arm).format_interval()}" for arm in arms)
    answers = [exceeds(numbers.result(arm, "loss"), whole, numbers.price(arm), MARGIN_NATS) for arm in arms]
    return judged(
        f"the whole has {whole.format('{:.3f}')}; what is added to it, {prices}; the margin is {MARGIN_NATS:g} nats. "
        f"{odds(whole, numbers.result(arms[0], 'loss'))}",
        answers,
    )
