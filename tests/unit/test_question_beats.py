"""What makes a network beat the table: the rules on made-up numbers."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from zoo.api.experiment import Conditions, Measured
from zoo.experiments.questions.beats import Beats
from zoo.experiments.questions.beats.measure import ARMS, BOTH, NETWORK, TABLE
from zoo.experiments.questions.beats.numbers import JUDGES

TWO = Conditions(seeds=(0, 1))
REAL = {
    TABLE: 0.883,
    BOTH: 0.77,
    NETWORK: 0.9,
    "half resolution": 0.8,
    "no position": 0.79,
    "not mirrored": 0.78,
    "half the channels": 0.79,
}


def measured(losses: Mapping[str, float], conditions: Conditions = TWO, worse: str = "") -> dict[str, Measured]:
    """Losses by arm; the other figures go with them, but for one in which the whole is behind the table."""
    figures = {}
    for seed in conditions.seeds:
        for arm in ARMS:
            loss = losses[arm] + seed * 1e-4
            result = {name: (1 - loss / 4 if higher else 10 * loss) for name, (_, higher) in JUDGES.items()}
            result["loss"] = loss
            if arm == BOTH and worse:
                result[worse] = 0.0 if JUDGES[worse][1] else 99.0
            figures[f"{arm}, seed {seed}"] = {"parameters": 1000, "result": result}
    assert set(figures) == set(Beats().parts(conditions))
    return figures


def words(figures: dict[str, Measured], conditions: Conditions = TWO) -> list[str]:
    verdicts = Beats().conclude(figures, conditions).verdicts
    return [verdicts[claim.name].outcome for claim in Beats.claims]


@pytest.mark.parametrize(
    ("losses", "worse", "expected"),
    [
        (REAL, "", ["holds", "holds", "holds", "holds"]),
        (REAL, "chromatic_accuracy", ["holds in part", "holds", "holds", "holds"]),
        ({**REAL, BOTH: 0.95}, "", ["refuted", "refuted", "refuted", "refuted"]),
        ({**REAL, NETWORK: 0.772}, "", ["holds", "holds", "holds", "holds"]),  # apart, if by little
        ({**REAL, NETWORK: 0.7701}, "", ["holds", "refuted", "holds", "holds"]),  # overlapping, and within the margin
        ({**REAL, "no position": 0.7, "half the channels": 0.7}, "", ["holds", "holds", "holds in part", "refuted"]),
    ],
)
def test_the_rules_go_every_way(losses: dict[str, float], worse: str, expected: list[str]) -> None:
    assert words(measured(losses, worse=worse)) == expected


def test_one_seed_decides_nothing() -> None:
    conditions = Conditions(seeds=(3,))
    assert set(words(measured(REAL, conditions), conditions)) == {"not decided at this size"}


def test_every_arm_is_drawn_and_tabled() -> None:
    figures = measured(REAL)
    [table] = Beats().conclude(figures, TWO).tables
    assert [row[0] for row in table.rows] == list(ARMS)
    [axes] = Beats().draw(figures, TWO)["loss"].axes
    assert len(axes.patches) == len(ARMS) - 1, "the table is a line"


def test_only_one_thing_differs_from_the_whole() -> None:
    parts = Beats().parts(Conditions(seeds=(0,)))
    whole = parts[f"{BOTH}, seed 0"].settings.items()
    for arm in set(ARMS) - {TABLE, BOTH}:
        assert len(parts[f"{arm}, seed 0"].settings.items() - whole) == 1
