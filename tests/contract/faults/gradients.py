"""A layer is multiplied by zero.

check_gradients: 0.weight, 0.bias, 1.weight gets no gradient
"""

from __future__ import annotations

from typing import Any

from sound import Sound, SoundConfig

from zoo.api import hookimpl


class Fault(Sound):
    """Silenced."""

    def build(self, config: SoundConfig, in_channels: int, num_classes: int) -> Any:
        """Multiply."""
        from torch import nn

        class Silent(nn.Module):
            def forward(self, x_NCHW: Any) -> Any:
                return x_NCHW * 0

        model = super().build(config, in_channels, num_classes)
        return nn.Sequential(*model[:2], Silent(), model[3])


@hookimpl
def zoo_architectures() -> list[Fault]:
    """The fault."""
    return [Fault()]
