"""B4: what does a larger batch do, and is it the batch that does it?"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from zoo.experiments.contract import Claim, Conditions, Experiment, Findings, Measured, Part, Training, Verdict
from zoo.experiments.spread import RULE, SEEDS_NEEDED, Spread, above

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from zoo.report.page import Table
    from zoo.report.samples import Rows
    from zoo.training.run import Run

SIZES, QUICK_SIZES = (5, 10, 20, 50, 100, 200, 500, 1000), (20, 100, 500)
"""Pictures a step."""

RATE, USUAL = 0.001, 100
"""The course's learning rate and batch size."""

EPOCHS, UPDATES = 3, 150
"""Of a full training: passes over the pictures, or steps; 150 are what 5,000 pictures give in 3 passes, by 100."""

QUICK_UPDATES = 10
"""Steps of a quick training at equal updates; and at equal epochs of the one that has most."""

MODES = {
    "equal epochs": "equal epochs",
    "equal updates": "equal updates",
    "scaled rate": "equal epochs, rate scaled",
}
"""What is held equal, as in labels and as in headings."""

STRONG = 0.8
"""Spearman's rank correlation with the batch size from which on a figure grows with it; below minus that it falls."""


class BatchSize(Experiment):
    """The batch, the number of updates and the learning rate taken apart."""

    name = "batch-size"
    summary = "What do larger batches do to loss, time and pictures, and is it the batch?"
    asked = "B4"
    claims = (
        Claim(
            "loss",
            "With everything else unchanged, training and validation loss are larger at larger batch sizes.",
            "At equal epochs. A figure grows with the batch size if Spearman's rank correlation of the two is at least "
            f"{STRONG} with every seed, of which two at least are needed. It holds if both losses grow, holds in part "
            "if one does, and is refuted otherwise.",
        ),
        Claim(
            "time",
            "Training takes less time at larger batch sizes.",
            f"At equal epochs. It holds if the rank correlation of batch size and time in training is -{STRONG} or "
            "less with every seed, two at least; holds in part if that is not so, but the largest batch takes less "
            "time than the smallest; and is refuted otherwise. " + RULE,
        ),
        Claim(
            "pictures",
            "Pictures are of lower quality at larger batch sizes.",
            "At equal epochs, judged by CIEDE2000, the mean difference of color to the eye, and by the share of "
            "colorful pixels that are right (chromatic accuracy). It holds if with every seed, two at least, the rank "
            f"correlation with batch size is {STRONG} or more for the one and -{STRONG} or less for the other; holds "
            "in part if one of these is so; and is refuted otherwise.",
        ),
        Claim(
            "updates",
            "What raises the loss is fewer updates, not the larger batch.",
            "At equal numbers of updates. It holds if the rank correlation of batch size and validation loss is 0 or "
            "less with every seed, two at least; holds in part if it is smaller there than at equal epochs with every "
            "seed; and is refuted otherwise. (Ours.)",
        ),
        Claim(
            "rate",
            "A learning rate that grows with the batch size makes up for fewer updates.",
            f"At equal epochs, the rate being {RATE:g} at a batch of {USUAL} and in proportion to it. It holds if at "
            f"every batch size above {USUAL} the validation loss is lower than at the unscaled rate, and not higher "
            f"than at a batch of {USUAL}; holds in part if it is lower at some; and is refuted otherwise. (Ours; "
            "Goyal et al. 2017, arXiv:1706.02677, for stochastic gradient descent.) " + RULE,
        ),
    )
    method = (
        f"The course's U-Net, palette and optimizer: Adam at a constant rate, {RATE:g}. Varied: pictures a step, from "
        f"{SIZES[0]} to {SIZES[-1]}; at equal epochs, so that larger batches make fewer updates; at equal numbers of "
        "updates, so that larger batches see more pictures; and at equal epochs with a learning rate in proportion to "
        f"the batch size, {RATE:g} at {USUAL}. Time is that of the training steps alone, without judging."
    )

    def parts(self, conditions: Conditions) -> Mapping[str, Part]:
        """A training for every batch size, seed, and way of holding things equal."""
        return {
            _label(mode, size, seed): _training(mode, size, conditions, seed)
            for seed in conditions.seeds
            for mode in _modes(conditions)
            for size in _sizes(conditions)
        }


def _training(mode: str, size: int, conditions: Conditions, seed: int) -> Training:
    """A training of the course's U-Net, in the precision and memory layout that the processor is quick at."""
    epochs = conditions.epochs or (1 if conditions.quick else EPOCHS)
    changes: dict[str, Any] = {"batch_size": size, "lr": RATE, "precision": "auto", "channels_last": True}
    if mode == "equal updates":
        updates = QUICK_UPDATES if conditions.quick else UPDATES * epochs // EPOCHS
        changes |= {"epochs": updates, "max_steps": updates}  # every epoch has at least one step, so steps decide
    else:
        changes["epochs"] = epochs
    if mode == "scaled rate":
        changes["lr"] = RATE * size / USUAL
    return Training(
        "unet",
        data=conditions.data,
        seed=seed,
        task_settings={"palette": "course"},
        recipe="course",
        changes=changes,
    )


def _sizes(conditions: Conditions) -> tuple[int, ...]:
    return QUICK_SIZES if conditions.quick else SIZES


def _modes(conditions: Conditions) -> tuple[str, ...]:
    return tuple(MODES)[:2] if conditions.quick else tuple(MODES)


def _label(mode: str, size: int, seed: int) -> str:
    return f"{mode}, batch {size}, seed {seed}"
