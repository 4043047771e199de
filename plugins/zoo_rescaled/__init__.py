"""The course's networks on y = ax + b in place of x: question A4 of the course, to be trained and not only argued."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zoo.api import Architecture, Preprocess, ScaledPixels, Task, hookimpl
from zoo_rescaled.config import RescaledConfig

if TYPE_CHECKING:
    from torch import nn


class RescaledNetwork(Architecture[RescaledConfig]):
    """The baseline or the U-Net behind a scale and a shift."""

    name = "rescaled"
    summary = "the baseline or the U-Net on scale * x + shift: does training mind?"
    tasks = ("colorization", "segmentation")
    citation = "CSC413 (University of Toronto), winter 2020, question A4; the networks are those of baseline and unet"
    config = RescaledConfig

    def preprocess(self, config: RescaledConfig, task: Task[Any]) -> Preprocess:
        """Pixel values / 256, as in the course."""
        return ScaledPixels(task.channels, divisor=256, multiple=4)

    def build(self, config: RescaledConfig, in_channels: int, num_classes: int) -> nn.Module:
        """The network of `zoo_rescaled.model`."""
        from zoo_rescaled.model import Rescaled

        return Rescaled(config, in_channels, num_classes)


@hookimpl
def zoo_architectures() -> list[Architecture[Any]]:
    """One architecture."""
    return [RescaledNetwork()]
