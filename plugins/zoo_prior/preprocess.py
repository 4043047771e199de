"""What the prior is fed: a picture of the right size, of which it looks at no pixel."""

from __future__ import annotations

from zoo.preprocess import ScaledPixels


class Pixels(ScaledPixels):
    """Pixel values / 255, of which the prior uses none."""
