"""The course's U-Net, line by line: the network of `zoo_baseline.model`, whose last three layers see more.

Shapes are behind the names: ``out1`` is (N, NF, H/2, W/2) and so on, for a picture of height H and width W.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from zoo_baseline.block import block
from zoo_unet.config import UNetConfig


class UNet(nn.Module):
    """The baseline, whose last three convolutions also see the maps of equal size from the way down.

    Concatenation makes their inputs wider (4NF, 2NF and NC+NIC channels), which is where the extra weights are. Added
    maps bring the same detail and no weights (He et al. 2016, Deep Residual Learning, arXiv:1512.03385, section 3.2);
    zeroed ones bring the weights and no detail. Comparing the three takes the two effects apart.
    """

    def __init__(self, config: UNetConfig, in_channels: int, num_classes: int) -> None:
        super().__init__()
        filters, k, conv = config.num_filters, config.kernel_size, config.conv.load()
        self.layer1 = block(conv, in_channels, filters, k, nn.MaxPool2d(2))
        self.layer2 = block(conv, filters, 2 * filters, k, nn.MaxPool2d(2))
        self.layer3 = block(conv, 2 * filters, 2 * filters, k)
        self.skips = config.skips
        wider = 0 if config.skips == "added" else 1
        self.layer4 = block(conv, 2 * filters + wider * 2 * filters, filters, k, nn.Upsample(scale_factor=2))
        self.layer5 = block(conv, filters + wider * filters, num_classes, k, nn.Upsample(scale_factor=2))
        self.layer6 = conv(num_classes + wider * in_channels, num_classes, k, padding=k // 2)

    def forward(self, x: Tensor) -> Tensor:
        """From (N, in_channels, H, W) to logits (N, num_classes, H, W); H and W must be multiples of four."""
        out1 = self.layer1(x)  # (N, NF, H/2, W/2)
        out2 = self.layer2(out1)  # (N, 2NF, H/4, W/4)
        out3 = self.layer3(out2)  # (N, 2NF, H/4, W/4)
        out4 = self.layer4(self.join(out3, out2))  # (N, NF, H/2, W/2)
        out5 = self.layer5(self.join(out4, out1))  # (N, NC, H, W)
        if self.skips == "added":  # to every class's map
            x = x.mean(dim=1, keepdim=True)
        logits: Tensor = self.layer6(self.join(out5, x))  # (N, NC, H, W)
        return logits

    def join(self, up: Tensor, down: Tensor) -> Tensor:
        """Input of a convolution on the way up: maps from below and skipped."""
        if self.skips == "added":
            return up + down
        return torch.cat([up, torch.zeros_like(down) if self.skips == "zeroed" else down], dim=1)
