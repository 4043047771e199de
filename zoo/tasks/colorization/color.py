"""Grey, and what a batch of pictures is worth to the eye: how far its colors are off, and how colorful it is."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from zoo.tasks.colorization.lab import color_differences, rgb_to_lab

CHUNK_PIXELS = 1 << 18
"""Colors are converted and compared in pieces of about so many pixels, which keeps memory below 100 MB."""


def mean_grey(rgb_N3HW: Tensor) -> Tensor:
    """The course's grey, the mean of R, G and B, rounded to the nearest integer.

    Args:
        rgb_N3HW: uint8 (N, 3, H, W).

    Returns:
        uint8 (N, 1, H, W).
    """
    total = rgb_N3HW.sum(dim=1, keepdim=True, dtype=torch.int16)
    return ((total + 1) // 3).to(torch.uint8)  # a sum of integers over three never lies halfway


def ciede2000(a_N3HW: Tensor, b_N3HW: Tensor) -> float:
    """The mean CIEDE2000 color difference of two batches of sRGB pictures, over their pixels.

    Args:
        a_N3HW: uint8 (N, 3, H, W).
        b_N3HW: the same.
    """
    return float(ciede2000_by_picture(a_N3HW, b_N3HW).mean())


def ciede2000_by_picture(a_N3HW: Tensor, b_N3HW: Tensor) -> Tensor:
    """The mean CIEDE2000 color difference of every pair of pictures: float64 (N,); see `ciede2000`."""
    means = [
        color_differences(rgb_to_lab(a_N3HW[chunk]), rgb_to_lab(b_N3HW[chunk])).double().mean(dim=(1, 2))
        for chunk in chunks(a_N3HW)
    ]
    return torch.cat(means)


def colorfulness(rgb_N3HW: Tensor) -> float:
    """How vivid pictures are: 0 for grey, about 15 for slightly, 45 for quite and 80 for highly colorful ones.

    The mean over pictures of M-hat of D. Hasler and S. Suesstrunk (2003), Measuring colourfulness in natural images,
    SPIE 5007, section 6: the spread and the strength of red against green and of yellow against blue.

    Args:
        rgb_N3HW: uint8 (N, 3, H, W).
    """
    total = 0.0
    for chunk in chunks(rgb_N3HW):
        red, green, blue = rgb_N3HW[chunk].float().flatten(2).unbind(dim=1)
        opponents = torch.stack([red - green, (red + green) / 2 - blue])
        spread, strength = (
            figure.square().sum(dim=0).sqrt() for figure in (opponents.std(dim=2, correction=0), opponents.mean(dim=2))
        )
        total += float((spread + 0.3 * strength).double().sum())
    return total / len(rgb_N3HW)


def chunks(pictures: Tensor) -> Iterator[slice]:
    """Slices of a batch (N, ..., H, W) of about `CHUNK_PIXELS` pixels each, of one picture at least."""
    size = max(1, CHUNK_PIXELS // (pictures.shape[-2] * pictures.shape[-1]))
    return (slice(start, start + size) for start in range(0, len(pictures), size))
