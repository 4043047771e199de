"""What the network sees: the grey level of every pixel, and where in the picture the pixel lies."""

from __future__ import annotations

import torch
from torch import Tensor

from zoo.api import ScaledPixels


class GreyAndPosition(ScaledPixels):
    """Pixel values / 255, and two channels more: the row, and the distance from the middle column.

    Sky is above and grass below, so the row says much about color. Left and right are alike, so of the column only
    the distance from the middle is told; a mirrored picture then has the mirrored input.

    Args:
        channels: how many channels the picture has.
        multiple: the padded height and width are multiples of this.
    """

    def __init__(self, channels: int, *, multiple: int) -> None:
        super().__init__(channels, multiple=multiple)
        self.channels = channels + 2

    def __str__(self) -> str:
        return f"{super().__str__()}; row and distance from the middle column as two more channels"

    def encode(self, picture_NCHW: Tensor) -> Tensor:
        """From uint8 (N, C, H, W) to float (N, C + 2, H', W'); row and distance from 0 to 1, beyond it on padding."""
        x_NCHW = super().encode(picture_NCHW)
        height, width = picture_NCHW.shape[-2:]
        rows, columns = (torch.arange(size, device=x_NCHW.device) for size in x_NCHW.shape[-2:])
        row_H1 = ((rows + 0.5) / height)[:, None]
        distance_1W = (2 * (columns + 0.5) / width - 1).abs()[None, :]
        shape = (len(x_NCHW), 1, *x_NCHW.shape[-2:])
        return torch.cat([x_NCHW, row_H1.expand(shape), distance_1W.expand(shape)], dim=1)
