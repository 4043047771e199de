"""Runs side by side: a table, one plot of curves, one sheet of pictures. Imports no torch."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zoo.api import Table
from zoo.errors import UserError, printable
from zoo.registry import Registry, load_registry
from zoo.report.curves import draw_curves
from zoo.report.drawing import attempt
from zoo.report.figures import comparison_table
from zoo.report.page import Section, write_page
from zoo.report.samples import draw_samples
from zoo.runs.run import Run, new_folder
from zoo.runs.samples import free_label, side_by_side


@dataclass(frozen=True)
class Comparison:
    """Runs side by side.

    Attributes:
        runs: what was compared, in the order given.
        table: a column a run.
        notes: what keeps the figures from being comparable, a line each.
        folder: where ``curves.png``, ``samples.png`` and ``report.html`` are.
    """

    runs: tuple[Run, ...]
    table: Table
    notes: tuple[str, ...]
    folder: Path

    def to_json(self) -> dict[str, Any]:
        """The comparison for machines."""
        return {
            "folder": str(self.folder),
            "notes": self.notes,
            "runs": [
                {"run": str(run.folder), "parameters": run.record["parameters"], **run.result} for run in self.runs
            ],
            "reference": self.runs[0].reference,
        }

    def _repr_html_(self) -> str:
        """In a notebook, a comparison shows its page."""
        return (self.folder / "report.html").read_text(encoding="utf-8")


def compare(
    runs: Sequence[Run | str | os.PathLike[str]],
    *,
    out: str | os.PathLike[str] | None = None,
    registry: Registry | None = None,
) -> Comparison:
    """Put runs side by side.

    Args:
        runs: runs or their folders, at least one.
        out: the folder to make; by default the first free one of ``runs/compare-1``, ``runs/compare-2``, ...
        registry: the plugins to draw from; by default all that are installed.

    Raises:
        UserError: if a folder is no run, a run has not ended, or the runs are of different tasks.
    """
    opened = [run if isinstance(run, Run) else Run.load(run) for run in runs]
    if not opened:
        raise UserError("name at least one run to compare, as in `zoo compare runs/unet-1 runs/baseline-1`.")
    for run in opened:
        if not run.result:
            raise UserError(f"{run.folder} has no figures yet; go on with `zoo run --resume {run.folder}`.")
    tasks = sorted({run.record["plan"]["task"] for run in opened})
    if len(tasks) > 1:
        raise UserError(
            f"the runs are of different tasks ({', '.join(tasks)}), so their figures have nothing in common."
        )
    metrics = (registry or load_registry()).task(tasks[0]).value.metrics
    labelled = _labelled(opened)
    rows = side_by_side({name: run.folder / "samples.npz" for name, run in labelled.items()})
    table, notes = comparison_table(labelled, metrics), tuple(_notes(labelled))
    folder = new_folder(None if out is None else Path(out), "compare")
    failures = (
        attempt(folder / "curves.png", lambda path: draw_curves(path, labelled, metrics)),
        attempt(folder / "samples.png", lambda path: draw_samples(path, rows)),
    )
    notes += tuple(failure for failure in failures if failure)
    sections = [
        Section("Pictures", photos=[(folder / "samples.png", "Validation pictures, which training never saw.")]),
        Section("Figures", text=notes, tables=[table], explanations={metric.label: metric.help for metric in metrics}),
        Section("Curves", charts=[(folder / "curves.png", "Figures after every epoch.")]),
    ]
    write_page(folder / "report.html", "Runs side by side", ", ".join(labelled), sections)
    return Comparison(tuple(opened), table, notes, folder)


def _labelled(runs: Sequence[Run]) -> dict[str, Run]:
    """Runs by the names of their folders, or by their paths where two have one name; one that is named twice, once."""
    names = [run.name for run in runs]
    labelled: dict[str, Run] = {}
    for run in {run.folder: run for run in runs}.values():
        name = run.name if names.count(run.name) == 1 else str(run.folder)
        labelled[free_label(printable(name), labelled)] = run
    return labelled


def _notes(runs: Mapping[str, Run]) -> list[str]:
    notes = []
    if len({run.record["judged_on"] for run in runs.values()}) > 1:
        notes.append(
            "these runs were judged on different pixels or palettes, so their figures do not compare; "
            "train them with the same --data, --size, --palette and --seed."
        )
    elif differing := _differing([run.record["plan"]["task_config"] for run in runs.values()]):
        notes.append(
            f"these runs differ in {', '.join(f'task.{name}' for name in differing)}, so figures that depend on that "
            "do not compare; the others do."
        )
    interrupted = [name for name, run in runs.items() if run.record["status"] != "done"]
    if interrupted:
        notes.append(f"not trained to the end: {', '.join(interrupted)}.")
    return notes


def _differing(settings: Sequence[Mapping[str, Any]]) -> list[str]:
    """The names of settings that are not the same everywhere."""
    names = {name: None for values in settings for name in values}
    return [name for name in names if len({json.dumps(values.get(name)) for values in settings}) > 1]
