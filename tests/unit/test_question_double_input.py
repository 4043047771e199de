"""Question C5: what is weighed at both sizes, and what the verdicts depend on."""

from __future__ import annotations

from typing import Any

import pytest

from zoo.api.experiment import Conditions, Context
from zoo.experiments.questions.double_input import DoubleInput, measure, numbers
from zoo.experiments.questions.double_input.measure import NETWORKS, ONCE, TWICE
from zoo.progress import Silent
from zoo.registry import load_registry

FULL = Conditions()


@pytest.fixture(scope="module")
def weighed() -> dict[str, Any]:
    context = Context({}, load_registry(), Silent(), "cpu")
    return measure.weigh_doubled(context, name="baseline", settings={}, layers=[], size=32, batch=2, rounds=2)


def pair(once: float, factor: float) -> dict[str, Any]:
    return {"formula": None, ONCE: once, TWICE: once * factor}


def made_up(**factors: float) -> dict[str, Any]:
    """What a run would leave if every network grew by these factors; see the defaults."""
    by = {"outputs": 4, "saved": 4, "parameters": 1, "flops": 4, "unpadded": 4.1, "time": 4, **factors}
    items = {
        "weights": pair(100, by["parameters"]),
        "gradients": pair(100, by["parameters"]),
        "optimizer": pair(200, by["parameters"]),
        "saved": pair(600, by["saved"]),
        "forward": pair(1000, by["flops"]),
        "backward": pair(2000, by["flops"]),
        "time": {
            at: {"step_s": factor, "low_s": 0.9 * factor, "high_s": 1.1 * factor}
            for at, factor in ((ONCE, 1.0), (TWICE, by["time"]))
        },
    }
    counts = {
        "parameters": pair(25, by["parameters"]),
        "outputs": pair(10, by["outputs"]),
        "connections": pair(500, by["flops"]),
        "unpadded": pair(450, by["unpadded"]),
    }
    result = {
        "size": 32,
        "batch": 4,
        "threads": 2,
        "counts": counts,
        "trained": {"everything": items, "last layer": items},
    }
    return {"baseline": result, "unet": result, "finetune": {"left_out": "no timm here"}}


def words(measured: dict[str, Any], conditions: Conditions = FULL) -> dict[str, str]:
    return {name: verdict.outcome for name, verdict in DoubleInput().conclude(measured, conditions).verdicts.items()}


def test_the_baseline_once_and_twice(weighed: dict[str, Any]) -> None:
    counts = weighed["counts"]
    assert [counts["connections"][at] for at in (ONCE, TWICE)] == [15_630_336, 4 * 15_630_336]
    assert [counts["unpadded"][at] for at in (ONCE, TWICE)] == [14_304_640, 59_831_680]
    assert counts["parameters"][ONCE] == counts["parameters"][TWICE] == 86_784
    whole = weighed["trained"]["everything"]
    assert whole["forward"][TWICE] == 4 * whole["forward"][ONCE] == 4 * 2 * 2 * 15_630_336
    assert whole["gradients"][TWICE] == whole["gradients"][ONCE] == 4 * 86_784


def test_formulas_are_what_is_measured_at_both_sizes(weighed: dict[str, Any]) -> None:
    for items in weighed["trained"].values():
        for item in ("weights", "gradients", "optimizer", "saved", "forward", "backward"):
            for at, size in ((ONCE, 32), (TWICE, 64)):
                assert numbers.value_at(items[item], {"N": 2, "H": size, "W": size}) == items[item][at], item


def test_a_network_that_is_not_there_is_left_out() -> None:
    context = Context({}, load_registry(), Silent(), "cpu")
    output = measure.weigh_doubled(context, name="unit", settings={}, layers=[], size=8, batch=2, rounds=2)
    assert "unit" in output["left_out"]


def test_parts_are_the_networks_whatever_the_size() -> None:
    for conditions in (FULL, Conditions(quick=True)):
        assert set(DoubleInput().parts(conditions)) == set(NETWORKS)


def test_verdicts_as_things_are() -> None:
    expected = {
        "features": "holds",
        "parameters": "holds",
        "complexity": "refuted",
        "work": "holds in part",
        "time": "holds",
    }
    assert words(made_up()) == expected
    assert words(made_up(), Conditions(quick=True)) == {**expected, "time": "not decided at this size"}


def test_every_claim_can_fall() -> None:
    assert words(made_up(outputs=2))["features"] == "refuted"
    one = {**made_up(), "unet": made_up(saved=3)["unet"]}
    assert words(one)["features"] == "holds in part"
    assert words(made_up(parameters=2))["parameters"] == "refuted"
    assert words(made_up(saved=1, flops=1))["complexity"] == "holds"
    assert words(made_up(saved=1))["complexity"] == "holds in part"
    assert words(made_up(unpadded=4))["work"] == "holds"
    assert words(made_up(flops=3))["work"] == "refuted"
    assert words({**made_up(), "unet": made_up(time=3.1)["unet"]})["time"] == "holds in part"
    assert words({**made_up(), "unet": made_up(time=9)["unet"]})["time"] == "refuted"


def test_connections_without_padding_may_be_unknown() -> None:
    measured = made_up()
    measured["baseline"]["counts"]["unpadded"] = {"formula": None, ONCE: None, TWICE: None}
    findings = DoubleInput().conclude(measured, FULL)
    assert "baseline unknown" in findings.verdicts["work"].because


def test_tables_and_the_chart(weighed: dict[str, Any]) -> None:
    measured = {**made_up(), "baseline": weighed}
    findings = DoubleInput().conclude(measured, FULL)
    assert all(len(row) == len(table.head) for table in findings.tables for row in table.rows)
    assert any("finetune is left out: no timm here" in remark for remark in findings.remarks)
    figure = DoubleInput().draw(measured, FULL)["growth"]
    assert len(figure.axes[0].patches) == 5 * 4
