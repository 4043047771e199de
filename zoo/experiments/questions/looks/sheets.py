"""The sheet of pictures about which accuracy and eye disagree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from zoo.api import Images
from zoo.api.experiment import Context
from zoo.experiments.questions.predictors.measure import by_picture, disputes, predicted
from zoo.experiments.questions.predictors.parts import COURSE, TABLE
from zoo.runs.run import Run
from zoo.runs.samples import Rows

UNET = COURSE[-1]

PICTURES = 10
"""Pictures of a sheet."""


def disputed_sheet(context: Context, rivals: Mapping[str, Run]) -> Rows:
    """The validation pictures on which accuracy and CIEDE2000 disagree most about which of two runs is better.

    Beside each row stand its figures on these pictures; empty if there are none, or one of the runs failed.
    """
    if len(rivals) < 2:
        return {}
    figures = {}
    for name, run in rivals.items():
        prepared, classes_NHW = predicted(replace(context, runs={"run": run}))
        figures[name] = (classes_NHW, by_picture(prepared, classes_NHW))
    disputed_N = disputes(figures[TABLE][1], figures[UNET][1])
    order = disputed_N.argsort(descending=True)[: min(PICTURES, int((disputed_N > 0).sum()))]
    rows: Rows = {}
    if not len(order):
        return rows
    for name, (classes_NHW, figures_2N) in figures.items():
        images = Images(prepared.val.images.rgb[order])
        samples = prepared.task.samples(images, prepared.val.targets_NHW[order], classes_NHW[order])
        *shared, (_, prediction) = samples.items()
        for label, row in shared:
            rows.setdefault(label, row.permute(0, 2, 3, 1).numpy())
        accuracy, distance = figures_2N[:, order].mean(dim=1).tolist()
        rows[f"{name}\n{accuracy:.0%} right,\nCIEDE2000 {distance:.1f}"] = prediction.permute(0, 2, 3, 1).numpy()
    return rows
