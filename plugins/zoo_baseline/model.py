"""The course's PoolUpsampleNet, line by line.

Shapes are behind the names: ``out1`` is (N, NF, H/2, W/2) and so on, for a picture of height H and width W.
"""

from __future__ import annotations

from torch import Tensor, nn

from zoo_baseline.block import block
from zoo_baseline.config import BaselineConfig


class PoolUpsampleNet(nn.Module):
    """Six convolutions: down to a quarter of height and width, up again, and one class score a pixel.

    All that the network knows of a pixel at the end has passed through maps of a quarter of the height and width:
    that is why its pictures come out in blocks.
    """

    def __init__(self, config: BaselineConfig, in_channels: int, num_classes: int) -> None:
        super().__init__()
        filters, k, conv = config.num_filters, config.kernel_size, config.conv.load()
        self.layer1 = block(conv, in_channels, filters, k, nn.MaxPool2d(2))
        self.layer2 = block(conv, filters, 2 * filters, k, nn.MaxPool2d(2))
        self.layer3 = block(conv, 2 * filters, 2 * filters, k)
        self.layer4 = block(conv, 2 * filters, filters, k, nn.Upsample(scale_factor=2))
        self.layer5 = block(conv, filters, num_classes, k, nn.Upsample(scale_factor=2))
        self.layer6 = conv(num_classes, num_classes, k, padding=k // 2)

    def forward(self, x: Tensor) -> Tensor:
        """From (N, in_channels, H, W) to logits (N, num_classes, H, W); H and W must be multiples of four."""
        out1 = self.layer1(x)  # (N, NF, H/2, W/2)
        out2 = self.layer2(out1)  # (N, 2NF, H/4, W/4)
        out3 = self.layer3(out2)  # (N, 2NF, H/4, W/4)
        out4 = self.layer4(out3)  # (N, NF, H/2, W/2)
        out5 = self.layer5(out4)  # (N, NC, H, W)
        logits: Tensor = self.layer6(out5)  # (N, NC, H, W)
        return logits
