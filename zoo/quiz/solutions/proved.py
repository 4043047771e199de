"""Two convolutions, and formulas for what they cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from zoo.api import Architecture, Config, LayerCost, Preprocess, Task, hookimpl, setting

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class CountedConfig(Config):
    """What ``--set width=32`` changes; NF stands for it in formulas."""

    width: int = setting(16, symbol="NF", low=1, high=512, help="filters of the hidden convolution")


class Counted(Architecture[CountedConfig]):
    """A 3x3 convolution, ReLU, a 1x1 convolution."""

    name = "counted"
    summary = "two convolutions whose cost is known"
    tasks = ("colorization",)
    citation = "my own"
    config = CountedConfig

    def preprocess(self, config: CountedConfig, task: Task[Any]) -> Preprocess:
        """Pixel values / 255."""
        from zoo.api import ScaledPixels

        return ScaledPixels(task.channels)

    def build(self, config: CountedConfig, in_channels: int, num_classes: int) -> nn.Module:
        """From (N, in_channels, H, W) to logits (N, num_classes, H, W)."""
        from torch import nn

        return nn.Sequential(
            nn.Conv2d(in_channels, config.width, 3, padding=1), nn.ReLU(), nn.Conv2d(config.width, num_classes, 1)
        )

    def complexity(self, config: CountedConfig) -> Sequence[LayerCost]:
        """Layers are named by their places in the Sequential."""
        return [
            LayerCost("0", "9 * NIC * NF", "NF", "NF * H * W", "9 * NIC * NF * H * W"),
            LayerCost("1", outputs="NF * H * W"),
            LayerCost("2", "NF * NC", "NC", "NC * H * W", "NF * NC * H * W"),
        ]


@hookimpl
def zoo_architectures() -> list[Architecture[Any]]:
    """The architectures that this file brings."""
    return [Counted()]
