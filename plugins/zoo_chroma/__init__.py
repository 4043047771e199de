"""A network that beats the table, because it starts from it: counted log-probabilities plus a U-Net at full size."""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from zoo.api import Architecture, Preprocess, ScaledPixels, Task, hookimpl
from zoo_chroma.config import ChromaConfig

if TYPE_CHECKING:
    from torch import Tensor, nn


class ChromaNetwork(Architecture[ChromaConfig]):
    """The table from grey level to color, and a U-Net on top of it."""

    name = "chroma"
    summary = "the lookup's table plus a U-Net at full resolution: beats the table"
    tasks = ("colorization",)
    citation = (
        "Our own. U-Net: Ronneberger, Fischer and Brox (2015), arXiv:1505.04597; a network that adds to a simpler "
        "predictor's logits: gradient boosting's first step, Friedman (2001), Annals of Statistics 29"
    )
    config = ChromaConfig
    closed_form = "part"
    head = "head"
    shipped = "shipped"
    recipes = MappingProxyType(
        {
            "default": {"epochs": 12, "batch_size": 50, "lr": 8e-3, "weight_decay": 0.05, "augment": "flip"},
            "full": {"epochs": 30, "batch_size": 50, "lr": 8e-3, "weight_decay": 0.05, "augment": "flip"},
        }
    )

    def preprocess(self, config: ChromaConfig, task: Task[Any]) -> Preprocess:
        """Grey levels / 255 and, unless that is switched off, the position."""
        multiple = 2 ** (config.depth + (not config.full_resolution))
        if not config.position:
            return ScaledPixels(task.channels, multiple=multiple)
        from zoo_chroma.preprocess import GreyAndPosition

        return GreyAndPosition(task.channels, multiple=multiple)

    def build(self, config: ChromaConfig, in_channels: int, num_classes: int) -> nn.Module:
        """The network of `zoo_chroma.model`."""
        from zoo_chroma.model import Chroma

        return Chroma(config, in_channels, num_classes)

    def fit(self, model: nn.Module, batches: Iterable[tuple[Tensor, Tensor]]) -> None:
        """Count the table, before the loop trains the rest."""
        from zoo_chroma.model import Chroma

        assert isinstance(model, Chroma)
        model.count(batches)


@hookimpl
def zoo_architectures() -> list[Architecture[Any]]:
    """One architecture."""
    return [ChromaNetwork()]
