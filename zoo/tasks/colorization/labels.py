"""The nearest palette color of every pixel, by a table of all 2**24 colors.

A pixel's label depends on its 24 bits only, so every color is decided once, and labeling a picture is one
look-up a pixel. The table itself is quick to make because colors that lie together have few candidates: the
RGB cube is cut into boxes, bounds leave about two palette colors a box of the usual 24, and only those are
compared.

All of it is integer arithmetic, hence exact. For a color x, ordering palette colors p by squared distance
|x - p|^2 is ordering them by |p|^2 - 2 x.p, which is linear in x.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from zoo.data.cache import cached_tensors, fingerprint

VERSION = "1"
"""Part of the cache's key; another one makes the labels anew."""

BOX = (16, 16, 32)
"""Levels of red, green and blue in a box, by measurement: larger boxes leave more candidates, and smaller ones
cost more calls."""

Integers = npt.NDArray[np.int64]


def labels(rgb_N3HW: Tensor, palette_K3: Tensor, cache: Path) -> Tensor:
    """The index of the nearest palette color of every pixel, from the cache if it is there.

    Args:
        rgb_N3HW: uint8 (N, 3, H, W).
        palette_K3: uint8 (K, 3), K at most 256.
        cache: the cache folder.

    Returns:
        uint8 (N, H, W).
    """
    key = f"labels-{fingerprint(VERSION, palette_K3, rgb_N3HW)}"
    return cached_tensors(cache, key, lambda: {"labels": label(rgb_N3HW, class_table(palette_K3))})["labels"]


def label(rgb_N3HW: Tensor, table: Tensor) -> Tensor:
    """Look every pixel up in a `class_table`: uint8 (N, 3, H, W) to uint8 (N, H, W)."""
    # In numpy, which takes 32-bit indices; torch wants 64 bits and needs four times as long.
    red, green, blue = rgb_N3HW.cpu().numpy().swapaxes(0, 1)
    color = red.astype(np.int32)
    for channel in (green, blue):
        color <<= 8
        color |= channel
    return torch.from_numpy(table.numpy().take(color))


def class_table(palette_K3: Tensor) -> Tensor:
    """The nearest palette color of every color, by squared distance in RGB; ties go to the lowest index.

    Args:
        palette_K3: uint8 (K, 3), K from 1 to 256.

    Returns:
        uint8 (2**24,), indexed by ``red << 16 | green << 8 | blue``.

    Raises:
        ValueError: if the palette is of another shape or type.
    """
    if palette_K3.dtype != torch.uint8 or palette_K3.ndim != 2 or palette_K3.shape[1] != 3:
        raise ValueError(f"a palette is uint8 (K, 3), not {palette_K3.dtype} {tuple(palette_K3.shape)}.")
    if not 1 <= len(palette_K3) <= 256:
        raise ValueError(f"a palette has 1 to 256 colors, not {len(palette_K3)}.")
    palette = palette_K3.cpu().numpy().astype(np.int64)
    may_win = _candidates(palette)
    terms = _terms(palette)
    table = np.empty((256, 256, 256), np.uint8)
    for box in np.ndindex(may_win.shape[:3]):
        red, green, blue = (slice(i * side, (i + 1) * side) for i, side in zip(box, BOX, strict=True))
        candidates = may_win[box].nonzero()[0]
        if len(candidates) == 1:
            table[red, green, blue] = candidates[0]
            continue
        by_red, by_green, by_blue = (
            term[candidates, levels] for term, levels in zip(terms, (red, green, blue), strict=True)
        )
        plane = by_red[:, :, None] + by_green[:, None, :]
        key = (plane[:, :, :, None] + by_blue[:, None, None, :]).min(axis=0)
        table[red, green, blue] = key & 255
    return torch.from_numpy(table.reshape(-1))


def _terms(palette: Integers) -> list[npt.NDArray[np.int32]]:
    """Three arrays (K, 256), by level of red, of green and of blue, whose sum is a palette color's key.

    The key is ``256 * (|p|^2 - 2 x.p) + index``: the smallest one belongs to the nearest color, or to the
    first of the nearest, and its last 8 bits say which that is. It stays below 2**27, so 32 bits hold it.
    """
    levels = np.arange(256)
    red, green, blue = (-512 * palette[:, axis, None] * levels for axis in range(3))
    red += (256 * (palette**2).sum(axis=1) + np.arange(len(palette)))[:, None]
    return [term.astype(np.int32) for term in (red, green, blue)]


def _candidates(palette: Integers) -> npt.NDArray[np.bool_]:
    """Which palette colors may be the nearest one somewhere in a box: (boxes in red, in green, in blue, K).

    Each is compared with the color nearest to the middle of the box. The difference of their squared
    distances is linear, so its smallest value lies in a corner: a color that is farther even there is farther
    everywhere.
    """
    low = [np.arange(0, 256, side) for side in BOX]
    corners = [(first, first + side - 1) for first, side in zip(low, BOX, strict=True)]
    norm = (palette**2).sum(axis=1)
    distance = norm - 2 * sum(
        _along(axis, (first + last) // 2) * palette[:, axis] for axis, (first, last) in enumerate(corners)
    )
    rival = distance.argmin(axis=-1)
    smallest = norm - norm[rival][..., None]
    for axis, (first, last) in enumerate(corners):
        apart = palette[:, axis] - palette[rival, axis][..., None]
        smallest = smallest - 2 * np.maximum(apart * _along(axis, first), apart * _along(axis, last))
    first_of_its_color = np.zeros(len(palette), np.bool_)
    first_of_its_color[np.unique(palette, axis=0, return_index=True)[1]] = True
    # Equally near ones stay in, as the lower index wins; of equal ones only the first can.
    return np.asarray((smallest <= 0) & first_of_its_color)


def _along(axis: int, values: Integers) -> Integers:
    """Values laid along one of the three axes of boxes, to be broadcast with palette colors in the fourth."""
    shape = [1, 1, 1, 1]
    shape[axis] = -1
    return values.reshape(shape)
