# coordinates.py
"""Preprocessing of your own: the network also sees where each pixel lies."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zoo.api import Architecture, Config, Preprocess, hookimpl, setting

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class CoordinatesConfig(Config):
    """The size of the network."""

    width: int = setting(
        16,
        symbol="NF",
        low=1,
        high=512,
        help="filters of the hidden convolution",
    )


class Coordinates(Architecture[CoordinatesConfig]):
    """Liu et al. (2018) call it CoordConv."""

    name = "coordinates"
    summary = "two convolutions that are told where every pixel lies"
    tasks = ("colorization",)
    citation = (
        "Liu et al. (2018), An Intriguing Failing of Convolutional Neural "
        "Networks, arXiv:1807.03247"
    )
    config = CoordinatesConfig

    def preprocess(self, config, task):
        """Pixel values / 255, and row and column from -1 to 1."""
        return with_coordinates(task.channels)

    def build(self, config, in_channels, num_classes):
        """`in_channels` counts the picture's channels and two more."""
        from torch import nn

        return nn.Sequential(
            nn.Conv2d(in_channels, config.width, 3, padding=1),
            nn.BatchNorm2d(config.width),
            nn.ReLU(),
            nn.Conv2d(config.width, num_classes, 1),
        )


def with_coordinates(channels: int) -> Preprocess:
    """Made in a function, so that loading this file imports no torch."""
    import torch

    class WithCoordinates(Preprocess):
        """Pixel values / 255, then row and column from -1 to 1."""

        def __init__(self, picture_channels: int) -> None:
            self.channels = picture_channels + 2

        def encode(self, picture_NCHW: "Tensor") -> "Tensor":
            """From uint8 (N, C, H, W) to float (N, C + 2, H, W)."""
            number, _, height, width = picture_NCHW.shape
            device = picture_NCHW.device
            row = (
                torch.linspace(-1, 1, height, device=device)
                .view(1, 1, height, 1)
                .expand(number, 1, height, width)
            )
            column = (
                torch.linspace(-1, 1, width, device=device)
                .view(1, 1, 1, width)
                .expand(number, 1, height, width)
            )
            return torch.cat([picture_NCHW.float() / 255, row, column], dim=1)

        def decode(
            self, logits_NKHW: "Tensor", height: int, width: int
        ) -> "Tensor":
            """The logits already have the picture's size."""
            return logits_NKHW

    return WithCoordinates(channels)


@hookimpl
def zoo_architectures():
    """The architectures that this file brings."""
    return [Coordinates()]
