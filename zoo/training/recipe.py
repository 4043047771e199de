"""Recipes: everything about a training that is not the architecture, the task or the data."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zoo.api import Architecture
from zoo.config import Config, Value, replace, setting
from zoo.errors import unknown


@dataclass(frozen=True)
class Recipe(Config):
    """Adam (Kingma and Ba 2015, arXiv:1412.6980) and how it is driven."""

    epochs: int = setting(5, low=1, high=100_000, help="passes over the training pictures")
    max_steps: int = setting(
        0, low=0, high=1_000_000_000, help="end after so many steps if the epochs have not ended before; 0: no limit"
    )
    batch_size: int = setting(32, low=1, high=1_000_000, help="pictures a step, over all processes together")
    lr: float = setting(2e-2, low=0.0, high=100.0, help="learning rate; the peak of a one-cycle schedule")
    schedule: str = setting(
        "one-cycle", choices=("one-cycle", "constant"), help="one-cycle (Smith and Topin 2018) or constant"
    )
    precision: str = setting(
        "auto", choices=("auto", "bf16", "fp32"), help="auto: bf16 autocast where the processor has it natively"
    )
    train: str = setting("all", help="what is trained: all, last (layer), head, or from:LAYER; the rest is frozen")
    backbone_lr_share: float = setting(
        1.0, low=0.0, high=1.0, help="learning rate of what is not the head, as a share of lr"
    )
    augment: str = setting(
        "none",
        choices=("none", "flip", "full"),
        help="changes to training pictures: flip, or full: also scale and light",
    )
    channels_last: bool = setting(True, help="whether activations are laid out as NHWC in memory")

    def steps(self, epoch_steps: int) -> int:
        """Steps of a whole training, whose epochs are of so many steps each; the last epoch may end before its time."""
        steps = self.epochs * epoch_steps
        return min(steps, self.max_steps) if self.max_steps else steps

    def passes(self, epoch_steps: int) -> int:
        """Epochs of a whole training, whose epochs are of so many steps each; one that ends before its time counts."""
        return math.ceil(self.steps(epoch_steps) / epoch_steps)


_COURSE = Recipe(epochs=25, batch_size=100, lr=1e-3, schedule="constant", precision="fp32", channels_last=False)

RECIPES: dict[str, Recipe] = {
    "default": Recipe(),
    "full": Recipe(epochs=15, augment="full"),
    "course": _COURSE,
    "course-2020": _COURSE,
}
"""By name. An architecture may change fields of each by `Architecture.recipes`, as the baseline does of course-2020."""


def resolve_recipe(name: str, architecture: Architecture[Any], changes: Mapping[str, Value]) -> Recipe:
    """The recipe of that name, as the architecture and then the user change it.

    Raises:
        UserError: if the name or a field is unknown, or a value out of bounds.
    """
    if name not in RECIPES:
        raise unknown("recipe", name, RECIPES)
    return replace(RECIPES[name], {**architecture.recipes.get(name, {}), **changes})
