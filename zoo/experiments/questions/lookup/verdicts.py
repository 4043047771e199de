"""The verdicts of `lookup`."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

from zoo.api.experiment import Verdict, graded
from zoo.api.spread import UNDECIDED, Spread, above, decided
from zoo.experiments.questions.lookup import CLOSE_NATS, CLOSE_SHARE
from zoo.experiments.questions.lookup.numbers import JUDGES, KINDS, beaten, contradictions
from zoo.experiments.questions.predictors.numbers import Numbers
from zoo.experiments.questions.predictors.parts import COURSE, PREDICTORS, TABLE


def verdicts(numbers: Numbers) -> dict[str, Verdict]:
    """The claims, judged; see their rules."""
    return {"beats": _beats(numbers), "why": _why(numbers), "best": _best(numbers), "trust": _trust(numbers)}


def _beats(numbers: Numbers) -> Verdict:
    table, others = numbers.run(TABLE, "accuracy"), {name: numbers.run(name, "accuracy") for name in COURSE}
    if not decided(table, *others.values()):
        return UNDECIDED
    losers = beaten(numbers)
    networks = "; ".join(f"{name}: {accuracy.format('{:.1%}')}" for name, accuracy in others.items())
    return graded(
        f"the table is right at {table.format('{:.1%}')} of the pixels; {networks}.",
        holds=len(losers) == len(COURSE),
        in_part=bool(losers),
    )


def _why(numbers: Numbers) -> Verdict:
    grey, chromatic = ({name: numbers.look(name, f"{kind}_accuracy") for name in PREDICTORS} for kind in KINDS)
    if not decided(*grey.values()):
        return UNDECIDED
    losers, share = beaten(numbers), 1 - numbers.data("truth", "chromatic").mean
    on_grey_alone = [n for n in losers if above(grey[TABLE], grey[n]) and above(chromatic[n], chromatic[TABLE])]
    return graded(
        f"{share:.1%} of the pixels are grey; the table is right at {grey[TABLE].mean:.1%} of them and at "
        f"{chromatic[TABLE].mean:.1%} of the others, the course's networks at "
        f"{_range(grey[name].mean for name in COURSE)} and {_range(chromatic[name].mean for name in COURSE)}.",
        holds=share > 0.5 and bool(losers) and on_grey_alone == losers,
        in_part=share > 0.5 and bool(on_grey_alone),
    )


def _best(numbers: Numbers) -> Verdict:
    accuracy, best = numbers.data("val", "accuracy"), numbers.data("val", "best_accuracy")
    loss, entropy = numbers.data("val", "loss"), numbers.data("val", "conditional_entropy")
    near = _apart(accuracy, best) <= CLOSE_SHARE, _apart(loss, entropy) <= CLOSE_NATS
    return graded(
        f"accuracy {accuracy.mean:.2%} of {best.mean:.2%}, cross-entropy {loss.mean:.4f} against a conditional entropy "
        f"of {entropy.mean:.4f} nats.",
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
        f"others, {quarrels + ' contradict each other' if quarrels else 'there is no contradiction'}.",
        holds=len(against) == len(others) and not among,
        in_part=bool(against),
    )


def _apart(one: Spread, other: Spread) -> float:
    """The largest difference of two figures of the same seed."""
    return max(abs(a - b) for a, b in zip(one.values, other.values, strict=True))


def _range(values: Iterable[float]) -> str:
    ordered = sorted(values)
    return f"{ordered[0]:.1%} to {ordered[-1]:.1%}"
