"""Comparisons that both verdicts and tables of `lookup` show."""

from __future__ import annotations

from zoo.api.spread import above
from zoo.experiments.questions.predictors.numbers import Numbers, ordered
from zoo.experiments.questions.predictors.parts import COURSE, PREDICTORS, TABLE

JUDGES = {
    "accuracy": ("accuracy", True),
    "chromatic_accuracy": ("chromatic", True),
    "balanced_accuracy": ("balanced", True),
    "ciede2000": ("CIEDE2000", False),
}
"""Figures of a run that rank predictors: what they are called, and whether higher is better. The first is on trial."""

KINDS = ("grey", "chromatic")
"""Kinds of pixels, by the truth."""


def beaten(numbers: Numbers) -> list[str]:
    """The course's networks that the table is more accurate than."""
    table = numbers.run(TABLE, "accuracy")
    return [name for name in COURSE if above(table, numbers.run(name, "accuracy"))]


def contradictions(numbers: Numbers, one: str, other: str) -> tuple[int, int]:
    """Pairs of predictors that lie apart in two figures: how many are ranked oppositely, and how many there are."""
    first, second = (
        set(ordered({n: numbers.run(n, figure) for n in PREDICTORS}, higher=JUDGES[figure][1]))
        for figure in (one, other)
    )
    opposite = {(worse, better) for better, worse in first} & second
    return len(opposite), len(opposite) + len(first & second)
