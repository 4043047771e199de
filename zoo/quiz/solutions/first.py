"""The architecture that ``zoo new`` writes, with its depth as a second setting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from zoo.api import Architecture, Config, Preprocess, Task, hookimpl, setting

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class DeepConfig(Config):
    """What ``--set width=32`` and ``--set depth=4`` change."""

    width: int = setting(16, symbol="NF", low=1, high=512, help="filters of the hidden convolutions")
    depth: int = setting(2, low=0, high=20, help="how many hidden convolutions there are")


class Deep(Architecture[DeepConfig]):
    """No pooling, so the picture keeps its size."""

    name = "deep"
    summary = "as many convolutions as you like, at full resolution"
    tasks = ("colorization",)
    citation = "my own"
    config = DeepConfig

    def preprocess(self, config: DeepConfig, task: Task[Any]) -> Preprocess:
        """Pixel values / 255."""
        from zoo.api import ScaledPixels

        return ScaledPixels(task.channels)

    def build(self, config: DeepConfig, in_channels: int, num_classes: int) -> nn.Module:
        """From (N, in_channels, H, W) to logits (N, num_classes, H, W)."""
        from torch import nn

        layers: list[nn.Module] = []
        for _ in range(config.depth):
            layers += [nn.Conv2d(in_channels, config.width, 3, padding=1), nn.BatchNorm2d(config.width), nn.ReLU()]
            in_channels = config.width
        return nn.Sequential(*layers, nn.Conv2d(in_channels, num_classes, 3, padding=1))


@hookimpl
def zoo_architectures() -> list[Architecture[Any]]:
    """The architectures that this file brings."""
    return [Deep()]
