"""Convolution from scratch: `MyConv2D`, and a ladder of ways to compute it, from the definition to a fast one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from zoo.api import Architecture, Convolution, Experiment, hookimpl, preset
from zoo_baseline import Baseline
from zoo_myconv.ladder import ConvLadder
from zoo_myconv.names import IMPLEMENTATIONS

if TYPE_CHECKING:
    from torch import nn


def _convolution(implementation: str) -> Convolution:
    def load() -> Callable[..., nn.Module]:
        from zoo_myconv.layer import implemented_by

        return implemented_by(implementation)

    return Convolution(f"myconv:{implementation}", IMPLEMENTATIONS[implementation], load)


CONVOLUTIONS = {implementation: _convolution(implementation) for implementation in IMPLEMENTATIONS}
"""Every rung of the ladder, for ``--set conv=myconv:NAME``."""


@hookimpl
def zoo_architectures() -> list[Architecture[Any]]:
    """The course's MyConv2d in the course's network."""
    summary = "the baseline built of hand-written convolutions, from loops to fast"
    return [preset(Baseline, "myconv", summary, {"conv": CONVOLUTIONS["fast"]})]


@hookimpl
def zoo_convolutions() -> list[Convolution]:
    """Every rung of the ladder."""
    return list(CONVOLUTIONS.values())


@hookimpl
def zoo_experiments() -> list[Experiment]:
    """What each rung costs."""
    return [ConvLadder()]
