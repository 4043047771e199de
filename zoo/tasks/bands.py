"""Photos of any size, a band of rows at a time: what is computed for all pixels at once would need many photos' memory.

Resizing works on rows and columns one after the other. So the columns of a band can be resized without the rows above
and below it, and the rows when the columns have already become few, or are still few. Bands have no seams therefore.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor
from torch.nn import functional as F

BAND_PIXELS = 1 << 16
"""A band has about so many pixels: what is computed of them stays in a processor's cache."""

Band = tuple[slice, slice, slice]
"""Some rows of a tensor (C, H, W)."""


def bands(height: int, width: int) -> Iterator[Band]:
    """The bands of a picture of that size, from the top, each of one row at least."""
    rows = max(1, BAND_PIXELS // width)
    return ((slice(None), slice(top, min(top + rows, height)), slice(None)) for top in range(0, height, rows))


def shrunk(
    picture_3HW: Tensor, size: tuple[int, int], view: Callable[[Tensor], Tensor] = lambda rgb_N3HW: rgb_N3HW
) -> Tensor:
    """What a network sees of a photo, antialiased to a size (h, w).

    Args:
        picture_3HW: the photo, uint8 (3, H, W).
        size: height and width.
        view: from pictures, uint8 (N, 3, H, W), to what the network may see of them, uint8 (N, C, H, W).

    Returns:
        uint8 (1, C, h, w).
    """
    height, width = picture_3HW.shape[-2:]
    narrow = [
        F.interpolate(band_view.float(), (band_view.shape[-2], size[1]), mode="bilinear", antialias=True)
        for band_view in (view(picture_3HW[None, *band]) for band in bands(height, width))
    ]
    picture_1Chw = F.interpolate(torch.cat(narrow, dim=2), size, mode="bilinear", antialias=True)
    return picture_1Chw.round().clamp(0, 255).to(torch.uint8)


def enlarged(map_1Khw: Tensor, size: tuple[int, int], mode: str) -> Iterator[tuple[Band, Tensor]]:
    """The bands of a picture of a size (H, W), and a map's values there, float (1, K, rows, W).

    Args:
        map_1Khw: float (1, K, h, w).
        size: height and width of the picture.
        mode: ``bilinear`` or ``bicubic``.
    """
    height, width = size
    tall_1KHw = F.interpolate(map_1Khw, (height, map_1Khw.shape[-1]), mode=mode, align_corners=False)
    for band in bands(height, width):
        rows_1Krw = tall_1KHw[:, *band]
        yield band, F.interpolate(rows_1Krw, (rows_1Krw.shape[-2], width), mode=mode, align_corners=False)
