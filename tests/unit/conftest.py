"""What tests of single modules share: numbers that parts of experiments might have left, made up."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

import pytest

Made = Callable[[Mapping[str, Mapping[str, Any]]], dict[str, dict[str, Any]]]

SEEDS = (0, 1)


@pytest.fixture
def made_up() -> Made:
    """Numbers of `looks` and `lookup` for two seeds, under which every claim of both holds, but for changes.

    Changes are by predictor, or ``data``, and by figure; a figure of a run is one of a look too.
    """

    def make(changes: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
        figures = copy.deepcopy(HOLDING)
        for name, changed in changes.items():
            for path, value in changed.items():
                *way, last = path.split(".")
                target = figures[name]
                for key in way:
                    target = target[key]
                target[last] = value
        measured: dict[str, dict[str, Any]] = {}
        for seed in SEEDS:
            for name, figure in figures.items():
                if name == "data":
                    measured[f"data, seed {seed}"] = figure
                    continue
                measured[f"look of {name}, seed {seed}"] = figure
                result = {key: figure[key] for key in ("accuracy", "chromatic_accuracy", "balanced_accuracy", "loss")}
                measured[f"{name}, seed {seed}"] = {"result": {**result, "ciede2000": figure["to_photo"]}}
        return measured

    return make


def _look(accuracy: float, grey: float, chromatic: float, to_photo: float, **others: Any) -> dict[str, Any]:
    return {
        "loss": 1.5,
        "accuracy": accuracy,
        "grey_accuracy": grey,
        "chromatic_accuracy": chromatic,
        "balanced_accuracy": chromatic / 2,
        "to_photo": to_photo,
        "to_input": 8.0,
        "chroma": 6.0,
        "dulled": 0.7,
        "picked": 0.2,
        "expected": 0.3,
        "detail": 20.0,
        "steps": [0.2, 0.3, 0.2, 0.2],
        "disputed": 0.4,
        **others,
    }


_HALF = {"entropy": 2.9, "conditional_entropy": 0.88, "best_accuracy": 0.645, "loss": 0.885, "accuracy": 0.64}

HOLDING: dict[str, dict[str, Any]] = {
    # By CIEDE2000 and both other accuracies: lookup worst, then the baselines, then the U-Nets.
    "lookup": _look(0.64, 0.9, 0.01, 16.0, disputed=None),
    "baseline, 0.3": _look(0.33, 0.4, 0.1, 14.0),
    "baseline, 0.001": _look(0.41, 0.5, 0.2, 13.0),
    "U-Net, 0.001": _look(0.49, 0.6, 0.25, 12.0, detail=80.0),
    "U-Net, zoo": _look(0.53, 0.6, 0.3, 11.0, detail=85.0),
    "data": {
        "truth": {
            "chroma": 14.0,
            "detail": 100.0,
            "steps": [0.4, 0.4, 0.4, 0.4],
            "chromatic": 0.31,
            "to_photo": 5.0,
            "to_input": 9.0,
        },
        "photo_chroma": 15.0,
        "input": {"accuracy": 0.6, "chromatic_accuracy": 0.0, "balanced_accuracy": 0.3, "ciede2000": 10.0},
        "input_to_photo": 9.5,
        "train": _HALF,
        "val": dict(_HALF),
    },
}
