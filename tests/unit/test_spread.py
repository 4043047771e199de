"""Figures over seeds: differences, equality within a margin, and verdicts no stronger than these."""

from __future__ import annotations

import math
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zoo.api import Spread
from zoo.api.experiment import judged
from zoo.api.spread import above, differ, differences, exceeds, odds, unanimous, within

FIGURES = st.floats(-100, 100).map(lambda value: round(value, 3))


@settings(deadline=None)  # scipy is imported by the first
@given(st.lists(FIGURES, min_size=2, max_size=8).filter(lambda values: len(set(values)) > 1))
def test_an_interval_is_that_of_scipys_t_test(values: list[float]) -> None:
    from scipy.stats import ttest_1samp

    expected = ttest_1samp(values, 0).confidence_interval(0.90)
    assert Spread.of(values).interval == pytest.approx((expected.low, expected.high))


def test_equality_is_two_one_sided_tests_at_five_percent() -> None:
    from scipy.stats import ttest_1samp

    values = (0.012, -0.004, 0.003, 0.006)
    low = ttest_1samp(values, -0.01, alternative="greater").pvalue
    high = ttest_1samp(values, 0.01, alternative="less").pvalue
    assert within(Spread(values), 0.01) == (max(low, high) < 0.05)
    barely = Spread(values).interval[1]
    assert within(Spread(values), barely * 1.001)
    assert not within(Spread(values), barely * 0.999)


def test_one_seed_shows_no_equality_and_no_difference() -> None:
    one, other = Spread((1.0,)), Spread((2.0,))
    assert not within(Spread((0.0,)), 1e9)
    assert not differ(one, other)
    assert exceeds(other, one, Spread((1.0,)), 1e9) is None


@pytest.mark.parametrize(
    ("high", "low", "answer"),
    [
        ((0.5, 0.52, 0.54), (0.4, 0.42, 0.44), True),
        ((0.4, 0.42, 0.44), (0.5, 0.52, 0.54), False),
        ((0.400, 0.421, 0.440), (0.401, 0.420, 0.441), False),
        ((0.40, 0.45, 0.44), (0.42, 0.40, 0.41), None),
    ],
)
def test_overlap_alone_refutes_nothing(high: tuple[float, ...], low: tuple[float, ...], answer: bool | None) -> None:
    gaps = Spread.of([a - b for a, b in zip(high, low, strict=True)])
    assert exceeds(Spread(high), Spread(low), gaps, 0.01) is answer


@pytest.mark.parametrize(("seeds", "stated"), [(2, "1 of 3"), (3, "1 of 10")])
def test_the_stated_odds_are_those_of_all_orders(seeds: int, stated: str) -> None:
    orders = [(Spread(order[:seeds]), Spread(order[seeds:])) for order in permutations(map(float, range(2 * seeds)))]
    share = sum(differ(*order) for order in orders) / len(orders)
    assert share == pytest.approx(1 / int(stated.rpartition(" ")[2]))
    assert stated in odds(*orders[0])


def test_a_claim_of_several_parts_is_refuted_only_if_all_are_wrong() -> None:
    outcomes = {answers: judged("", answers).outcome for answers in [(True, True), (True, None), (False, None)]}
    assert list(outcomes.values()) == ["holds", "holds in part", "not decided at this size"]
    assert judged("", [False, False]).outcome == "refuted"
    assert judged("", [None]).outcome == "not decided at this size"


def test_seeds_that_disagree_say_nothing() -> None:
    assert [unanimous(answers) for answers in ([True, True], [False, False], [True, False], [])] == [
        True,
        False,
        None,
        None,
    ]


def test_differences_are_taken_seed_by_seed_where_both_trained_to_an_end() -> None:
    measured = {"a0": {"x": 3.0}, "b0": {"x": 1.0}, "a1": {"failed": "nan"}, "b1": {"x": 9.0}, "a2": {"x": 5.0}}
    measured["b2"] = {"x": 1.5}
    gaps = differences(measured, [("a0", "b0"), ("a1", "b1"), ("a2", "b2")], "x")
    assert gaps.values == (2.0, 3.5)
    assert gaps.format_interval("{:+.1f}").startswith("+2.8 (90% interval ")
    assert Spread((0.06, 0.06)).format_points() == "+6.0 points (90% interval +6.0 to +6.0)"
    assert math.isnan(Spread(()).mean)
    assert not above(Spread(()), Spread((1.0, 2.0)))
