"""No network at all: for every position in the picture, how often each class stands there.

Photographers put the object in the middle. A network whose figures are worse than this one's has learned less
than that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from zoo.api import Architecture, LayerCost, Preprocess, ScaledPixels, Task, hookimpl
from zoo_prior.config import PriorConfig

if TYPE_CHECKING:
    from torch import Tensor, nn


class Prior(Architecture[PriorConfig]):
    """The mean mask of the training pictures."""

    name = "prior"
    summary = "no network: the mean mask by position, what every network must beat"
    tasks = ("segmentation",)
    citation = "The maximum-likelihood estimate of a categorical distribution per position, with Lidstone smoothing"
    config = PriorConfig
    closed_form = "all"

    def preprocess(self, config: PriorConfig, task: Task[Any]) -> Preprocess:
        """Pixel values / 255, of which the prior uses none."""
        return ScaledPixels(task.channels)

    def build(self, config: PriorConfig, in_channels: int, num_classes: int) -> nn.Module:
        """The grid of `zoo_prior.model`."""
        from zoo_prior.model import MeanMask

        return MeanMask(config, num_classes)

    def complexity(self, config: PriorConfig) -> Sequence[LayerCost]:
        """Derived by hand: nothing is trained, and enlarging the grid multiplies no weight."""
        return (LayerCost("model", outputs="NC * H * W"),)

    def fit(self, model: nn.Module, batches: Iterable[tuple[Tensor, Tensor]]) -> None:
        """Count, in one pass over the training masks."""
        from zoo_prior.model import MeanMask

        assert isinstance(model, MeanMask)
        model.count(batches)


@hookimpl
def zoo_architectures() -> list[Architecture[Any]]:
    """One architecture."""
    return [Prior()]
