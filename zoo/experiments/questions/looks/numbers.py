"""Figures of `looks` that follow from others, seed by seed."""

from __future__ import annotations

from zoo.api.spread import Spread
from zoo.experiments.questions.predictors.numbers import Numbers


def ratio(part: Spread, whole: Spread) -> Spread:
    """One figure as a share of another, seed by seed; infinite where there is nothing to be a share of."""
    return Spread.of([p / w if w else float("inf") for p, w in zip(part.values, whole.values, strict=True)])


def grid(numbers: Numbers, predictor: str | None = None) -> Spread:
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
