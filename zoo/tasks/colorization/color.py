"""Grey, and the difference of colors as the eye sees it."""

from __future__ import annotations

import torch
from torch import Tensor

CHUNK_PIXELS = 1 << 20
"""Color science runs in double precision; pieces of this many pixels keep it below 200 MB."""


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

    Sharma, Wu and Dalal (2005), The CIEDE2000 color-difference formula, as scikit-image implements it. A pair of
    colors that occurs often is computed once.

    Args:
        a_N3HW: uint8 (N, 3, H, W).
        b_N3HW: the same.
    """
    pairs, counts = torch.unique(_packed(a_N3HW) << 24 | _packed(b_N3HW), return_counts=True)
    return float(_differences(pairs) @ counts.double()) / float(counts.sum())


def ciede2000_by_picture(a_N3HW: Tensor, b_N3HW: Tensor) -> Tensor:
    """The mean CIEDE2000 color difference of every pair of pictures: float64 (N,); see `ciede2000`."""
    pairs, place = torch.unique(_packed(a_N3HW) << 24 | _packed(b_N3HW), return_inverse=True)
    return _differences(pairs)[place].view(len(a_N3HW), -1).mean(dim=1)


def _differences(pairs: Tensor) -> Tensor:
    """CIEDE2000 of pairs of packed colors, int64 (P,), the first in the high 24 bits: float64 (P,)."""
    from skimage.color import deltaE_ciede2000, rgb2lab

    differences = torch.empty(len(pairs), dtype=torch.float64)
    for start in range(0, len(pairs), CHUNK_PIXELS):
        chunk = slice(start, start + CHUNK_PIXELS)
        a_lab, b_lab = (rgb2lab(_unpacked(code).numpy()) for code in (pairs[chunk] >> 24, pairs[chunk] & 0xFFFFFF))
        differences[chunk] = torch.from_numpy(deltaE_ciede2000(a_lab, b_lab))
    return differences


def _packed(rgb_N3HW: Tensor) -> Tensor:
    """Every pixel as one integer; int64 (N*H*W,)."""
    r, g, b = rgb_N3HW.long().unbind(dim=1)
    return (r << 16 | g << 8 | b).flatten()


def _unpacked(code: Tensor) -> Tensor:
    """The inverse of `_packed`: uint8 (N*H*W, 3)."""
    return torch.stack([code >> 16, code >> 8 & 255, code & 255], dim=1).to(torch.uint8)
