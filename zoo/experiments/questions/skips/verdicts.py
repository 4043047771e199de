"""The verdicts of `skips`."""

from __future__ import annotations

from zoo.api.experiment import Verdict, graded
from zoo.api.spread import UNDECIDED, above, decided, differ
from zoo.experiments.questions.skips.measure import ARMS, RATES
from zoo.experiments.questions.skips.numbers import Numbers


def verdicts(numbers: Numbers) -> dict[str, Verdict]:
    """The claims, judged; see their rules."""
    high, low = RATES
    accuracy = {(rate, arm): numbers.result(rate, arm, "accuracy") for rate in RATES for arm in ARMS}
    start, end = accuracy[high, "no skips"], accuracy[low, "concatenated"]
    plain, zeroed, added = (accuracy[low, arm] for arm in ("no skips", "zeroed", "added"))
    if not decided(start, end, plain, zeroed, added):
        return dict.fromkeys(("lift", "weights", "detail"), UNDECIDED)
    lifts, helps = above(end, start), above(end, plain)
    share = (end.mean - plain.mean) / (end.mean - start.mean) if lifts else 0.0
    because = f"{start.mean:.1%} becomes {end.mean:.1%}" + (
        f"; of that lift, the learning rate alone gives {plain.mean - start.mean:.1%} (to {plain.mean:.1%}), and skip "
        f"connections at the same rate {end.mean - plain.mean:.1%}: {share:.0%}."
        if lifts
        else ", which is no lift."
    )
    return {
        "lift": graded(because, holds=helps and lifts and share >= 0.9, in_part=helps and lifts),
        "weights": graded(
            f"zeroed {zeroed.format('{:.1%}')} against the baseline's {plain.format('{:.1%}')}"
            + ("." if differ(zeroed, plain) else ", which overlap."),
            holds=above(zeroed, plain),
        ),
        "detail": graded(
            f"concatenated {end.format('{:.1%}')} and added {added.format('{:.1%}')} against zeroed "
            f"{zeroed.format('{:.1%}')}.",
            holds=above(end, zeroed) and above(added, zeroed),
            in_part=above(end, zeroed) or above(added, zeroed),
        ),
    }
