"""At the lower bound of a setting it divides by zero.

check_bounds: with gain=0.0 the logits are not finite
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sound import Sound, SoundConfig

from zoo.api import hookimpl, setting


@dataclass(frozen=True)
class FaultConfig(SoundConfig):
    """One setting more."""

    gain: float = setting(1.0, low=0.0, high=2.0, help="what the logits are divided by")


class Fault(Sound):
    """Divided."""

    config = FaultConfig

    def build(self, config: SoundConfig, in_channels: int, num_classes: int) -> Any:
        """Divide."""
        from torch import nn

        assert isinstance(config, FaultConfig)
        gain = config.gain

        class Divided(nn.Sequential):
            def forward(self, x_NCHW: Any) -> Any:
                return super().forward(x_NCHW) / gain

        return Divided(*super().build(config, in_channels, num_classes))


@hookimpl
def zoo_architectures() -> list[Fault]:
    """The fault."""
    return [Fault()]
