"""Recipes: everything about a training that is not the architecture, the task or the data."""

from __future__ import annotations

import math
from dataclasses import dataclass

from zoo.config import Config, setting


@dataclass(frozen=True)
class Recipe(Config):
    """How AdamW is driven (Kingma and Ba 2015, arXiv:1412.6980; Loshchilov and Hutter 2019, arXiv:1711.05101)."""

    epochs: int = setting(5, low=1, high=100_000, help="passes over the training pictures")
    max_steps: int = setting(
        0, low=0, high=1_000_000_000, help="maximum number of optimizer steps, if the epochs allow more; 0: no maximum"
    )
    batch_size: int = setting(32, low=1, high=1_000_000, help="images per step, over all devices")
    lr: float = setting(2e-2, low=0.0, high=100.0, help="learning rate; the peak of a one-cycle schedule")
    weight_decay: float = setting(0.0, low=0.0, high=10.0, help="decoupled weight decay of AdamW; 0: Adam")
    schedule: str = setting(
        "one-cycle", choices=("one-cycle", "constant"), help="one-cycle (Smith and Topin 2018) or constant"
    )
    precision: str = setting(
        "auto", choices=("auto", "bf16", "fp32"), help="auto: bf16 autocast where the processor has it natively"
    )
    train: str = setting("all", help="layers to train: all, last, head, or from:LAYER; the others are frozen")
    backbone_lr_share: float = setting(
        1.0, low=0.0, high=1.0, help="learning rate of all layers but the head, as a share of lr"
    )
    augment: str = setting(
        "none",
        choices=("none", "flip", "full"),
        help="augmentation of training pictures: flip, or full: also scale and light",
    )
    channels_last: bool = setting(True, help="whether activations are laid out as NHWC in memory")
    best: str = setting(
        "loss", help="metric whose best epoch's weights are kept beside the last, as best.safetensors; none: no"
    )

    def steps(self, steps_per_epoch: int) -> int:
        """Steps of a training whose epochs have so many steps each; the last epoch may end early."""
        steps = self.epochs * steps_per_epoch
        return min(steps, self.max_steps) if self.max_steps else steps

    def num_epochs(self, steps_per_epoch: int) -> int:
        """Epochs of a training whose epochs have so many steps each; one that ends early counts."""
        return math.ceil(self.steps(steps_per_epoch) / steps_per_epoch)


@dataclass(frozen=True)
class NamedRecipe:
    """A recipe as a plugin registers it, by the hook ``zoo_recipes``.

    Attributes:
        name: as in ``--recipe NAME``.
        summary: what it is for, in a line.
        recipe: its settings. An architecture may change some of them by `Architecture.recipes`.
    """

    name: str
    summary: str
    recipe: Recipe
