"""From a plan to tensors: load the data, fit the task, and work out what the network may see and should say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Tensor

from zoo.api import DataRequest, FittedTask, Images
from zoo.data.cache import fingerprint
from zoo.errors import UserError, describe
from zoo.jobs.plan import Plan
from zoo.jobs.stages import stage


@dataclass(frozen=True)
class Split:
    """One half of a data set, ready for the task.

    Attributes:
        images: the pictures as they were loaded.
        visible_NCHW: what the network may see, uint8.
        targets_NHW: the class of every pixel, uint8.
    """

    images: Images
    visible_NCHW: Tensor
    targets_NHW: Tensor


@dataclass(frozen=True)
class Prepared:
    """Data and task, ready to train on.

    Attributes:
        task: the fitted task.
        train: what is learned from.
        val: what is judged on.
        notes: what the user should know of the data, a line each.
        judged_on: a fingerprint of the validation pixels and their classes: figures compare where it is equal.
    """

    task: FittedTask
    train: Split
    val: Split
    notes: tuple[str, ...]
    judged_on: str


def prepare(
    plan: Plan,
    cache: Path,
    progress: Callable[[str, int, int], None],
    restored: Callable[[], FittedTask] | None = None,
) -> Prepared:
    """Load a plan's data and fit its task, or restore the task of an earlier run.

    Raises:
        UserError: if the data cannot be had, or one of the splits is empty.
        FailedError: if the code of the data set or the task fails.
    """
    needs_masks = plan.task.value.needs_masks
    request = DataRequest(plan.data_argument, plan.size, plan.classes, plan.seed, cache, progress, masks=needs_masks)
    with stage("loading", plan.dataset.address):
        splits = plan.dataset.value.load(request)
    for name, images in (("training", splits.train), ("validation", splits.val)):
        if not len(images):
            raise UserError(f"--data {plan.data} has no {name} pictures of {plan.size} pixels; try a smaller --size.")
        if needs_masks and images.masks is None:
            raise UserError(f"--data {plan.data} has no masks, which the task {plan.task.name} needs.")
    if restored is not None:
        task = restored()
    else:
        with stage("fitting", plan.task.address):
            task = plan.task.value.fit(plan.task_config, splits.train, plan.seed, cache)
    with stage("preparing pictures for", plan.task.address):
        train, val = (Split(half, task.visible(half), task.targets(half)) for half in (splits.train, splits.val))
    return Prepared(task, train, val, splits.notes, fingerprint(val.visible_NCHW, val.targets_NHW))


def restore(plan: Plan, task_state: Mapping[str, Any], cache: Path) -> FittedTask:
    """The fitted task of an earlier run.

    Raises:
        UserError: if its state is damaged.
    """
    try:
        return plan.task.value.restore(task_state, cache)
    except Exception as error:  # whatever a damaged state makes a task raise
        raise UserError(f"the state of the task {plan.task.address} is damaged ({describe(error)}).") from error
