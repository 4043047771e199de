"""Ready-made preprocessing for plugins."""

from __future__ import annotations

from typing import ClassVar

from torch import Tensor
from torch.nn import functional as F

from zoo.api import Preprocess


class ScaledPixels(Preprocess):
    """Divide pixel values by a constant, and pad the picture to sizes that the network's poolings divide.

    The padding repeats the border on the right and at the bottom, and `decode` cuts it off again.

    Args:
        channels: how many channels the picture has, and the model gets.

    Attributes:
        divisor: what pixel values are divided by.
        multiple: the padded height and width are multiples of this.
    """

    divisor: ClassVar[float] = 255.0
    multiple: ClassVar[int] = 1

    def __init__(self, channels: int) -> None:
        self.channels = channels

    def encode(self, picture_NCHW: Tensor) -> Tensor:
        """From uint8 (N, C, H, W) to float (N, C, H', W'), H' and W' rounded up to a multiple."""
        x_NCHW = picture_NCHW.float() / self.divisor
        height, width = x_NCHW.shape[-2:]
        right, bottom = -width % self.multiple, -height % self.multiple
        return F.pad(x_NCHW, (0, right, 0, bottom), mode="replicate") if right or bottom else x_NCHW

    def decode(self, logits_NKHW: Tensor, height: int, width: int) -> Tensor:
        """Cut the padding off."""
        return logits_NKHW[..., :height, :width]
