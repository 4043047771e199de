"""What the baseline is fed: pixel values / 256, as in the course, on sizes that two poolings divide."""

from __future__ import annotations

from zoo.preprocess import ScaledPixels


class BaselinePreprocess(ScaledPixels):
    """Pixel values / 256, on sizes that two poolings halve: multiples of four."""

    multiple = 4
    divisor = 256.0
