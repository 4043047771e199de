"""The course's pool/upsample network: six convolutions that squeeze a picture to a quarter and blow it up again."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from zoo.api import Architecture, LayerCost, Preprocess, ScaledPixels, Task, hookimpl
from zoo_baseline.config import BaselineConfig

if TYPE_CHECKING:
    from torch import nn


class Baseline(Architecture[BaselineConfig]):
    """PoolUpsampleNet of the course."""

    name = "baseline"
    summary = "pool and upsample, no skip connections: the course's first network"
    tasks = ("colorization", "segmentation")
    citation = "CSC413 (University of Toronto), winter 2020, assignment on colorization, PoolUpsampleNet"
    config = BaselineConfig
    shipped = "shipped"
    recipes = MappingProxyType({"course-2020": {"lr": 0.3}})  # what the 2020 starter code trains it at

    def preprocess(self, config: BaselineConfig, task: Task[Any]) -> Preprocess:
        """Pixel values / 256, as in the course, on sizes that two poolings halve: multiples of four."""
        return ScaledPixels(task.channels, divisor=256, multiple=4)

    def build(self, config: BaselineConfig, in_channels: int, num_classes: int) -> nn.Module:
        """The network of `zoo_baseline.model`."""
        from zoo_baseline.model import PoolUpsampleNet

        return PoolUpsampleNet(config, in_channels, num_classes)

    def complexity(self, config: BaselineConfig) -> Sequence[LayerCost]:
        """Question A3 of the course, answered by hand."""
        from zoo_baseline.complexity import LAYERS

        return LAYERS


@hookimpl
def zoo_architectures() -> list[Architecture[Any]]:
    """One architecture."""
    return [Baseline()]
