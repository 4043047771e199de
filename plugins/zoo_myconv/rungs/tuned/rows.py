"""The memory layout under `kn2row`, `winograd1d` and `fast`: a batch of padded pictures as rows of one matrix a line.

Line t of all pictures, side by side, is one matrix: a row a pixel, a column a channel. Picture n begins at row
n * width of it, with the zeros of its left edge, which are the zeros of the right edge of the picture before: they are
stored once. So the neighbor of a pixel is the next row, and a whole matrix shifted by a tap is a slice of it, no copy:

    line t:   0 a a a a 0 b b b b 0 c c c c 0        pictures a, b, c of width 4, padding 1
    tap 0:   [0 a a a a 0 b b b b 0 c c c]           outputs of a, one wrong value, outputs of b, one wrong value, ...
    tap 1:     [a a a a 0 b b b b 0 c c c c]
    tap 2:       [a a a 0 b b b b 0 c c c c 0]

The values at the seams are computed and dropped: one in width + padding. A vertical tap is another line, so it wastes
nothing. Every `period`-th line is stored together, and every `period`-th pixel of a line, which is what a stride needs:
with stride 2 the even lines are one picture and the odd ones another, each at stride 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from zoo_myconv.geometry import Pair, is_channels_last


class Scratch:
    """Memory by name and shape, for one convolution of a batch: blocks of equal size use it one after another."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, tuple[int, ...]], Tensor] = {}

    def take(self, name: str, like: Tensor, shape: tuple[int, ...], zeroed: bool = False) -> Tensor:
        """The memory of that name and shape, as it was left; new memory is zero if that is asked for."""
        key = (name, tuple(shape))
        if key not in self._kept:
            self._kept[key] = like.new_zeros(shape) if zeroed else like.new_empty(shape)
        return self._kept[key]


@dataclass(frozen=True)
class Layout:
    """How pixel (y, x) of picture n is addressed: phase (y mod, x mod), line y div, row n * width + x div, of `period`.

    Attributes:
        period: vertical and horizontal.
        origin: place of the picture's top left pixel, which is its padding; zeros stand before it.
        lines: lines of a phase.
        width: rows that a picture takes in each line.
        more: rows of zeros after the last picture.
    """

    period: Pair
    origin: Pair
    lines: int
    width: int
    more: int = 0

    def buffer(self, scratch: Scratch, name: str, like: Tensor, channels: int, zeroed: bool = False) -> Tensor:
        """A buffer (period, period, lines, rows, channels), in the order of memory of the pictures `like`."""
        rows = len(like) * self.width + self.more
        if is_channels_last(like):
            return scratch.take(name, like, (*self.period, self.lines, rows, channels), zeroed)
        return scratch.take(name, like, (*self.period, self.lines, channels, rows), zeroed).mT

    def _matches(self, buffer: Tensor, x_NCHW: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
        """For every phase, views of the buffer and of the pictures that stand for the same pixels: (lines, N, w, C)."""
        grid = torch.unflatten(buffer[..., : len(x_NCHW) * self.width, :], 3, (len(x_NCHW), self.width))
        for a in range(self.period[0]):
            for b in range(self.period[1]):
                y, x = (a - self.origin[0]) % self.period[0], (b - self.origin[1]) % self.period[1]
                line, row = (y + self.origin[0]) // self.period[0], (x + self.origin[1]) // self.period[1]
                pixels = x_NCHW[:, :, y :: self.period[0], x :: self.period[1]]
                pixels = pixels[:, :, : max(0, self.lines - line), : max(0, self.width - row)]
                height, width = pixels.shape[2:]
                yield grid[a, b, line : line + height, :, row : row + width], pixels.permute(2, 0, 3, 1)

    def write(self, x_NCHW: Tensor, scratch: Scratch, name: str) -> Tensor:
        """Pictures to rows; what is no pixel is zero, and stays so from block to block."""
        buffer = self.buffer(scratch, name, x_NCHW, x_NCHW.shape[1], zeroed=True)
        for rows, pixels in self._matches(buffer, x_NCHW):
            rows.copy_(pixels)
        return buffer

    def read(self, buffer: Tensor, out_NCHW: Tensor, bias: Tensor | None = None) -> None:
        """Rows to pictures, with a bias per channel; what is no pixel is dropped."""
        for rows, pixels in self._matches(buffer, out_NCHW):
            if bias is None:
                pixels.copy_(rows)
            else:
                torch.add(rows, bias, out=pixels)


def like_input(x_NCHW: Tensor, channels: int, size: Pair) -> Tensor:
    """Memory for an output (N, channels, *size) in the memory format of the input."""
    form = torch.channels_last if is_channels_last(x_NCHW) else torch.contiguous_format
    return torch.empty((len(x_NCHW), channels, *size), dtype=x_NCHW.dtype, device=x_NCHW.device, memory_format=form)
