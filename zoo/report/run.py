"""What a run leaves to look at: curves, a sheet of samples, and a page with everything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from zoo.api import Table, Task
from zoo.report.curves import LOSS, draw_curves
from zoo.report.drawing import attempt
from zoo.report.figures import class_table, duration, figures_table, variants_table
from zoo.report.page import Section, write_page
from zoo.report.samples import draw_samples
from zoo.runs.run import Run
from zoo.runs.samples import read_samples


def draw_pictures(run: Run, task: Task[Any]) -> list[str]:
    """Draw ``curves.png`` and ``samples.png`` of a judged run.

    Returns:
        A line for each that could not be drawn.
    """
    rows = read_samples(run.folder / "samples.npz")
    failures = (
        attempt(run.folder / "curves.png", lambda path: draw_curves(path, {run.name: run}, task.metrics)),
        attempt(run.folder / "samples.png", lambda path: draw_samples(path, rows)),
    )
    return [failure for failure in failures if failure]


def write_report(run: Run, task: Task[Any], more: Sequence[Section] = ()) -> None:
    """Write ``report.html`` of a judged run around the pictures that `draw_pictures` made.

    Args:
        run: the run, with its result.
        task: its task.
        more: what else belongs on the page, before the data and the settings.
    """
    metrics = task.metrics
    curves, samples = run.folder / "curves.png", run.folder / "samples.png"
    record, result = run.record, run.result
    epochs = result["epochs"]
    lead = (
        f"{record['architecture']} on {record['plan']['data']}, {epochs} epoch{'' if epochs == 1 else 's'}, "
        f"{record['parameters']:,} weights, finished {result['finished']}, {record['status']}."
    )
    more_figures = [] if task.class_metric is None else [class_table(run, task.class_metric)]
    more_figures += [variants_table(run, task)] if task.variants else []
    sections = [
        Section("Pictures", photos=[(samples, "Validation pictures, which training never saw.")]),
        Section(
            "Figures",
            explanations={LOSS.label: task.loss, **{metric.label: metric.help for metric in metrics}},
            tables=[figures_table(run, metrics), *more_figures],
        ),
        Section("Curves", charts=[(curves, "Figures after every epoch.")]),
        *more,
        Section("Data", text=[_data_line(record), *record["notes"]]),
        Section("Settings", tables=[Table(["setting", "value"], _settings(record, result), words=None)]),
    ]
    write_page(run.folder / "report.html", f"{run.name}: {record['plan']['task'].rpartition('/')[2]}", lead, sections)


def _data_line(record: Mapping[str, Any]) -> str:
    plan = record["plan"]
    return (
        f"{plan['data']}: {record['train_pictures']:,} training and {record['val_pictures']:,} validation pictures "
        f"of {plan['size']}x{plan['size']} pixels."
    )


def _settings(record: Mapping[str, Any], result: Mapping[str, Any]) -> list[list[str]]:
    """Every setting of a run, down to the versions it ran with."""
    plan = record["plan"]
    settings: dict[str, Any] = {
        "architecture": plan["architecture"],
        **plan["config"],
        "weights at the start": record.get("initial_weights") or "random",
        "task": plan["task"],
        **plan["task_config"],
        "data": plan["data"],
        "classes": ", ".join(plan["classes"]) or "the data set's own choice",
        "recipe": plan["recipe_name"],
        **{name: value for name, value in plan["recipe"].items() if name != "precision"},
        "trained": f"{record.get('trained_parameters', record['parameters']):,} of {record['parameters']:,} weights",
        "precision": f"{record['precision']} ({plan['recipe']['precision']})",
        "seed": plan["seed"],
        "device": f"{record['device']}, {record['processes']} process(es), {record['threads']} threads",
        "time in training": duration(result["train_s"]),
        "time in all": duration(result["total_s"]),
        **record["versions"],
    }
    return [[name.replace("_", " "), str(value)] for name, value in settings.items()]
