"""Its first weights come from a generator of its own.

check_seed: 0.weight differs between two builds from one seed
"""

from __future__ import annotations

import random
from typing import Any

from sound import Sound, SoundConfig

from zoo.api import hookimpl


class Fault(Sound):
    """Random in its own way."""

    def build(self, config: SoundConfig, in_channels: int, num_classes: int) -> Any:
        """Draw with Python's generator."""
        model = super().build(config, in_channels, num_classes)
        model[0].weight.data.mul_(random.uniform(0.5, 1.5))
        return model


@hookimpl
def zoo_architectures() -> list[Fault]:
    """The fault."""
    return [Fault()]
