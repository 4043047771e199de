"""The check of an architecture's cost."""

from __future__ import annotations

from typing import Any

from zoo import complexity
from zoo.api import Architecture, Entry, Task
from zoo.testing.promise import CLASSES, require


def check_complexity(entry: Entry[Architecture[Any]], task: Task[Any]) -> None:
    """Its cost can be counted, and every formula that it registers by hand is true."""
    architecture, config = entry.value, entry.value.config()
    channels = architecture.preprocess(config, task).channels
    report = complexity.report(architecture, config, in_channels=channels, num_classes=CLASSES, height=32, width=32)
    require(bool(report.rows), "no layer was counted", "build it of modules of torch.nn")
    observed = "; ".join(map(str, report.failures))
    require(not report.failures, observed, "correct the formula, or leave it to the zoo to derive")
