"""Its networks share a layer.

check_apart: two networks share 1
"""

from __future__ import annotations

from typing import Any

from sound import Sound, SoundConfig

from zoo.api import hookimpl

SHARED: dict[tuple[int, str], Any] = {}


class Fault(Sound):
    """Thrifty."""

    def build(self, config: SoundConfig, in_channels: int, num_classes: int) -> Any:
        """Make the normalization once for every width and device."""
        import torch

        model = super().build(config, in_channels, num_classes)
        key = config.width, str(torch.get_default_device())
        model[1] = SHARED.setdefault(key, model[1])
        return model


@hookimpl
def zoo_architectures() -> list[Fault]:
    """The fault."""
    return [Fault()]
