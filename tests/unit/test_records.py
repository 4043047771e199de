"""``run.json`` and ``metrics.jsonl`` are checked as they are read: damage is named, and never taken for a result."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from zoo.errors import UserError
from zoo.jobs.plan import Plan, make_plan
from zoo.registry import Registry, load_registry
from zoo.runs.record import read_epochs, read_record

RECORD: dict[str, Any] = {
    "schema": 2,
    "status": "done",
    "architecture": "lookup",
    "identity": {"version of torch": "2.10"},
    "judged_on": "0123",
    "notes": [],
    "num_classes": 24,
    "parameters": 5,
    "precision": "fp32",
    "task_state": {"palette": []},
    "train_pictures": 3,
    "val_pictures": 1,
    "versions": {},
    "result": {"loss": None, "accuracy": 0.5},
}
EPOCHS = "".join(json.dumps({"epoch": number, "steps": number * 3, "loss": None}) + "\n" for number in (1, 2, 3))
DAMAGE = [None, 0, -1, True, "", "x" * 99, [], {}, [[]], 1e308, {"a": {"b": []}}]


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry()


@pytest.fixture(scope="module")
def plan(registry: Registry) -> dict[str, Any]:
    made = make_plan(
        registry, "unet", settings={}, task="colorization", data=None, size=None, classes=(), recipe="default", seed=0,
        device="cpu",
    )  # fmt: skip
    return {**RECORD, "plan": made.to_record()}


def test_a_whole_record_and_whole_epochs_are_read(plan: dict[str, Any]) -> None:
    record = read_record(json.dumps(plan).encode())
    assert record["result"]["loss"] != record["result"]["loss"], "null is NaN again"
    assert [line["epoch"] for line in read_epochs(EPOCHS.encode())] == [1, 2, 3]


def test_bytes_that_changed_are_named(plan: dict[str, Any]) -> None:
    random.seed(0)
    whole = json.dumps(plan).encode()
    for _ in range(1000):
        text = bytearray(whole)
        for _ in range(random.randint(1, 4)):
            text[random.randrange(len(text))] = random.randrange(256)
        cut = bytes(text[: random.randint(0, len(text))] if random.random() < 0.3 else text)
        try:
            read_record(cut)
        except ValueError:
            continue


def test_figures_that_changed_are_named() -> None:
    random.seed(0)
    lines = EPOCHS.encode().splitlines(keepends=True)
    for damaged in (lines[1:], [lines[0], lines[2]], [lines[0], lines[1][:9]], [b"\xff\n"], [b"[1]\n"], [b"3\n"]):
        with pytest.raises(ValueError, match="line"):
            read_epochs(b"".join(damaged))


def test_a_plan_that_changed_is_named(plan: dict[str, Any], registry: Registry) -> None:
    whole = plan["plan"]
    refused = 0
    for name in whole:
        for value in DAMAGE:
            try:
                Plan.from_record({**whole, name: value}, registry)
            except UserError:
                refused += 1
    for group in ("config", "task_config", "recipe"):
        for name in whole[group]:
            for value in DAMAGE:
                try:
                    Plan.from_record({**whole, group: {**whole[group], name: value}}, registry)
                except UserError:
                    refused += 1
    assert refused > 200
