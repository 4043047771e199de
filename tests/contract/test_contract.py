"""The contract checks over every architecture that is installed, for each task that it says it can do."""

from __future__ import annotations

import pytest

from zoo.registry import load_registry
from zoo.testing.run import Case, cases

REGISTRY = load_registry()
CASES = [
    case
    for entry in REGISTRY.architectures()
    for case in cases(entry, [REGISTRY.task(task).value for task in entry.value.tasks])
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_architecture(case: Case) -> None:
    assert case.run().problem == ""


def test_no_plugin_is_broken() -> None:
    assert {plugin.name: plugin.errors for plugin in REGISTRY.plugins if plugin.errors} == {}
