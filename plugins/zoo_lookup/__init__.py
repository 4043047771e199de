"""No network at all: for every grey level, the color that goes with it most often.

A network whose figures are worse than this one's has learned less than a table of 256 rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from zoo.api import Architecture, LayerCost, Preprocess, ScaledPixels, Task, hookimpl
from zoo_lookup.config import LookupConfig

if TYPE_CHECKING:
    from torch import Tensor, nn


class Lookup(Architecture[LookupConfig]):
    """A table from grey level to class frequencies."""

    name = "lookup"
    summary = "no network: grey level to commonest color, what every network must beat"
    tasks = ("colorization",)
    citation = "The maximum-likelihood estimate of a categorical distribution per grey level, with Lidstone smoothing"
    config = LookupConfig
    closed_form = "all"

    def preprocess(self, config: LookupConfig, task: Task[Any]) -> Preprocess:
        """Grey levels as they are, 0 to 255."""
        return ScaledPixels(task.channels, divisor=1)

    def build(self, config: LookupConfig, in_channels: int, num_classes: int) -> nn.Module:
        """The table of `zoo_lookup.model`."""
        from zoo_lookup.model import LookupTable

        return LookupTable(config, in_channels, num_classes)

    def complexity(self, config: LookupConfig) -> Sequence[LayerCost]:
        """Derived by hand."""
        from zoo_lookup.complexity import LAYERS

        return LAYERS

    def fit(self, model: nn.Module, batches: Iterable[tuple[Tensor, Tensor]]) -> None:
        """Count, in one pass over the training pixels."""
        from zoo_lookup.model import LookupTable

        assert isinstance(model, LookupTable)
        model.count(batches)


@hookimpl
def zoo_architectures() -> list[Architecture[Any]]:
    """One architecture."""
    return [Lookup()]
