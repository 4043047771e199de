"""The verdicts of `lookup`."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

from zoo.api.experiment import Verdict, graded, judged
from zoo.api.spread import UNDECIDED, Spread, decided, exceeds, odds
from zoo.experiments.questions.lookup import CLOSE_NATS, CLOSE_SHARE
from zoo.experiments.questions.lookup.numbers import JUDGES, KINDS, beaten, contradictions
from zoo.experiments.questions.predictors.numbers import Numbers, less
from zoo.experiments.questions.predictors.parts import COURSE, PREDICTORS, TABLE


def verdicts(numbers: Numbers) -> dict[str, Verdict]:
    """The claims, judged; see their rules."""
    return {"beats": _beats(numbers), "why": _why(numbers), "best": _best(numbers), "trust": _trust(numbers)}


def _beats(numbers: Numbers) -> Verdict:
    table, others = numbers.run(TABLE, "accuracy"), {name: numbers.run(name, "accuracy") for name in COURSE}
    if not decided(table, *others.values()):
        return UNDECIDED
    networks = "; ".join(
        f"{name}: {accuracy.format('{:.1%}')}, a lead of {less(table, accuracy).format_points()}"
        for name, accuracy in others.items()
    )
    return judged(
        f"the table is right at {table.mean:.1%} of the pixels; {networks}. {odds(table, *others.values())}",
        [exceeds(table, accuracy, less(table, accuracy), CLOSE_SHARE) for accuracy in others.values()],
    )


def _why(numbers: Numbers) -> Verdict:
    grey, chromatic = ({name: numbers.look(name, f"{kind}_accuracy") for name in PREDICTORS} for kind in KINDS)
    if not decided(*grey.values()):
        return UNDECIDED
    losers, share = beaten(numbers), 1 - numbers.data("truth", "chromatic").mean
    answers = [
        _both(
            exceeds(grey[TABLE], grey[name], less(grey[TABLE], grey[name]), CLOSE_SHARE),
            exceeds(chromatic[name], chromatic[TABLE], less(chromatic[name], chromatic[TABLE]), CLOSE_SHARE),
        )
        for name in losers
    ]
    return judged(
        f"{share:.1%} of the pixels are grey; the table is right at {grey[TABLE].mean:.1%} of them and at "
        f"{chromatic[TABLE].mean:.1%} of the others, the course's networks at "
        f"{_range(grey[name].mean for name in COURSE)} and {_range(chromatic[name].mean for name in COURSE)}: so it is "
        f"for {answers.count(True)} of the {len(losers)} that the table beats. {odds(grey[TABLE], grey[COURSE[0]])}",
        answers if share > 0.5 and losers else [False],
    )


def _both(one: bool | None, other: bool | None) -> bool | None:
    """Whether both are right; open if that depends on one that is open."""
    return False if one is False or other is False else None if one is None or other is None else True


def _best(numbers: Numbers) -> Verdict:
    accuracy, best = numbers.data("val", "accuracy"), numbers.data("val", "best_accuracy")
    loss, entropy = numbers.data("val", "loss"), numbers.data("val", "conditional_entropy")
    near = _apart(accuracy, best) <= CLOSE_SHARE, _apart(loss, entropy) <= CLOSE_NATS
    return graded(
        f"accuracy {accuracy.mean:.2%} of {best.mean:.2%}, cross-entropy {loss.mean:.4f} against a conditional entropy "
        f"of {entropy.mean:.4f} nats; the rule allows {CLOSE_SHARE:.0%} and {CLOSE_NATS:g} nats.",
        holds=all(near),
        in_part=any(near),
    )


def _trust(numbers: Numbers) -> Verdict:
    if not decided(*(numbers.run(name, "accuracy") for name in PREDICTORS)):
        return UNDECIDED
    trial, *others = JUDGES
    among = [(a, b) for a, b in combinations(others, 2) if contradictions(numbers, a, b)[0]]
    against = [name for name in others if contradictions(numbers, trial, name)[0]]
    quarrels = ", ".join(f"{JUDGES[a][0]} and {JUDGES[b][0]}" for a, b in among)
    return graded(
        f"pixel accuracy contradicts {', '.join(JUDGES[name][0] for name in against) or 'none of them'}; among the "
        f"others, {quarrels + ' contradict each other' if quarrels else 'there is no contradiction'}. "
        f"{odds(*(numbers.run(name, trial) for name in PREDICTORS))}",
        holds=len(against) == len(others) and not among,
        in_part=bool(against),
    )


def _apart(one: Spread, other: Spread) -> float:
    """The largest difference of two figures of the same seed."""
    return max(abs(a - b) for a, b in zip(one.values, other.values, strict=True))


def _range(values: Iterable[float]) -> str:
    ordered = sorted(values)
    return f"{ordered[0]:.1%} to {ordered[-1]:.1%}"
