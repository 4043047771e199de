"""Convolution from scratch: `MyConv2D`, and a ladder of ways to compute it, from the definition to a fast one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from zoo.api import Architecture, Preprocess, Task, hookimpl
from zoo.api.experiment import Experiment
from zoo.convolutions import Convolution
from zoo_myconv.config import IMPLEMENTATIONS, MyConvConfig
from zoo_myconv.ladder import ConvLadder

if TYPE_CHECKING:
    from torch import nn


class MyConv(Architecture[MyConvConfig]):
    """The course's baseline, built of `MyConv2D`."""

    name = "myconv"
    summary = "the baseline built of hand-written convolutions, from loops to fast"
    tasks = ("colorization",)
    citation = (
        "CSC413 (University of Toronto), winter 2020, MyConv2d and PoolUpsampleNet; "
        "the sources of the implementations are named in their files"
    )
    config = MyConvConfig

    def preprocess(self, config: MyConvConfig, task: Task[Any]) -> Preprocess:
        """Pixel values / 256, as in the course."""
        from zoo_myconv.preprocess import MyConvPreprocess

        return MyConvPreprocess(task.channels)

    def build(self, config: MyConvConfig, in_channels: int, num_classes: int) -> nn.Module:
        """The network of `zoo_myconv.model`."""
        from zoo_myconv.model import build

        return build(config, in_channels, num_classes)


def _convolution(implementation: str) -> Convolution:
    def load() -> Callable[..., nn.Module]:
        from zoo_myconv.layer import implemented_by

        return implemented_by(implementation)

    return Convolution(f"myconv:{implementation}", IMPLEMENTATIONS[implementation], load)


@hookimpl
def zoo_architectures() -> list[Architecture[Any]]:
    """One architecture."""
    return [MyConv()]


@hookimpl
def zoo_convolutions() -> list[Convolution]:
    """Every rung of the ladder, for ``--set conv=myconv:NAME``."""
    return [_convolution(name) for name in IMPLEMENTATIONS]


@hookimpl
def zoo_experiments() -> list[Experiment]:
    """What each rung costs."""
    return [ConvLadder()]
