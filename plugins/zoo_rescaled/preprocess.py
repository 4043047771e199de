"""What the networks are fed before it is rescaled: pixel values / 256, as in the course."""

from __future__ import annotations

from zoo.preprocess import ScaledPixels


class RescaledPreprocess(ScaledPixels):
    """Pixel values / 256, on sizes that two poolings halve: multiples of four. The model itself does the rest."""

    multiple = 4
    divisor = 256.0
