"""The contract of preprocessing, and the one that most networks need."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


class Preprocess(ABC):
    """From the picture a network may see to what it is fed, and from its logits back to the picture's size.

    Both ways run on the device, a batch at a time, and must accept any height and width.
    """

    channels: int
    """How many channels `encode` hands to the model (NIC)."""

    @abstractmethod
    def encode(self, picture_NCHW: Tensor) -> Tensor:
        """Turn a uint8 batch (N, C, H, W) into the model's float input (N, NIC, H', W')."""

    @abstractmethod
    def decode(self, logits_NKHW: Tensor, height: int, width: int) -> Tensor:
        """Turn the model's logits (N, K, H', W') into logits of the picture's size (N, K, height, width)."""

    def __str__(self) -> str:
        """What it does, in a line, as ``zoo show`` prints it; the first line of the class's docstring."""
        return (type(self).__doc__ or type(self).__name__).strip().partition("\n")[0]


class ScaledPixels(Preprocess):
    """Divide pixel values by a constant, and pad the picture to sizes that the network's poolings divide.

    The padding repeats the border on the right and at the bottom, and `decode` cuts it off again.

    Args:
        channels: how many channels the picture has, and the model gets.
        divisor: what pixel values, 0 to 255, are divided by.
        multiple: the padded height and width are multiples of this.
    """

    def __init__(self, channels: int, *, divisor: float = 255.0, multiple: int = 1) -> None:
        self.channels, self.divisor, self.multiple = channels, divisor, multiple

    def __str__(self) -> str:
        scaled = f"pixel values / {self.divisor:g}" if self.divisor != 1 else "pixel values, 0 to 255"
        return scaled + (f", padded to multiples of {self.multiple}" if self.multiple > 1 else "")

    def encode(self, picture_NCHW: Tensor) -> Tensor:
        """From uint8 (N, C, H, W) to float (N, C, H', W'), H' and W' rounded up to a multiple."""
        from torch.nn import functional as F

        x_NCHW = picture_NCHW.float() / self.divisor
        height, width = x_NCHW.shape[-2:]
        right, bottom = -width % self.multiple, -height % self.multiple
        return F.pad(x_NCHW, (0, right, 0, bottom), mode="replicate") if right or bottom else x_NCHW

    def decode(self, logits_NKHW: Tensor, height: int, width: int) -> Tensor:
        """Cut the padding off."""
        return logits_NKHW[..., :height, :width]
