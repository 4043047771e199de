"""How the page makes a picture of logits: each task's own way, in numbers that the page's script reads."""

from __future__ import annotations

from typing import Any

from zoo.api import FittedTask
from zoo.tasks.colorization.decision import TEMPERATURE
from zoo.tasks.colorization.fitted import FittedColorization
from zoo.tasks.colorization.photo import SHORT_SIDE
from zoo.tasks.segmentation.fitted import COLORS, TINT, FittedSegmentation

TEMPERATURES = {"mode": 0.0, "annealed-mean": TEMPERATURE, "mean": 1.0}
"""Of the mean of color probabilities, by decision; the least expected difference is no mean."""


def decision(task: FittedTask, channels: int, size: int) -> dict[str, Any]:
    """What the page must know of a task; tasks that it does not know show the most likely class of every pixel.

    Args:
        task: the fitted task.
        channels: how many channels the network may see.
        size: height and width of the training pictures, in pixels.

    Returns:
        ``kind``, ``colors`` of the classes (K, 3), ``short_side`` that a photo has when the network sees it, whether
        smaller photos are enlarged to that (``enlarges``), and what the kind needs beside.
    """
    shared = {"classes": task.num_classes, "channels": channels}
    if isinstance(task, FittedColorization):
        return {
            **shared,
            "kind": "colorization",
            "colors": task.palette_K3.tolist(),
            "short_side": SHORT_SIDE * size,
            "enlarges": False,
            "temperature": TEMPERATURES.get(task.decision),
            "differences": task.decider.differences.tolist(),
        }
    if isinstance(task, FittedSegmentation):
        colors = task.colors_K3.tolist()
        return {**shared, "kind": "segmentation", "colors": colors, "short_side": size, "enlarges": True, "tint": TINT}
    colors = [list(COLORS[number % len(COLORS)]) for number in range(task.num_classes)]
    return {**shared, "kind": "classes", "colors": colors, "short_side": size, "enlarges": True}
