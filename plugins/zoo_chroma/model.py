"""A U-Net that keeps the picture's full resolution and only has to learn what the table from grey to color misses.

Shapes are behind the names; C is the width, and map i has (i + 1) C channels at 1 / 2**i of the picture's size.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from zoo_chroma.config import ChromaConfig
from zoo_lookup.config import LookupConfig
from zoo_lookup.model import LookupTable


def stage(in_channels: int, out_channels: int, stride: int = 1) -> nn.Sequential:
    """Two convolutions, each normalized and rectified; the first may halve the map.

    A stride does it where the course pools: what is thrown away is then learned (Springenberg et al. 2015, Striving
    for Simplicity, arXiv:1412.6806, section 2).
    """
    layers: list[nn.Module] = []
    for channels, step in ((in_channels, stride), (out_channels, 1)):
        layers += [nn.Conv2d(channels, out_channels, 3, stride=step, padding=1, bias=False)]
        layers += [nn.BatchNorm2d(out_channels), nn.ReLU()]  # batch normalization has the bias
    return nn.Sequential(*layers)


class Chroma(nn.Module):
    """logits = log p(color | grey level), counted + a U-Net's output, learned.

    The U-Net's last layer starts at zero. So at step 0 the network is the table, and training can only add to it what
    the surroundings of a pixel say about its color.
    """

    def __init__(self, config: ChromaConfig, in_channels: int, num_classes: int) -> None:
        super().__init__()
        widths = [config.width * (level + 1) for level in range(config.depth + 1)]
        self.table = LookupTable(LookupConfig(), 1, num_classes) if config.table else None
        strides = [1 if config.full_resolution else 2, *[2] * config.depth]
        inputs = [in_channels, *widths]
        self.down = nn.ModuleList(stage(*sizes) for sizes in zip(inputs, widths, strides, strict=False))
        self.up = nn.ModuleList(stage(widths[i + 1] + widths[i], widths[i]) for i in reversed(range(config.depth)))
        self.head = nn.Conv2d(widths[0], num_classes, 1)
        for parameter in self.head.parameters():
            nn.init.zeros_(parameter)
        self.enlarge = nn.Identity() if config.full_resolution else nn.Upsample(scale_factor=2)

    def forward(self, x_NCHW: Tensor) -> Tensor:
        """From grey levels / 255 and whatever else is told, (N, in_channels, H, W), to logits (N, num_classes, H, W).

        H and W must be multiples of 2**depth, or twice that without full resolution.
        """
        maps = [self.down[0](x_NCHW)]  # (N, C, H, W)
        for down in self.down[1:]:
            maps.append(down(maps[-1]))  # (N, 2C, H/2, W/2), (N, 3C, H/4, W/4), ...
        y = maps.pop()
        for up in self.up:
            y = up(torch.cat([F.interpolate(y, scale_factor=2.0), maps.pop()], dim=1))
        learned_NKHW: Tensor = self.enlarge(self.head(y))
        if self.table is None:
            return learned_NKHW
        counted_NKHW: Tensor = self.table((x_NCHW[:, :1] * 255).round())
        return counted_NKHW + learned_NKHW

    def count(self, batches: Iterable[tuple[Tensor, Tensor]]) -> None:
        """Fill the table, if there is one, from encoded pictures and their classes; see `LookupTable.count`."""
        if self.table is not None:
            self.table.count(((x_NCHW[:, :1] * 255).round(), class_NHW) for x_NCHW, class_NHW in batches)
