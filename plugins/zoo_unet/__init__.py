"""The course's U-Net: the baseline with skip connections, which carry fine detail past the bottleneck."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from zoo.api import Architecture, LayerCost, Preprocess, ScaledPixels, Task, hookimpl
from zoo_unet.config import UNetConfig

if TYPE_CHECKING:
    from torch import nn


class UNet(Architecture[UNetConfig]):
    """The course's variant of the U-Net."""

    name = "unet"
    summary = "the baseline plus skip connections, concatenated"
    tasks = ("colorization", "segmentation")
    citation = (
        "Ronneberger, Fischer and Brox (2015), U-Net: Convolutional Networks for Biomedical Image Segmentation, "
        "arXiv:1505.04597; in the size of CSC413 (University of Toronto), winter 2020"
    )
    config = UNetConfig
    shipped = "shipped"

    def preprocess(self, config: UNetConfig, task: Task[Any]) -> Preprocess:
        """Pixel values / 256, as in the course, on sizes that two poolings halve: multiples of four."""
        return ScaledPixels(task.channels, divisor=256, multiple=4)

    def build(self, config: UNetConfig, in_channels: int, num_classes: int) -> nn.Module:
        """The network of `zoo_unet.model`."""
        from zoo_unet.model import UNet

        return UNet(config, in_channels, num_classes)

    def complexity(self, config: UNetConfig) -> Sequence[LayerCost]:
        """Derived by hand; the baseline's but for three layers."""
        from zoo_unet.complexity import layers

        return layers(config.skips)


@hookimpl
def zoo_architectures() -> list[Architecture[Any]]:
    """One architecture."""
    return [UNet()]
