"""`batch-size`: what is held equal is, and its rules go every way."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from zoo.api.experiment import Conditions, Training
from zoo.experiments.questions.batch_size import BatchSize
from zoo.experiments.questions.batch_size.measure import MODES, SIZES

FULL, QUICK = Conditions(), Conditions(quick=True, seeds=(0,))
PICTURES = 5000


def trainings(conditions: Conditions) -> dict[str, Training]:
    parts = BatchSize().parts(conditions)
    assert all(isinstance(part, Training) for part in parts.values())
    return {label: part for label, part in parts.items() if isinstance(part, Training)}


def test_parts_hold_equal_what_they_say() -> None:
    parts = trainings(FULL)
    for label, part in parts.items():
        changes = {n.removeprefix("recipe."): v for n, v in part.settings.items()}
        assert (part.architecture, part.recipe) == ("unet", "course")
        rate = 0.001 * int(changes["batch_size"]) / 100 if label.startswith("scaled") else 0.001
        assert changes["lr"] == pytest.approx(rate)
        if label.startswith("equal updates"):
            assert changes["max_steps"] == 150 <= changes["epochs"]
        else:
            assert changes["epochs"] == 3
            assert "max_steps" not in changes
    assert {part.settings["recipe.batch_size"] for part in parts.values()} == set(SIZES)
    assert {part.seed for part in parts.values()} == {0, 1, 2}
    assert parts["scaled rate, batch 100, seed 1"] == parts["equal epochs, batch 100, seed 1"], "trained once"
    assert trainings(Conditions(epochs=6))["equal updates, batch 5, seed 0"].settings["recipe.max_steps"] == 300


def test_the_quick_size_is_small() -> None:
    parts = trainings(QUICK)
    assert len(parts) == 6
    assert not any(label.startswith("scaled") for label in parts)


def made_up(conditions: Conditions, loss: Callable[[str, int], float] | None = None) -> dict[str, Any]:
    """Numbers of a world in which every claim is right: the loss is one of updates, unless given otherwise."""
    measured = {}
    for label, part in trainings(conditions).items():
        mode, size = label.partition(",")[0], int(part.settings["recipe.batch_size"])
        updates = int(part.settings.get("recipe.max_steps", 0)) or 3 * PICTURES // size
        value = loss(mode, size) if loss else 2 - 0.1 * math.log(updates * float(part.settings["recipe.lr"]) * 1000)
        value += 1e-4 * part.seed
        result = {
            "loss": value,
            "accuracy": 1 - value / 3,
            "chromatic_accuracy": 0.4 - value / 10,
            "ciede2000": 10 + value,
            "train_s": 2 + updates / 100,
        }
        measured[label] = {"result": result, "epochs": [{"steps": updates, "train_loss": value + 0.1}]}
    return measured


def words(measured: dict[str, Any], conditions: Conditions = FULL) -> dict[str, str]:
    return {name: verdict.outcome for name, verdict in BatchSize().conclude(measured, conditions).verdicts.items()}


def test_where_updates_are_everything_every_claim_holds() -> None:
    assert set(words(made_up(FULL)).values()) == {"holds"}


def test_where_the_batch_is_everything_it_is_not_updates_and_the_rate_does_not_help() -> None:
    verdicts = words(made_up(FULL, lambda mode, size: 1 + 0.1 * math.log(size)))
    assert verdicts == {"loss": "holds", "time": "holds", "pictures": "holds", "updates": "refuted", "rate": "refuted"}


def test_where_larger_batches_are_better_the_write_up_is_refuted() -> None:
    measured = made_up(FULL, lambda mode, size: 2 - 0.1 * math.log(size))
    for record in measured.values():
        record["result"]["train_s"] = 100 - record["result"]["train_s"]
    verdicts = words(measured)
    assert (verdicts["loss"], verdicts["time"], verdicts["pictures"]) == ("refuted",) * 3


def test_a_claim_can_hold_in_part() -> None:
    measured = made_up(FULL)
    for label, record in measured.items():
        size = int(label.split("batch ")[1].partition(",")[0])
        record["epochs"][-1]["train_loss"] = 1.0
        record["result"]["ciede2000"] = 12.0
        if size > 20:
            record["result"]["train_s"] = 5 + size / 1000
        if label.startswith("equal updates"):
            record["result"]["loss"] = 1.5 + 0.1 * (size == 1000)
        if label.startswith("scaled rate") and size > 200:
            record["result"]["loss"] = 3.0
    assert set(words(measured).values()) == {"holds in part"}


def test_one_seed_or_the_quick_size_decides_nothing() -> None:
    for conditions in (Conditions(seeds=(0,)), QUICK, Conditions(quick=True, seeds=(0, 1))):
        assert set(words(made_up(conditions), conditions).values()) == {"not decided at this size"}


@pytest.mark.parametrize("conditions", [FULL, QUICK])
def test_charts_and_tables_are_made_of_numbers_alone(conditions: Conditions) -> None:
    measured = made_up(conditions)
    measured["equal epochs, batch 100, seed 0"] = {"failed": "the loss became nan"}
    findings = BatchSize().conclude(measured, conditions)
    assert all(len(row) == len(table.head) for table in findings.tables for row in table.rows)
    figures = BatchSize().draw(measured, conditions)
    panels = 2 * (2 if conditions.quick else len(MODES))
    assert {name: len(figure.axes) for name, figure in figures.items()} == {"loss-and-accuracy": panels, "time": panels}
