"""The figures of runs as tables of text, the same in the terminal and in pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from zoo.api import Metric, Table
from zoo.report.curves import LOSS
from zoo.runs.run import Run


def figures_table(run: Run, metrics: Sequence[Metric]) -> Table:
    """A run's figures beside those of the task's reference, on the same validation pixels."""
    columns = _columns(run)
    rows = [
        [metric.label, *(cell(metric, figures) for figures in columns.values()), better(metric)]
        for metric in (LOSS, *metrics)
    ]
    return Table(["validation", *columns, "better"], rows)


def class_table(run: Run, metric: Metric) -> Table:
    """One figure of every class, a row a class, beside the reference's."""
    columns = _columns(run)
    rows = [
        [str(number), *(cell(replace(metric, name=f"{metric.name}_{number}"), figures) for figures in columns.values())]
        for number in range(run.record["num_classes"])
    ]
    return Table([f"{metric.label} of class", *columns], rows)


def _columns(run: Run) -> dict[str, Mapping[str, Any]]:
    """A run's figures, and those of the task's reference if it has one."""
    columns: dict[str, Mapping[str, Any]] = {run.record["architecture"]: run.result}
    if run.reference:
        columns[f"{run.reference['architecture']} (reference)"] = run.reference
    return columns


def comparison_table(runs: Mapping[str, Run], metrics: Sequence[Metric]) -> Table:
    """A row a run: what it was, what it cost, and how it was judged."""
    shown = (LOSS, *metrics)
    rows = [
        [
            name,
            f"{run.record['parameters']:,}",
            duration(run.result.get("train_s")),
            *(cell(metric, run.result) for metric in shown),
        ]
        for name, run in runs.items()
    ]
    return Table(["run", "weights", "time", *(metric.label for metric in shown)], rows)


def cell(metric: Metric, figures: Mapping[str, Any]) -> str:
    """A figure as text; a dash where there is none, as for metrics that had nothing to judge."""
    value = figures.get(metric.name)
    return "-" if value is None or value != value else metric.format(value)


def better(metric: Metric) -> str:
    """Which way is up."""
    return "higher" if metric.higher_is_better else "lower"


def duration(seconds: float | None) -> str:
    """Seconds as people say them, such as ``9.4 s``, ``19 s`` or ``2m 51s``."""
    if seconds is None:
        return "-"
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}m {rest:02d}s" if minutes else f"{rest} s"
