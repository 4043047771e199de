# mine.py
"""An architecture in one file: three convolutions at full resolution."""

from dataclasses import dataclass

from zoo.api import Architecture, Config, hookimpl, setting


@dataclass(frozen=True)
class MineConfig(Config):
    """What `--set width=32` changes."""

    width: int = setting(
        16,
        symbol="NF",
        low=1,
        high=512,
        help="filters of the hidden convolutions",
    )


class Mine(Architecture[MineConfig]):
    """No pooling: the picture keeps its size, and a pixel sees 7x7 pixels."""

    name = "mine"
    summary = "three convolutions at full resolution"
    tasks = ("colorization",)
    citation = "my own"
    config = MineConfig

    def preprocess(self, config, task):
        """Pixel values / 255."""
        from zoo.api import ScaledPixels

        return ScaledPixels(task.channels)

    def build(self, config, in_channels, num_classes):
        """From (N, in_channels, H, W) to scores (N, num_classes, H, W)."""
        from torch import nn

        def hidden(channels):
            return (
                nn.Conv2d(channels, config.width, 3, padding=1),
                nn.BatchNorm2d(config.width),
                nn.ReLU(),
            )

        head = nn.Conv2d(config.width, num_classes, 3, padding=1)
        return nn.Sequential(*hidden(in_channels), *hidden(config.width), head)


@hookimpl
def zoo_architectures():
    """The architectures that this file brings."""
    return [Mine()]
