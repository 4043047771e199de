"""B3: the rules on made-up numbers."""

from __future__ import annotations

import pytest

from zoo.api.experiment import Conditions, Measured
from zoo.experiments.questions.skips import Skips
from zoo.experiments.questions.skips.measure import ARMS, RATES

TWO = Conditions(seeds=(0, 1))
REAL = {"no skips": 0.385, "zeroed": 0.384, "added": 0.43, "concatenated": 0.445}


def measured(low: dict[str, float], high: float = 0.25, conditions: Conditions = TWO) -> dict[str, Measured]:
    """Accuracies at the low rate by arm, and one for all at the high rate; the second seed is a hair better."""
    parts = {}
    for seed in conditions.seeds:
        for arm in ARMS:
            for rate, accuracy in zip(RATES, (high, low[arm]), strict=True):
                result = {"accuracy": accuracy + seed * 1e-4, "loss": 1.5, "chromatic_accuracy": 0.2}
                parts[f"lr {rate:g}, {arm}, seed {seed}"] = {"parameters": 1000, "result": result}
    assert set(parts) == set(Skips().parts(conditions))
    return parts


def words(parts: dict[str, Measured], conditions: Conditions = TWO) -> list[str]:
    verdicts = Skips().conclude(parts, conditions).verdicts
    return [verdicts[claim.name].outcome for claim in Skips.claims]


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (REAL, 0.25, ["holds in part", "refuted", "holds"]),
        (REAL, 0.384, ["holds", "refuted", "holds"]),  # next to nothing is the rate's doing
        (REAL, 0.6, ["refuted", "refuted", "holds"]),  # no lift
        ({**REAL, "concatenated": 0.384}, 0.25, ["refuted", "refuted", "holds in part"]),
        ({**REAL, "zeroed": 0.445, "added": 0.385}, 0.25, ["holds in part", "holds", "refuted"]),
    ],
)
def test_the_rules_go_every_way(low: dict[str, float], high: float, expected: list[str]) -> None:
    assert words(measured(low, high)) == expected


def test_one_seed_decides_nothing() -> None:
    conditions = Conditions(seeds=(3,))
    assert set(words(measured(REAL, conditions=conditions), conditions)) == {"not decided at this size"}


def test_equal_means_are_no_lift_and_no_division_by_zero() -> None:
    assert words(measured(dict.fromkeys(ARMS, 0.3), 0.3)) == ["refuted"] * 3
