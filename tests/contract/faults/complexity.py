"""A formula is wrong.

check_complexity: 0, weights: registered
"""

from __future__ import annotations

from dataclasses import replace

from sound import Sound, SoundConfig

from zoo.api import LayerCost, hookimpl


class Fault(Sound):
    """Miscounted."""

    def complexity(self, config: SoundConfig) -> list[LayerCost]:
        """Forget the kernel."""
        first, second = super().complexity(config)
        return [replace(first, weights="NIC * NF"), second]


@hookimpl
def zoo_architectures() -> list[Fault]:
    """The fault."""
    return [Fault()]
