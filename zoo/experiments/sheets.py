"""Sheets of pictures that experiments share."""

from __future__ import annotations

from collections.abc import Mapping

from zoo.runs.run import Run
from zoo.runs.samples import Rows, side_by_side


def prediction_sheet(runs: Mapping[str, Run], labels: Mapping[str, str]) -> Rows:
    """A sheet of what some runs predict, beside each other; those that failed are left out.

    Args:
        runs: by label, as `Experiment.sheets` gets them.
        labels: what is written beside a row, and the label of its run.
    """
    return side_by_side({row: runs[label].folder / "samples.npz" for row, label in labels.items() if label in runs})
