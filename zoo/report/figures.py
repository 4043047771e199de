"""The figures of runs as tables of text, the same in the terminal and in pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from zoo.api import Metric, Table, Task
from zoo.report.curves import LOSS
from zoo.runs.run import Run
from zoo.runs.samples import free_label


def figures_table(run: Run, metrics: Sequence[Metric]) -> Table:
    """A run's figures beside those of the task's reference, on the same validation pixels."""
    columns = _columns(run)
    rows = [_judged(columns, metric) for metric in (LOSS, *metrics)]
    return Table(["validation", *columns, "best"], rows, words=(0, len(columns) + 1))


def comparison_table(runs: Mapping[str, Run], metrics: Sequence[Metric]) -> Table:
    """What some runs cost and how they were judged, a column a run; the reference comes last.

    The best is named where all were judged on the same pixels; of the losses, where the task's settings are the same.
    """
    columns = {name: run.result for name, run in runs.items()}
    for name, figures in _reference(*runs.values()).items():
        columns[free_label(name, columns)] = figures  # a run may be called as the reference
    same_pixels = len({run.record["judged_on"] for run in runs.values()}) == 1
    same_loss = len({str(run.record["plan"]["task_config"]) for run in runs.values()}) == 1
    others = len(columns) - len(runs)
    rows = [
        ["weights", *(f"{run.record['parameters']:,}" for run in runs.values()), *["-"] * others, ""],
        ["training", *(duration(run.result.get("train_s")) for run in runs.values()), *["-"] * others, ""],
        *(
            _judged(columns, metric, comparable=same_pixels and (same_loss or metric is not LOSS))
            for metric in (LOSS, *metrics)
        ),
    ]
    return Table(["validation", *columns, "best"], rows, words=(0, len(columns) + 1))


def variants_table(run: Run, task: Task[Any]) -> Table:
    """The pictures that can be made of one network's scores, a row a way, beside those of the reference's."""
    columns = _columns(run)
    head = ["decision", *(f"{metric.label}: {name}" for metric in task.variant_metrics for name in columns)]
    rows = [
        [
            variant,
            *(
                cell(replace(metric, name=f"{metric.name}_{variant}"), figures)
                for metric in task.variant_metrics
                for figures in columns.values()
            ),
        ]
        for variant in task.variants
    ]
    return Table(head, rows, caption="What a picture is made of the same probabilities by:")


def _judged(columns: Mapping[str, Mapping[str, Any]], metric: Metric, *, comparable: bool = True) -> list[str]:
    """A row: one figure of everybody, and whose is the best."""
    figures = [cell(metric, column) for column in columns.values()]
    return [metric.label, *figures, best(metric, columns) if comparable else "-"]


def best(metric: Metric, columns: Mapping[str, Mapping[str, Any]]) -> str:
    """Whose figure is the best, as far as the table shows it: all that share it, or a dash where there is no other."""
    values = {name: figures.get(metric.name) for name, figures in columns.items()}
    numbers = {name: value for name, value in values.items() if value is not None and value == value}
    if len(numbers) < 2:
        return "-"
    record = metric.format((max if metric.higher_is_better else min)(numbers.values()))
    return ", ".join(name for name, value in numbers.items() if metric.format(value) == record)


def class_table(run: Run, metric: Metric) -> Table:
    """One figure of every class, a row a class, beside the reference's."""
    columns = _columns(run)
    rows = [
        [str(number), *(cell(replace(metric, name=f"{metric.name}_{number}"), figures) for figures in columns.values())]
        for number in range(run.record["num_classes"])
    ]
    return Table([f"{metric.label} of class", *columns], rows)


def _columns(run: Run) -> dict[str, dict[str, Any]]:
    """A run's figures, and those of the task's reference if it has one."""
    return {run.record["architecture"]: run.result} | _reference(run)


def _reference(*runs: Run) -> dict[str, dict[str, Any]]:
    """The figures of the reference of the first run by its label; nothing where one of the runs is of the same."""
    figures = runs[0].reference
    if not figures or any(run.result["loss"] == figures["loss"] for run in runs):
        return {}
    return {f"{figures['architecture']} (reference)": figures}


def cell(metric: Metric, figures: Mapping[str, Any]) -> str:
    """A figure as text; a dash where there is none, as for metrics that had nothing to judge."""
    value = figures.get(metric.name)
    return "-" if value is None or value != value else metric.format(value)


def duration(seconds: float | None) -> str:
    """Seconds as people say them, such as ``9.4 s``, ``19 s`` or ``2m 51s``."""
    if seconds is None:
        return "-"
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}m {rest:02d}s" if minutes else f"{rest} s"
