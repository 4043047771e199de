"""What every architecture that is installed promises of its cost: it can be counted, and what it registered is true."""

from __future__ import annotations

from typing import Any

import pytest

from zoo.api import Architecture
from zoo.complexity.result import make_report
from zoo.complexity.subject import of_architecture
from zoo.registry import load_registry

REGISTRY = load_registry()


@pytest.mark.parametrize("entry", REGISTRY.architectures(), ids=lambda entry: entry.address)
def test_registered_formulas_are_proved(entry: Any) -> None:
    architecture: Architecture[Any] = entry.value
    config = architecture.config()
    task = REGISTRY.task(architecture.tasks[0]).value
    channels = architecture.preprocess(config, task).channels
    report = make_report(of_architecture(architecture, config, channels, 24, 32, 32))
    assert [str(failure) for failure in report.failures] == []
    assert report.rows
    assert all(cell.value is not None for cell in report.totals.values())
