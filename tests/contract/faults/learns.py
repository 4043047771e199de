"""Its gradient has the wrong sign.

check_learns: the loss went from
"""

from __future__ import annotations

from typing import Any

from sound import Sound, SoundConfig

from zoo.api import hookimpl


class Fault(Sound):
    """Uphill."""

    def build(self, config: SoundConfig, in_channels: int, num_classes: int) -> Any:
        """Forward as ever, backward the other way."""
        from torch import nn

        class Uphill(nn.Sequential):
            def forward(self, x_NCHW: Any) -> Any:
                logits_NKHW = super().forward(x_NCHW)
                return 2 * logits_NKHW.detach() - logits_NKHW

        return Uphill(*super().build(config, in_channels, num_classes))


@hookimpl
def zoo_architectures() -> list[Fault]:
    """The fault."""
    return [Fault()]
