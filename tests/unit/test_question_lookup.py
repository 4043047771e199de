from __future__ import annotations

import pytest

from zoo.api.experiment import Conditions
from zoo.experiments.questions.lookup import Lookup
from zoo.experiments.questions.predictors.parts import COURSE

TWO = Conditions(seeds=(0, 1))


def words(measured, conditions=TWO):
    return {name: verdict.outcome for name, verdict in Lookup().conclude(measured, conditions).verdicts.items()}


def test_all_claims_may_hold(made_up):
    assert set(words(made_up({})).values()) == {"holds"}


@pytest.mark.parametrize(
    ("claim", "word", "changes"),
    [
        ("beats", "holds in part", {COURSE[2]: {"accuracy": 0.64}}),
        ("beats", "refuted", {name: {"accuracy": 0.7} for name in COURSE}),
        ("why", "holds in part", {COURSE[0]: {"chromatic_accuracy": 0.005}}),
        ("why", "holds", {COURSE[2]: {"accuracy": 0.7, "chromatic_accuracy": 0.005}}),  # which the table does not beat
        ("why", "refuted", {"data": {"truth.chromatic": 0.6}}),
        ("why", "refuted", {name: {"grey_accuracy": 0.95} for name in COURSE}),
        ("best", "holds in part", {"data": {"val.loss": 0.91}}),
        ("best", "holds in part", {"data": {"val.accuracy": 0.63}}),
        ("best", "refuted", {"data": {"val.loss": 0.91, "val.accuracy": 0.63}}),
        ("trust", "holds in part", {"lookup": {"to_photo": 10.0}}),
        ("trust", "refuted", {"lookup": {"to_photo": 10.0, "chromatic_accuracy": 0.5, "balanced_accuracy": 0.5}}),
    ],
)
def test_a_claim_fares_by_its_rule(made_up, claim, word, changes):
    assert words(made_up(changes))[claim] == word


def test_figures_contradict_each_other_by_the_pairs_that_they_rank_oppositely(made_up):
    *_, pairs = Lookup().conclude(made_up({}), TWO).tables
    assert pairs.rows[0] == ["accuracy", "-", "4 of 10", "4 of 10", "4 of 10"]
    assert pairs.rows[3] == ["CIEDE2000", "4 of 10", "0 of 10", "0 of 10", "-"]


def test_one_seed_decides_only_what_was_counted_and_is_drawn_all_the_same(made_up):
    measured, conditions = made_up({}), Conditions(quick=True, seeds=(0,))
    result = words(measured, conditions)
    assert result.pop("best") == "holds"
    assert set(result.values()) == {"not decided at this size"}
    for condition in (conditions, TWO):
        assert set(Lookup().draw(measured, condition)) == {"grey-and-chromatic", "places"}
        for table in Lookup().conclude(measured, condition).tables:
            widths = [max(len(row[n]) for row in (table.head, *table.rows)) for n in range(len(table.head))]
            assert sum(widths) + len(widths) <= 80
