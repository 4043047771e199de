"""Reading any picture as 8-bit RGB, cutting it to size, and writing one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from zoo.data.decoding import decode, in_a_line, refuse_inverted, upright
from zoo.errors import UserError, printable
from zoo.files import replacing

Pixels = npt.NDArray[np.uint8]

IMAGE_SUFFIXES = frozenset(
    {
        *(".avif", ".bmp", ".gif", ".jfif", ".jp2", ".jpeg", ".jpg", ".pbm", ".pgm", ".png", ".pnm", ".ppm"),
        *(".tga", ".tif", ".tiff", ".webp"),
        ".heic",  # which Pillow does not read: its owner should hear of it rather than wonder
    }
)
"""How the name of a file ends that is taken for an image, in lower case."""

_FORMATS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG"}

_STRIP_PIXELS = 1_000_000
"""Pictures are converted in strips of so many pixels: whole copies of a large one would take gigabytes."""

_DARKEST = 4096
"""16-bit values that all lie below this are those of a 12-bit camera or of 8 bits: as 16 bits they are black."""


def read_rgb(path: Path, *, at_least: int = 0) -> Pixels:
    """Read a picture upright, as 8-bit RGB: (H, W, 3).

    Transparency is laid over white, 16 bits are scaled to 8, and the first picture of an animation is taken.

    Args:
        path: a file in any format that Pillow reads.
        at_least: if above 0, a JPEG may be decoded at a half, a quarter or an eighth of its size, as long as
            its shorter side keeps at least twice this many pixels: it saves most of a large photo's time.

    Raises:
        UnreadableImageError: if it is missing, a folder, not a picture, damaged or too large, or if its values
            do not say how bright it is.
    """
    return decode(path, _rgb, at_least=at_least)


def square(image: Pixels, size: int) -> Pixels:
    """Cut the largest square from the middle of a picture (H, W, 3) and `resize` it to (size, size, 3)."""
    height, width = image.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    return resize(image[top : top + side, left : left + side], size, size)


def square_mask(mask: Pixels, size: int) -> Pixels:
    """What `square` does, for a mask (H, W): every pixel takes the nearest one's class; (size, size)."""
    height, width = mask.shape
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    cut = np.ascontiguousarray(mask[top : top + side, left : left + side])
    return np.array(Image.fromarray(cut).resize((size, size), Image.Resampling.NEAREST))


def resize(image: Pixels, height: int, width: int) -> Pixels:
    """Resize a picture (H, W, 3), antialiased, to (height, width, 3)."""
    if image.shape[:2] == (height, width):
        return np.ascontiguousarray(image)
    resized = Image.fromarray(np.ascontiguousarray(image)).resize((width, height), Image.Resampling.BICUBIC)
    return np.array(resized)


def write_image(path: Path, array: Pixels) -> None:
    """Write a picture (H, W, 3) as PNG or JPEG, as the suffix says, whole or not at all.

    Raises:
        UserError: if the suffix is neither of them, or the file cannot be written.
    """
    file_format = _FORMATS.get(path.suffix.lower())
    if file_format is None:
        raise UserError(f"cannot write {printable(str(path))}: name it .png or .jpg, not {path.suffix or 'nothing'!r}.")
    # Chroma at full resolution: it is the colors that the picture is for.
    options = {"quality": 95, "subsampling": 0} if file_format == "JPEG" else {}
    try:
        with replacing(path) as temporary:
            Image.fromarray(array).save(temporary, format=file_format, **options)
    except OSError as error:
        raise UserError(f"cannot write {printable(str(path))}: {in_a_line(error)}.") from None


def _rgb(image: Image.Image) -> Pixels:
    """Convert a picture to (H, W, 3), a strip of rows at a time."""
    deep = any(
        ";16" in repr(tile[3]) for tile in getattr(image, "tile", ())
    )  # of 16-bit colors Pillow keeps the upper 8 bits
    image = upright(image)
    to_strip = _grey_strip(image) if image.mode.startswith(("I", "F")) else _strip
    rgb = np.empty((image.height, image.width, 3), np.uint8)
    rows = max(1, _STRIP_PIXELS // image.width)
    for top in range(0, image.height, rows):
        bottom = min(top + rows, image.height)
        rgb[top:bottom] = to_strip(image.crop((0, top, image.width, bottom)))
    if deep and 0 < int(rgb.max()) < _DARKEST >> 8:
        raise ValueError(_too_dark(int(rgb.max()) << 8))
    return rgb


def _strip(image: Image.Image) -> Pixels:
    if image.has_transparency_data or image.mode in ("La", "RGBa"):
        straight = image.convert({"La": "LA", "RGBa": "RGBA"}.get(image.mode, image.mode)).convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", straight.size, "white"), straight)
    return np.array(image.convert("RGB"))


def _grey_strip(image: Image.Image) -> Callable[[Image.Image], Pixels]:
    """How to convert strips of a grey picture of 16-bit integers, or of floats from 0 to 1.

    Raises:
        ValueError: if its values are neither, if they are too dark for 16 bits, or if 0 is white.
    """
    refuse_inverted(image)
    floats = image.mode.startswith("F")
    low, high = (float(np.asarray(value)) for value in image.getextrema())
    if not floats and low >= 0 and 0 < high < _DARKEST:
        raise ValueError(_too_dark(int(high)))
    limit = 1 if floats else 65_535

    def convert(strip: Image.Image) -> Pixels:
        values = np.array(strip).astype(np.float64)
        if not (values.min() >= 0 and values.max() <= limit):  # said this way, it refuses what is not a number too
            raise ValueError("its pixels are neither 16-bit integers nor numbers from 0 to 1")
        return np.repeat(np.rint(values * (255 / limit)).astype(np.uint8)[:, :, None], 3, axis=2)

    return convert


def _too_dark(highest: int) -> str:
    return (
        f"its 16-bit values end at about {highest} of 65535, which is black in 8 bits; "
        "scale them up or save it with 8 bits"
    )
