"""What the lookup is fed: grey levels, unscaled, for they are row numbers."""

from __future__ import annotations

from zoo.preprocess import ScaledPixels


class GreyLevels(ScaledPixels):
    """Grey levels 0 to 255, unscaled."""

    divisor = 1.0
