"""Trainings that ended in no number: every question is still answered, and its charts are drawn."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from zoo.api.experiment import Measurement, Training
from zoo.experiments.report import draw_charts
from zoo.experiments.result import Result
from zoo.registry import load_registry

RESULTS = sorted((Path(__file__).resolve().parents[2] / "docs" / "results").glob("*.json"))
REGISTRY = load_registry()
TRAINED = [
    path
    for path in RESULTS
    if REGISTRY.experiment(json.loads(path.read_text(encoding="utf-8"))["experiment"]).value.uses_data
]


def failed(result: Result, training: Training) -> dict[str, Any]:
    """The numbers, as if a training had failed, and with it what was measured on its run."""
    return {
        label: {"failed": "the loss became nan"}
        if part == training or (isinstance(part, Measurement) and training in part.needs.values())
        else result.measured[label]
        for label, part in result.experiment.parts(result.conditions).items()
    }


@pytest.mark.parametrize("path", TRAINED, ids=lambda path: path.stem)
def test_any_training_may_fail(path: Path) -> None:
    result = Result.load(path, REGISTRY)
    trainings = [part for part in result.experiment.parts(result.conditions).values() if isinstance(part, Training)]
    last = len(trainings) - 1
    for training in {repr(t): t for t in (trainings[0], trainings[last // 2], trainings[last])}.values():
        numbers = failed(result, training)
        findings = result.experiment.conclude(numbers, result.conditions)
        assert set(findings.verdicts) == {claim.name for claim in result.experiment.claims}
        assert draw_charts(Result(result.experiment, result.conditions, numbers, findings, result.origin))
