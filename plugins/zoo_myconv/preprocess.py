"""What the network is fed: pixel values / 256, as in the course, on sizes that two poolings divide."""

from __future__ import annotations

from zoo.preprocess import ScaledPixels


class MyConvPreprocess(ScaledPixels):
    """Two poolings halve a picture twice, so its height and width must be multiples of four."""

    multiple = 4
    divisor = 256.0
