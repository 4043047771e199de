"""It makes a tensor on the CPU whatever torch's current device is.

check_meta: 3.table is not on the meta device
"""

from __future__ import annotations

from typing import Any

from sound import Sound, SoundConfig

from zoo.api import hookimpl


class Fault(Sound):
    """Bound to the CPU."""

    def build(self, config: SoundConfig, in_channels: int, num_classes: int) -> Any:
        """A buffer of its own."""
        import torch

        model = super().build(config, in_channels, num_classes)
        model[3].register_buffer("table", torch.zeros(1, device="cpu"))
        return model


@hookimpl
def zoo_architectures() -> list[Fault]:
    """The fault."""
    return [Fault()]
