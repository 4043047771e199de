"""Color a photo of any size with a network that was trained on small pictures.

The network sees the photo at a size near the one it learned from, for that is where its filters mean something. Only
its color is kept: hue and saturation are smooth enough to be enlarged, and all detail stays in the lightness of the
photo itself (Zhang, Isola and Efros 2016, arXiv:1603.08511, sections 2.1 and 2.3).
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from zoo.tasks.bands import enlarged, shrunk
from zoo.tasks.colorization.color import mean_grey
from zoo.tasks.colorization.lab import tinted

SHORT_SIDE = 2.0
"""Shorter side of what the network sees, in sides of its training pictures; chosen by eye among 1 to 6."""


def colorize(
    picture_3HW: Tensor, size: int, predict: Callable[[Tensor], Tensor], decide: Callable[[Tensor], Tensor]
) -> Tensor:
    """Lightness from the photo's grey, color from the network.

    Args:
        picture_3HW: the photo, grey or in color (of which the network sees the grey), uint8 (3, H, W).
        size: height and width of the network's training pictures, in pixels.
        predict: from grey, uint8 (1, 1, h, w), to logits (1, K, h, w).
        decide: from logits to the a and b of Lab, float (1, 2, h, w).

    Returns:
        The colored photo, uint8 (3, H, W).
    """
    height, width = picture_3HW.shape[-2:]
    scale = min(1.0, SHORT_SIDE * size / min(height, width))
    small = (max(1, round(height * scale)), max(1, round(width * scale)))
    logits_1Khw = predict(shrunk(picture_3HW, small, mean_grey)).float().cpu()
    colored_3HW = torch.empty_like(picture_3HW)
    for band, ab_12rW in enlarged(decide(logits_1Khw), (height, width), "bicubic"):
        colored_3HW[band] = tinted(mean_grey(picture_3HW[None, *band]), ab_12rW)[0]
    return colored_3HW
