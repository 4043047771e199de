"""What every check needs: a way to say what was seen and what to change, and small networks and pictures."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from zoo.api import Architecture, Entry, Task
from zoo.network import Network, build_network

CLASSES = 5
SIZES = ((16, 16), (17, 23))
"""Height and width of the pictures that are tried: a usual size and an awkward one."""


class BrokenPromise(AssertionError):  # noqa: N818 -- an AssertionError with a message, as pytest reports them
    """An architecture does not do what the contract says."""


def require(held: bool, observed: str, change: str) -> None:
    """Raise `BrokenPromise` unless a promise is held; ``assert`` would be gone under ``python -O``.

    Args:
        held: whether it is.
        observed: what was observed instead.
        change: what to change in the architecture.
    """
    if not held:
        raise BrokenPromise(f"{observed}: {change}.")


def network_of(
    entry: Entry[Architecture[Any]], task: Task[Any], *, seed: int = 0, channels_last: bool = False
) -> Network:
    """A network with the default settings."""
    torch.manual_seed(seed)
    return build_network(entry.value, entry.value.config(), task, CLASSES, channels_last=channels_last)


def pictures(task: Task[Any], count: int, height: int = 16, width: int = 16) -> Tensor:
    """What a network may see, uint8 (count, C, height, width): squares of four pixels of random brightness."""
    coarse = torch.randint(0, 256, (count, task.channels, -(-height // 4), -(-width // 4)), dtype=torch.uint8)
    return coarse.repeat_interleave(4, 2).repeat_interleave(4, 3)[..., :height, :width].contiguous()


def classes_of(picture_NCHW: Tensor) -> Tensor:
    """Classes that can be learned from the pictures, uint8 (N, H, W): brighter is higher, the lowest commonest."""
    brightness_NHW = picture_NCHW.float().mean(dim=1) / 256
    return (brightness_NHW**2 * CLASSES).to(torch.uint8)
