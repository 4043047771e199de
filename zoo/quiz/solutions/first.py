"""The tutorial's architecture, with ELU in place of ReLU."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from zoo.api import Architecture, Config, Preprocess, Task, hookimpl, setting

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class SmoothConfig(Config):
    """What ``--set width=32`` changes."""

    width: int = setting(16, symbol="NF", low=1, high=512, help="filters of the hidden convolutions")


class Smooth(Architecture[SmoothConfig]):
    """No pooling, so the picture keeps its size."""

    name = "smooth"
    summary = "three convolutions at full resolution, with ELU"
    tasks = ("colorization",)
    citation = "my own"
    config = SmoothConfig

    def preprocess(self, config: SmoothConfig, task: Task[Any]) -> Preprocess:
        """Pixel values / 255."""
        from zoo.preprocess import ScaledPixels

        return ScaledPixels(task.channels)

    def build(self, config: SmoothConfig, in_channels: int, num_classes: int) -> nn.Module:
        """From (N, in_channels, H, W) to logits (N, num_classes, H, W)."""
        from torch import nn

        return nn.Sequential(
            *(nn.Conv2d(in_channels, config.width, 3, padding=1), nn.BatchNorm2d(config.width), nn.ELU()),
            *(nn.Conv2d(config.width, config.width, 3, padding=1), nn.BatchNorm2d(config.width), nn.ELU()),
            nn.Conv2d(config.width, num_classes, 3, padding=1),
        )


@hookimpl
def zoo_architectures() -> list[Architecture[Any]]:
    """The architectures that this file brings."""
    return [Smooth()]
