"""Its convolution has no padding.

check_logits: the logits have the shape (2, 5, 14, 14), not (2, 5, 16, 16)
"""

from __future__ import annotations

from typing import Any

from sound import Sound, SoundConfig

from zoo.api import hookimpl


class Fault(Sound):
    """Shrinking."""

    def build(self, config: SoundConfig, in_channels: int, num_classes: int) -> Any:
        """Forget the padding."""
        from torch import nn

        model = super().build(config, in_channels, num_classes)
        model[0] = nn.Conv2d(in_channels, config.width, 3)
        return model

    def complexity(self, config: SoundConfig) -> None:
        """Derived."""


@hookimpl
def zoo_architectures() -> list[Fault]:
    """The fault."""
    return [Fault()]
