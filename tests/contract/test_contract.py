"""The contract checks over every architecture that is installed, for each task that it says it can do."""

from __future__ import annotations

import pytest

from zoo.registry import load_registry
from zoo.testing.contract import CHECKS

REGISTRY = load_registry()
CASES = [(entry, task) for entry in REGISTRY.architectures() for task in entry.value.tasks]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize(("entry", "task"), CASES, ids=[f"{entry.address}-{task}" for entry, task in CASES])
def test_architecture(entry, task, check) -> None:  # type: ignore[no-untyped-def]
    check(entry, REGISTRY.task(task).value)


def test_no_plugin_is_broken() -> None:
    assert {plugin.name: plugin.errors for plugin in REGISTRY.plugins if plugin.errors} == {}
