"""What the bench concludes, and refuses to conclude, without timing anything."""

from __future__ import annotations

import pytest

from tests.bench.groups import conv
from tests.bench.pairs import Pair, measure


@pytest.mark.parametrize(
    ("zoo_s", "verdict"),
    [
        ((0.5, 0.6, 0.55, 0.5), "zoo"),
        ((2.0, 2.1, 1.9, 2.0), "peer"),
        ((0.7, 1.4, 0.9, 1.2), "not settled"),
        ((0.5, 0.5), "not settled"),
    ],
)
def test_a_difference_within_the_spread_is_not_settled(zoo_s: tuple[float, ...], verdict: str) -> None:
    assert Pair("group", "zoo", "peer", zoo_s, (1.0,) * len(zoo_s)).verdict == verdict


def test_ratios_are_of_the_same_round() -> None:
    slow_machine = Pair("group", "zoo", "peer", (1.0, 10.0, 1.0), (2.0, 20.0, 2.0))
    assert slow_machine.ratios == [0.5, 0.5, 0.5]
    assert slow_machine.row() == ["group", "zoo: 1.00 s", "peer: 2.00 s", "0.50", "0.50 to 0.50", "3", "zoo"]


def test_both_sides_begin_equally_often() -> None:
    calls: list[str] = []
    pair = measure("group", ("zoo", lambda: calls.append("zoo")), ("peer", lambda: calls.append("peer")), rounds=4)
    assert len(pair.zoo_s) == len(pair.peer_s) == 4
    assert calls[:2] == ["zoo", "peer"], "both once unmeasured"
    assert sorted(calls[2::2]) == ["peer", "peer", "zoo", "zoo"]


def test_a_group_runs() -> None:
    first = next(conv(2))
    assert (first.zoo, first.peer) == ("MyConv2D fast", "nn.Conv2d")
