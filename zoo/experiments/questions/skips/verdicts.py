"""The verdicts of `skips`."""

from __future__ import annotations

from zoo.api.experiment import Verdict, graded, judged
from zoo.api.spread import UNDECIDED, Spread, above, decided, exceeds, odds
from zoo.experiments.questions.skips import MARGIN, WHOLE
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
    adds = exceeds(end, plain, numbers.gain("concatenated", "no skips", low), MARGIN)
    return {
        "lift": _lift(start, plain, end, adds),
        "weights": judged(
            f"zeroed {zeroed.format('{:.1%}')} against the baseline's {plain.format('{:.1%}')}: "
            f"{numbers.gain('zeroed', 'no skips', low).format_points()}; the margin is {100 * MARGIN:g} point.",
            [exceeds(zeroed, plain, numbers.gain("zeroed", "no skips", low), MARGIN)],
        ),
        "detail": judged(
            f"beside zeroed, {zeroed.format('{:.1%}')}, concatenated brings "
            f"{numbers.gain('concatenated', 'zeroed', low).format_points()} and added "
            f"{numbers.gain('added', 'zeroed', low).format_points()}. {odds(end, zeroed)}",
            [
                exceeds(end, zeroed, numbers.gain("concatenated", "zeroed", low), MARGIN),
                exceeds(added, zeroed, numbers.gain("added", "zeroed", low), MARGIN),
            ],
        ),
    }


def _lift(start: Spread, plain: Spread, end: Spread, adds: bool | None) -> Verdict:
    """Whether skip connections make the lift from the baseline at the high rate to the U-Net at the low one."""
    if not above(end, start):
        return judged(f"{start.mean:.1%} becomes {end.mean:.1%}, which is no lift.", [False])
    share = (end.mean - plain.mean) / (end.mean - start.mean)
    because = (
        f"{start.mean:.1%} becomes {end.mean:.1%}; of that lift, the learning rate alone gives "
        f"{100 * (plain.mean - start.mean):.1f} points (to {plain.mean:.1%}), and skip connections at the same rate "
        f"{100 * (end.mean - plain.mean):.1f} points: {share:.0%}, where the rule asks for {WHOLE:.0%}. "
        f"{odds(end, plain)}"
    )
    return judged(because, [adds]) if not adds else graded(because, holds=share >= WHOLE, in_part=True)
