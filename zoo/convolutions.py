"""Convolutions by name: torch's own, and those that plugins bring for others to build with.

An architecture that lets its user choose has a setting ``conv``, a name, and builds its layers by what `convolution`
finds for it. So ``zoo run unet --set conv=myconv:fast`` joins two plugins that do not know each other.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zoo.errors import unknown

if TYPE_CHECKING:
    from torch import nn

TORCH = "torch"
"""The name of torch's own convolution, nn.Conv2d."""


@dataclass(frozen=True)
class Convolution:
    """A convolution layer that a plugin brings, by the hook ``zoo_convolutions``.

    Attributes:
        name: ``plugin:variant``, in lower case.
        summary: what it is, in a line.
        load: gives what is called like nn.Conv2d and makes the layer; torch may be imported only then. A layer has
            the state-dict names of nn.Conv2d, and from the same seed the same initial weights.
    """

    name: str
    summary: str
    load: Callable[[], Callable[..., nn.Module]]


@functools.cache
def convolution(name: str) -> Callable[..., nn.Module]:
    """What makes layers of that name, called like nn.Conv2d: ``torch``, or what an installed plugin brings.

    A name means the same wherever it is built: only installed plugins are asked, which cannot change during a run. So a
    plugin in a single file, named on the command line, cannot bring one.

    Raises:
        UserError: if there is none of that name, or if two plugins claim it.
    """
    if name == TORCH:
        from torch import nn

        return nn.Conv2d
    from zoo.registry import load_registry

    registry = load_registry()
    known = [entry.name for entry in registry.convolutions()]
    if name not in known:
        raise unknown("convolution", name, [TORCH, *known])
    return registry.convolution(name).value.load()
