"""Convolutions by name: torch's own, and those that plugins bring for others to build with.

An architecture that lets its user choose has a setting ``conv`` of type `Convolution`. Whoever reads the setting from
text asks the registry for the one of that name, so that `Architecture.build` finds a convolution in its config and
resolves no name itself. So ``zoo run unet --set conv=myconv:fast`` joins two plugins that do not know each other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class Convolution:
    """A convolution layer that a plugin brings, by the hook ``zoo_convolutions``.

    Attributes:
        name: ``plugin:variant``, in lower case.
        summary: what it is, in a line.
        load: returns what is called like nn.Conv2d and makes the layer; torch may be imported only then. A layer has
            the parameters of nn.Conv2d, by the same names, and from the same seed the same initial weights.
    """

    name: str
    summary: str
    load: Callable[[], Callable[..., nn.Module]] = field(compare=False)

    def __str__(self) -> str:
        return self.name


def _conv2d() -> Callable[..., nn.Module]:
    from torch import nn

    return nn.Conv2d


TORCH = Convolution("torch", "torch's own, nn.Conv2d", _conv2d)
"""What architectures build with unless told otherwise."""
