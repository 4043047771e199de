"""Three convolutions whose taps lie ever further apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from zoo.api import Architecture, Config, Preprocess, Task, hookimpl, setting

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class DilatedConfig(Config):
    """What ``--set width=32`` changes."""

    width: int = setting(16, symbol="NF", low=1, high=512, help="filters of the hidden convolutions")


class Dilated(Architecture[DilatedConfig]):
    """Dilations 1, 2 and 4: an output depends on 1 + 2 * (1 + 2 + 4) = 15 columns."""

    name = "dilated"
    summary = "three convolutions, dilated by 1, 2 and 4"
    tasks = ("colorization",)
    citation = "Yu and Koltun (2016), Multi-Scale Context Aggregation by Dilated Convolutions, arXiv:1511.07122"
    config = DilatedConfig

    def preprocess(self, config: DilatedConfig, task: Task[Any]) -> Preprocess:
        """Pixel values / 255."""
        from zoo.api import ScaledPixels

        return ScaledPixels(task.channels)

    def build(self, config: DilatedConfig, in_channels: int, num_classes: int) -> nn.Module:
        """From (N, in_channels, H, W) to logits (N, num_classes, H, W)."""
        from torch import nn

        return nn.Sequential(
            *(nn.Conv2d(in_channels, config.width, 3, padding=1, dilation=1), nn.BatchNorm2d(config.width), nn.ReLU()),
            *(nn.Conv2d(config.width, config.width, 3, padding=2, dilation=2), nn.BatchNorm2d(config.width), nn.ReLU()),
            nn.Conv2d(config.width, num_classes, 3, padding=4, dilation=4),
        )


@hookimpl
def zoo_architectures() -> list[Architecture[Any]]:
    """The architectures that this file brings."""
    return [Dilated()]
