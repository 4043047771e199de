"""It normalizes over the batch in evaluation too.

check_batch: a picture gives other logits alone than in a batch
"""

from __future__ import annotations

from typing import Any

from sound import Sound, SoundConfig

from zoo.api import hookimpl


class Fault(Sound):
    """Always in training."""

    def build(self, config: SoundConfig, in_channels: int, num_classes: int) -> Any:
        """Keep no statistics."""
        from torch import nn

        model = super().build(config, in_channels, num_classes)
        model[1] = nn.BatchNorm2d(config.width, track_running_stats=False)
        return model


@hookimpl
def zoo_architectures() -> list[Fault]:
    """The fault."""
    return [Fault()]
