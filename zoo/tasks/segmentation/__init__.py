"""Segmentation: say of every pixel of a photo whether it shows the object, or which of several.

Part C of the assignment in CSC413 (University of Toronto): a pretrained network is fine-tuned to cut objects out.
This module is the light half; `zoo.tasks.segmentation.fitted` does the work.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zoo.api import Config, FittedTask, Images, Metric, Task, UserError, setting


@dataclass(frozen=True)
class SegmentationConfig(Config):
    """What is minimized."""

    loss: str = setting(
        "cross-entropy",
        choices=("cross-entropy", "soft-iou"),
        help="cross-entropy per pixel, or one minus the soft intersection over union",
    )


class Segmentation(Task[SegmentationConfig]):
    """A photo in, the class of every pixel out; class 0 is the background."""

    name = "segmentation"
    summary = "object or background, or one of several classes, for every pixel of a photo"
    channels = 3
    needs_masks = True
    config = SegmentationConfig
    reference = "prior"
    loss = "cross-entropy per pixel (nats), or with --set task.loss=soft-iou one minus the soft intersection over union"
    default_data = "composed"
    default_size = 64
    metrics = (
        Metric("accuracy", "accuracy", "share of pixels whose class is right", percent=True),
        Metric("miou", "mIoU", "intersection over union of true and predicted pixels, mean over classes"),
        Metric("foreground_iou", "fg IoU", "the same of all classes but the background taken as one"),
        Metric(
            "boundary_iou",
            "edge IoU",
            "foreground IoU among pixels near an outline (Cheng et al. 2021), mean over pictures",
        ),
        Metric(
            "course_miou",
            "course",
            "the course's thresholded mIOU: of every picture's foreground IoU what exceeds 0.5, doubled, in tenths",
        ),
    )
    class_metric = Metric("iou", "IoU", "intersection over union of true and predicted pixels of one class")

    def fit(self, config: SegmentationConfig, train: Images, seed: int, cache: Path) -> FittedTask:
        """Count the classes of the training masks."""
        from zoo.tasks.segmentation.fitted import FittedSegmentation

        highest = 0 if train.masks is None else int(train.masks.max())
        if highest == 0:
            raise UserError("the training masks hold one class only, the background: there is nothing to tell apart.")
        return FittedSegmentation(highest + 1, config.loss)

    def restore(self, state: Mapping[str, Any], cache: Path) -> FittedTask:
        """Take the number of classes and the loss from a run's record."""
        from zoo.tasks.segmentation.fitted import FittedSegmentation

        return FittedSegmentation(int(state["classes"]), str(state["loss"]))
