"""The zoo from Python, beside `zoo.train`: list, build, load."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import nn

from zoo.api import Architecture, Config, DataRequest, Entry, Splits
from zoo.api.data import check_size
from zoo.config import Value
from zoo.data.cache import cache_folder
from zoo.network import model_of
from zoo.registry import Registry, load_registry

CLASSES = 24
"""Classes of the course's task: what `build` assumes where nothing else is said."""


def architectures(registry: Registry | None = None) -> list[Entry[Architecture[Any]]]:
    """Every architecture that an installed plugin brings."""
    return (registry or load_registry()).architectures()


def build(
    name: str,
    *,
    in_channels: int = 1,
    num_classes: int = CLASSES,
    seed: int = 0,
    registry: Registry | None = None,
    **settings: Value,
) -> nn.Module:
    """Build a network that is untrained, or as pretrained as its architecture is by default.

    Args:
        name: an architecture's name or address.
        in_channels: channels of its input (NIC).
        num_classes: classes of its logits (NC).
        seed: fixes the initial weights.
        registry: the plugins to draw from; by default all that are installed.
        **settings: changes to the architecture's settings, such as ``num_filters=64``.

    Returns:
        A module from float (N, in_channels, H, W) to logits (N, num_classes, H, W).

    Raises:
        UserError: if the name or a setting is unknown, or a value out of bounds.
    """
    registry = registry or load_registry()
    architecture = registry.architecture(name).value
    config = registry.configure(architecture.config(), settings)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = model_of(architecture, config, in_channels, num_classes)
    architecture.initialize(config, model)
    return model


def build_on_meta(architecture: Architecture[Any], config: Config, in_channels: int, num_classes: int) -> nn.Module:
    """Build a network that has shapes but no numbers: quick, and enough to count with."""
    with torch.device("meta"):
        return model_of(architecture, config, in_channels, num_classes)


def load_data(
    data: str,
    *,
    size: int = 32,
    classes: Sequence[str] = (),
    seed: int = 0,
    masks: bool = False,
    registry: Registry | None = None,
    progress: Callable[[str, int, int], None] = lambda label, done, total: None,
) -> Splits:
    """Load a data set, ``NAME`` or ``NAME:ARGUMENT``; it is kept in the cache for the next time.

    Masks are read of a folder only where they are wanted; an image without one is then an error.

    Raises:
        UserError: if the data set is unknown, the size out of bounds, or the data cannot be had.
    """
    check_size(size)
    name, _, argument = data.partition(":")
    dataset = (registry or load_registry()).dataset(name).value
    return dataset.load(DataRequest(argument, size, tuple(classes), seed, cache_folder(), progress, masks))
