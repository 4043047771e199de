"""The tasks, data sets, convolutions and experiments of the core, brought by the same hooks that plugins use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zoo.api import TORCH, Convolution, Dataset, Experiment, NamedRecipe, Task, hookimpl
from zoo.data.cifar10 import Cifar10
from zoo.data.composed import Composed
from zoo.data.folder import Folder
from zoo.data.pets import Pets
from zoo.data.photos import Photos
from zoo.experiments.questions.batch_size import BatchSize
from zoo.experiments.questions.beats import Beats
from zoo.experiments.questions.count import Count
from zoo.experiments.questions.double_input import DoubleInput
from zoo.experiments.questions.finetune_cost import FinetuneCost
from zoo.experiments.questions.looks import Looks
from zoo.experiments.questions.lookup import Lookup
from zoo.experiments.questions.rescale import Rescale
from zoo.experiments.questions.skips import Skips
from zoo.tasks.colorization import Colorization
from zoo.tasks.segmentation import Segmentation
from zoo.training.recipes import RECIPES


@hookimpl
def zoo_tasks() -> list[Task[Any]]:
    """Colorization and segmentation."""
    return [Colorization(), Segmentation()]


@hookimpl
def zoo_datasets() -> list[Dataset]:
    """The embedded photos, pictures composed of them, two that are downloaded, and any folder of images."""
    return [Photos(), Composed(), Cifar10(), Pets(), Folder()]


@hookimpl
def zoo_recipes() -> Sequence[NamedRecipe]:
    """The zoo's own, and the course's."""
    return RECIPES


@hookimpl
def zoo_convolutions() -> list[Convolution]:
    """Torch's own."""
    return [TORCH]


@hookimpl
def zoo_experiments() -> list[Experiment]:
    """The course's questions, and our own."""
    return [Looks(), Count(), Rescale(), Skips(), BatchSize(), FinetuneCost(), DoubleInput(), Lookup(), Beats()]
