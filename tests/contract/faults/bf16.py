"""It mixes number formats.

check_bf16: RuntimeError
"""

from __future__ import annotations

from typing import Any

from sound import Sound, SoundConfig

from zoo.api import hookimpl


class Fault(Sound):
    """Of one format."""

    def build(self, config: SoundConfig, in_channels: int, num_classes: int) -> Any:
        """Shrink the hidden maps towards a tensor of float32."""
        import torch
        from torch import nn

        class Shrunk(nn.Module):
            def forward(self, x_NCHW: Any) -> Any:
                return torch.lerp(x_NCHW, torch.zeros(x_NCHW.shape, device=x_NCHW.device), 0.5)

        model = super().build(config, in_channels, num_classes)
        return nn.Sequential(*model[:3], Shrunk(), model[3])

    def complexity(self, config: SoundConfig) -> None:
        """Derived."""


@hookimpl
def zoo_architectures() -> list[Fault]:
    """The fault."""
    return [Fault()]
