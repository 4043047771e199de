"""Reading one mask: the number of every pixel's class.

What is accepted, and how it is read:

- grey pictures of any bit depth, and black-and-white ones: their levels, from 0 to 255;
- color pictures whose three channels are equal: their level;
- indexed pictures: their indices; but if their palette is of greys only, their levels, as any viewer shows them;
- an opaque alpha channel is left out.

Everything else is refused: colors, transparency, animations, and 16 bits with values beyond 255.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from zoo.data.decoding import decode, refuse_inverted, upright
from zoo.data.images import Pixels

Color = tuple[int, int, int]


@dataclass(frozen=True)
class Mask:
    """A mask as its file says it.

    Attributes:
        classes: the number of every pixel's class, (H, W).
        palette: of an indexed picture the color of every index that occurs; empty for any other.
    """

    classes: Pixels
    palette: dict[int, Color]


def read_mask(path: Path) -> Mask:
    """Read a mask upright.

    Raises:
        UnreadableImageError: if it is missing, damaged or too large, or not accepted; see above.
    """
    return decode(path, _mask)


def _mask(image: Image.Image) -> Mask:
    if getattr(image, "n_frames", 1) > 1:
        raise ValueError("it holds several pictures")
    image = upright(image)
    if image.mode == "P":
        return _indexed(image)
    if image.mode == "1":
        image = image.convert("L")
    if image.mode == "L":
        return Mask(np.array(image), {})
    if image.mode.startswith(("I", "F")):
        refuse_inverted(image)
        levels = np.array(image)
        if not (levels.min() >= 0 and levels.max() <= 255 and (levels == np.rint(levels)).all()):
            raise ValueError("its values are not whole numbers from 0 to 255")
        return Mask(levels.astype(np.uint8), {})
    if image.has_transparency_data and image.convert("RGBA").getchannel("A").getextrema() != (255, 255):
        raise ValueError("it is transparent in places; save it without transparency")
    rgb = np.array(image.convert("RGB"))
    if (rgb != rgb[..., :1]).any():
        raise ValueError("it is in color; class numbers are saved as grey levels or as an indexed picture")
    return Mask(np.ascontiguousarray(rgb[..., 0]), {})


def _indexed(image: Image.Image) -> Mask:
    indices = np.array(image)
    flat = image.getpalette("RGB") or []
    colors: list[Color] = [(flat[at], flat[at + 1], flat[at + 2]) for at in range(0, len(flat) - 2, 3)]
    occurring = np.bincount(indices.ravel()).nonzero()[0].tolist()
    if occurring[-1] >= len(colors):
        raise ValueError(f"its palette has no color {occurring[-1]}")
    if all(red == green == blue for red, green, blue in colors):
        levels = np.array([red for red, _, _ in colors], np.uint8)
        if len(set(levels[occurring].tolist())) < len(occurring):
            raise ValueError("its palette gives two classes the same grey")
        return Mask(levels[indices], {})
    return Mask(indices, {index: colors[index] for index in occurring})
