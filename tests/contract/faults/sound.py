"""An architecture without a fault, for the others to spoil."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from zoo.api import Architecture, Config, LayerCost, Preprocess, ScaledPixels, Task, setting


@dataclass(frozen=True)
class SoundConfig(Config):
    """One setting."""

    width: int = setting(4, symbol="NF", low=1, high=64, help="filters of the hidden convolution")


class Sound(Architecture[SoundConfig]):
    """Two convolutions."""

    name = "sound"
    summary = "two convolutions"
    tasks = ("colorization",)
    citation = "made for these tests"
    config = SoundConfig

    def preprocess(self, config: SoundConfig, task: Task[Any]) -> Preprocess:
        """Pixel values / 255."""
        return ScaledPixels(task.channels)

    def build(self, config: SoundConfig, in_channels: int, num_classes: int) -> Any:
        """Hidden convolution, normalization, head."""
        from torch import nn

        width = config.width
        hidden = nn.Conv2d(in_channels, width, 3, padding=1)
        return nn.Sequential(hidden, nn.BatchNorm2d(width), nn.ReLU(), nn.Conv2d(width, num_classes, 1))

    def complexity(self, config: SoundConfig) -> list[LayerCost]:
        """By hand."""
        return [
            LayerCost("0", "9 * NIC * NF", "NF", "H * W * NF", "9 * NIC * NF * H * W"),
            LayerCost("3", "NF * NC", "NC", "H * W * NC", "NF * NC * H * W"),
        ]
