"""Color a photo of any size with a network that was trained on small pictures.

The network sees the photo at a size near the one it learned from, for that is where its filters mean something. Only
its color is kept: hue and saturation are smooth enough to be enlarged, and all detail stays in the lightness of the
photo itself (Zhang, Isola and Efros 2016, arXiv:1603.08511, sections 2.1 and 2.3).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from zoo.tasks.colorization.color import mean_grey

SHORT_SIDE = 2.0
"""Shorter side of what the network sees, in sides of its training pictures; chosen by eye among 1 to 6."""

TEMPERATURE = 0.38
"""Of the annealed mean of color probabilities, between the mean (1, pale) and the mode (0, spotty); section 2.3."""

BAND_ROWS = 256
"""Rows converted at a time: color conversion runs in double precision."""


def colorize(picture_3HW: Tensor, size: int, palette_K3: Tensor, predict: Callable[[Tensor], Tensor]) -> Tensor:
    """Lightness from the photo's grey, color from the network.

    Args:
        picture_3HW: the photo, grey or in color (of which the network sees the grey), uint8 (3, H, W).
        size: height and width of the network's training pictures, in pixels.
        palette_K3: the colors that the network chooses from, uint8 (K, 3).
        predict: from grey, uint8 (1, 1, h, w), to logits (1, K, h, w).

    Returns:
        The colored photo, uint8 (3, H, W).
    """
    from skimage.color import rgb2lab

    grey_11HW = mean_grey(picture_3HW[None])
    height, width = grey_11HW.shape[-2:]
    scale = min(1.0, SHORT_SIDE * size / min(height, width))
    small = (max(1, round(height * scale)), max(1, round(width * scale)))
    seen_11hw = F.interpolate(grey_11HW.float(), small, mode="bilinear", antialias=True)
    logits_1Khw = predict(seen_11hw.round().clamp(0, 255).to(torch.uint8)).float().cpu()
    probability_Khw = (logits_1Khw[0] / TEMPERATURE).softmax(dim=0)
    palette_lab_K3 = torch.from_numpy(rgb2lab(palette_K3.numpy())).float()
    ab_2hw = torch.einsum("khw,kc->chw", probability_Khw, palette_lab_K3[:, 1:])
    ab_2HW = F.interpolate(ab_2hw[None], (height, width), mode="bicubic", align_corners=False)[0]
    bands = [
        _with_color(grey_11HW[0, 0, row : row + BAND_ROWS], ab_2HW[:, row : row + BAND_ROWS])
        for row in range(0, height, BAND_ROWS)
    ]
    return torch.cat(bands, dim=1)


def _with_color(grey_HW: Tensor, ab_2HW: Tensor) -> Tensor:
    """The lightness of a grey picture joined with the a and b of Lab; uint8 (3, H, W)."""
    from skimage.color import lab2rgb, rgb2lab

    lab_HW3 = torch.from_numpy(rgb2lab(grey_HW[..., None].expand(-1, -1, 3).numpy()))
    lab_HW3[..., 1:] = ab_2HW.permute(1, 2, 0)
    with warnings.catch_warnings():
        # A color that no screen has at this lightness is cut off to the nearest one it has, as it should be.
        warnings.filterwarnings("ignore", message=".*negative Z values")
        rgb_HW3 = torch.from_numpy(lab2rgb(lab_HW3.numpy()))
    return (rgb_HW3 * 255).round().to(torch.uint8).permute(2, 0, 1)
