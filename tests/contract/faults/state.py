"""It computes with a copy of its weights.

check_state: a network with another's weights computes something else
"""

from __future__ import annotations

from typing import Any

from sound import Sound, SoundConfig

from zoo.api import hookimpl


class Fault(Sound):
    """With a copy."""

    def build(self, config: SoundConfig, in_channels: int, num_classes: int) -> Any:
        """Keep the sum of the first weights as a plain tensor."""
        from torch import nn

        class Copied(nn.Sequential):
            def __init__(self, *layers: Any) -> None:
                super().__init__(*layers)
                self.copy = layers[0].weight.detach().clone()

            def forward(self, x_NCHW: Any) -> Any:
                return super().forward(x_NCHW) + (self[0].weight - self.copy.to(x_NCHW.device)).sum()

        return Copied(*super().build(config, in_channels, num_classes))


@hookimpl
def zoo_architectures() -> list[Fault]:
    """The fault."""
    return [Fault()]
