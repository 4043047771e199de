"""Planted faults: each is caught by the one check that it is named after, with what was seen and what to change."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from zoo.registry import load_registry
from zoo.testing.contract import CHECKS
from zoo.testing.run import run_checks

FAULTS = Path(__file__).parent / "faults"
NAMES = [check.__name__.removeprefix("check_") for check in CHECKS]


@pytest.fixture(autouse=True)
def _beside_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(FAULTS)
    monkeypatch.setenv("PYTHONPATH", str(FAULTS))  # for the check that imports them in a process of its own


def test_there_is_a_fault_for_every_check() -> None:
    assert sorted(path.stem for path in FAULTS.glob("*.py")) == sorted([*NAMES, "sound"])


@pytest.mark.parametrize("name", NAMES)
def test_a_fault_is_caught_by_its_check_alone(name: str) -> None:
    registry = load_registry([FAULTS / f"{name}.py"])
    (plugin,) = (plugin for plugin in registry.plugins if plugin.name == name)
    (entry,) = plugin.entries["architecture"]
    outcomes = run_checks(entry, [registry.task("colorization").value])
    problems = {outcome.check: outcome.problem for outcome in outcomes if outcome.problem}
    assert list(problems) == [f"check_{name}"]
    doc = ast.get_docstring(ast.parse((FAULTS / f"{name}.py").read_text(encoding="utf-8"))) or ""
    assert doc.rpartition(f"check_{name}: ")[2] in problems[f"check_{name}"]


def test_what_is_sound_passes_and_a_failure_can_be_declared(monkeypatch: pytest.MonkeyPatch) -> None:
    registry = load_registry([FAULTS / "batch.py", FAULTS / "bf16.py"])
    sound, fault = (registry.architecture(f"{name}/sound") for name in ("batch", "bf16"))
    monkeypatch.setattr(type(fault.value), "expected_failures", {"check_bf16": "float32 on purpose"}, raising=False)
    task = registry.task("colorization").value
    statuses = {outcome.check: outcome for outcome in run_checks(fault, [task])}
    assert {outcome.status for name, outcome in statuses.items() if name != "check_bf16"} == {"ok"}
    assert statuses["check_bf16"].status == "expected"
    assert statuses["check_bf16"].reason == "float32 on purpose"
    monkeypatch.setattr(type(sound.value), "expected_failures", {"check_meta": "guessed"}, raising=False)
    (meta,) = (outcome for outcome in run_checks(sound, [task]) if outcome.check == "check_meta")
    assert (meta.status, meta.problem) == ("failed", "expected to fail (guessed), but it passes.")
