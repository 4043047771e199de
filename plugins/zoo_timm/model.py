"""A backbone's feature maps, and two heads that make class scores of them.

Letters behind names: N pictures, C channels, h and w the height and width of a map, K classes, W (before a bracket) the
head's width.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from zoo_timm.backbone import make_backbone
from zoo_timm.config import FinetuneConfig


class LayeredConv(nn.Conv2d):
    """A 1x1 convolution of maps laid over each other at the finest one's size.

    It is computed map by map: to mix the channels of every pixel and to enlarge bilinearly may change places, and it is
    quicker to enlarge what few channels come out.
    """

    def __init__(self, channels: Sequence[int], num_classes: int) -> None:
        super().__init__(sum(channels), num_classes, 1)

    def forward(self, maps: Sequence[Tensor]) -> Tensor:  # type: ignore[override]
        """From maps (N, C, h, w), from fine to coarse, to logits (N, K, h, w) at the size of the first."""
        size = maps[0].shape[-2:]
        weights = torch.split(self.weight, [m.shape[1] for m in maps], dim=1)
        logits = F.conv2d(maps[0], weights[0], self.bias)
        for m, weight in zip(maps[1:], weights[1:], strict=True):
            logits = logits + _resized(F.conv2d(m, weight), size)
        return logits


class LinearHead(nn.Module):
    """The course's head: one 1x1 convolution, here on all maps laid over each other at the finest one's size."""

    def __init__(self, channels: Sequence[int], num_classes: int) -> None:
        super().__init__()
        self.classifier = LayeredConv(channels, num_classes)

    def forward(self, maps: Sequence[Tensor]) -> Tensor:
        """From maps (N, C, h, w), from fine to coarse, to logits (N, K, h, w) at the size of the first."""
        logits: Tensor = self.classifier(maps)
        return logits


class TopDownHead(nn.Module):
    """From the coarsest map, which knows what is there, to the finest, which knows where: enlarge, add, smooth."""

    def __init__(self, channels: Sequence[int], width: int, num_classes: int) -> None:
        super().__init__()
        self.lateral = nn.ModuleList(nn.Conv2d(count, width, 1) for count in channels)
        self.smooth = nn.ModuleList(
            nn.Sequential(nn.Conv2d(width, width, 3, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU())
            for _ in channels
        )
        self.classifier = nn.Conv2d(width, num_classes, 1)

    def forward(self, maps: Sequence[Tensor]) -> Tensor:
        """From maps (N, C, h, w), from fine to coarse, to logits (N, K, h, w) at the size of the first."""
        x: Tensor | None = None
        for m, lateral, smooth in reversed(list(zip(maps, self.lateral, self.smooth, strict=True))):
            side = lateral(m)
            x = smooth(side if x is None else side + _resized(x, side.shape[-2:]))
        logits: Tensor = self.classifier(x)
        return logits


class FineTuned(nn.Module):
    """A timm backbone under a head. ``forward(x)`` is ``classify(features(x), size)``: two steps, to keep features.

    Raises:
        UserError: on construction, if the backbone is unknown or gives no feature maps.
    """

    def __init__(self, config: FinetuneConfig, in_channels: int, num_classes: int) -> None:
        super().__init__()
        self.in_channels = in_channels
        self.backbone = make_backbone(config.backbone, in_channels)
        info: Any = self.backbone.feature_info
        strides = [int(stride) for stride in info.reduction()]
        # Of a backbone whose maps are all finer, the coarsest is what there is.
        self.used = [place for place, stride in enumerate(strides) if stride >= config.finest] or [len(strides) - 1]
        channels = [int(info.channels()[place]) for place in self.used]
        self.channels_in_the_end = getattr(self.backbone, "output_fmt", "NCHW") == "NHWC"
        if config.head_kind == "linear":
            self.head: nn.Module = LinearHead(channels, num_classes)
        else:
            self.head = TopDownHead(channels, config.head_width, num_classes)

    def features(self, x_NCHW: Tensor) -> tuple[Tensor, ...]:
        """The backbone's maps that the head reads, (N, C, h, w) each, from fine to coarse."""
        maps = self.backbone(x_NCHW)
        chosen = (maps[place] for place in self.used)
        return tuple(m.permute(0, 3, 1, 2) if self.channels_in_the_end else m for m in chosen)

    def classify(self, features: Sequence[Tensor], size: Sequence[int]) -> Tensor:
        """From what `features` gives of an x of that height and width to logits of that size (N, K, H, W)."""
        return _resized(self.head(features), size)

    def forward(self, x_NCHW: Tensor) -> Tensor:
        """From (N, in_channels, H, W) to logits (N, K, H, W)."""
        return self.classify(self.features(x_NCHW), x_NCHW.shape[-2:])


def _resized(map_NCHW: Tensor, size: Sequence[int]) -> Tensor:
    """A map at another height and width, bilinearly."""
    if map_NCHW.shape[-2:] == torch.Size(size):
        return map_NCHW
    return F.interpolate(map_NCHW, tuple(size), mode="bilinear", align_corners=False)
