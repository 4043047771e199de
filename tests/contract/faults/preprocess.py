"""Its preprocessing pads, and does not cut the padding off.

check_preprocess: decode() gave (1, 5, 20, 20) for a picture of 16x16
"""

from __future__ import annotations

from typing import Any

from sound import Sound, SoundConfig

from zoo.api import ScaledPixels, hookimpl


class Padded(ScaledPixels):
    """Two pixels on every side."""

    def encode(self, picture_NCHW: Any) -> Any:
        """Pad."""
        from torch.nn import functional as F

        return F.pad(super().encode(picture_NCHW), (2, 2, 2, 2))

    def decode(self, logits_NKHW: Any, height: int, width: int) -> Any:
        """Nothing."""
        return logits_NKHW


class Fault(Sound):
    """Padded."""

    def preprocess(self, config: SoundConfig, task: Any) -> ScaledPixels:
        """Pad."""
        return Padded(task.channels)


@hookimpl
def zoo_architectures() -> list[Fault]:
    """The fault."""
    return [Fault()]
