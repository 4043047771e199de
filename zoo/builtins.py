"""The tasks and data sets of the core, brought by the same hooks that plugins use."""

from __future__ import annotations

from typing import Any

from zoo.api import Dataset, Task, hookimpl
from zoo.data.cifar10 import Cifar10
from zoo.data.folder import Folder
from zoo.data.photos import Photos
from zoo.tasks.colorization import Colorization


@hookimpl
def zoo_tasks() -> list[Task[Any]]:
    """Colorization."""
    return [Colorization()]


@hookimpl
def zoo_datasets() -> list[Dataset]:
    """The embedded photos, CIFAR-10, and any folder of images."""
    return [Photos(), Cifar10(), Folder()]
