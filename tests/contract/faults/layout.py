"""It reads memory as though it were contiguous.

check_layout: the logits differ between channels_last and contiguous memory
"""

from __future__ import annotations

from typing import Any

from sound import Sound, SoundConfig

from zoo.api import hookimpl


class Fault(Sound):
    """Strided."""

    def build(self, config: SoundConfig, in_channels: int, num_classes: int) -> Any:
        """Take the values of the hidden maps in the order of memory."""
        from torch import nn

        class InMemory(nn.Module):
            def forward(self, x_NCHW: Any) -> Any:
                n, c, h, w = x_NCHW.shape
                return x_NCHW.as_strided((n, c, h, w), (c * h * w, h * w, w, 1))

        model = super().build(config, in_channels, num_classes)
        return nn.Sequential(*model[:3], InMemory(), model[3])

    def complexity(self, config: SoundConfig) -> None:
        """Derived."""


@hookimpl
def zoo_architectures() -> list[Fault]:
    """The fault."""
    return [Fault()]
