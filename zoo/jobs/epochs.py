"""What is kept of every epoch: its figures, and the weights of the best one."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import nn

from zoo.api import FittedTask, Metric, Task
from zoo.errors import unknown
from zoo.report.figures import cell
from zoo.runs.run import Run
from zoo.training.checkpoint import save_weights

NONE = "none"
"""The value of `Recipe.best` that keeps no weights but the last."""


class EpochLog:
    """Writes ``metrics.jsonl`` and ``best.safetensors`` of a run, an epoch at a time.

    Args:
        run: the run, which may have epochs already.
        model: whose weights are kept.
        best: the metric by which an epoch is the best, or `NONE`.
        higher_is_better: which way is up.
    """

    def __init__(self, run: Run, model: nn.Module, best: str, *, higher_is_better: bool) -> None:
        self.lines = run.epochs()
        self._run, self._model = run, model
        self._metric, self._sign = best, 1.0 if higher_is_better else -1.0

    def add(self, figures: Mapping[str, float]) -> None:
        """Keep an epoch in place of what an earlier attempt left of it and of later ones."""
        self.lines[int(figures["epoch"]) - 1 :] = [dict(figures)]
        if self.best() == figures["epoch"]:
            save_weights(self._run.folder / "best.safetensors", self._model)
        self._run.set_epochs(self.lines)

    def best(self) -> int:
        """The best epoch, the first of several; 0 if there is none."""
        if self._metric == NONE:
            return 0
        scores = [self._sign * line.get(self._metric, math.nan) for line in self.lines]
        finite = [score for score in scores if math.isfinite(score)]
        return scores.index(max(finite)) + 1 if finite else 0


def is_higher_better(best: str, task: Task[Any], fitted: FittedTask) -> bool:
    """Which way is up for the metric that `Recipe.best` names.

    Raises:
        UserError: if it is none of those that are computed after every epoch.
    """
    every_epoch = fitted.metrics(torch.ones(fitted.num_classes, fitted.num_classes, dtype=torch.int64))
    if best not in (NONE, "loss", *every_epoch):
        raise unknown("metric in recipe.best", best, (NONE, "loss", *every_epoch))
    of_class = task.class_metric
    if of_class is not None and best.startswith(f"{of_class.name}_"):
        return of_class.higher_is_better
    return any(metric.name == best and metric.higher_is_better for metric in task.metrics)


def epoch_line(figures: Mapping[str, float], metrics: Sequence[Metric], num_epochs: int) -> str:
    """An epoch as a line in the terminal; a dash stands for what had nothing to judge."""
    shares = "  ".join(f"{metric.label} {cell(metric, figures)}" for metric in metrics if metric.name in figures)
    return f"epoch {figures['epoch']:>3}/{num_epochs}  loss {figures['loss']:.3f}  {shares}"
