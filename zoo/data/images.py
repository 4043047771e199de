"""Reading any picture as 8-bit RGB, cutting it to size, and writing one."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError

from zoo.errors import UserError
from zoo.files import replacing

Pixels = npt.NDArray[np.uint8]
Read = TypeVar("Read")

IMAGE_SUFFIXES = frozenset(
    {
        *(".avif", ".bmp", ".gif", ".jfif", ".jp2", ".jpeg", ".jpg", ".pbm", ".pgm", ".png", ".pnm", ".ppm"),
        *(".tga", ".tif", ".tiff", ".webp"),
        ".heic",  # which Pillow does not read: its owner should hear of it rather than wonder
    }
)
"""How the name of a file ends that is taken for an image, in lower case."""

_FORMATS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG"}
_ORIENTATION = 0x0112  # the EXIF tag that says how the camera was held
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class UnreadableImageError(UserError):
    """A file that cannot be read as a picture.

    Attributes:
        path: the file.
        reason: what is wrong with it, in a few words, without the path.
    """

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"cannot read {shown(str(path))}: {reason}.")
        self.path = path
        self.reason = reason


def shown(name: str) -> str:
    """A file's name, with whatever would break a line or a terminal escaped."""
    return name if name.isprintable() else ascii(name)


def read_rgb(path: Path, *, at_least: int = 0) -> Pixels:
    """Read a picture upright, as 8-bit RGB: (H, W, 3).

    Transparency is laid over white, 16 bits are scaled to 8, and the first picture of an animation is taken.

    Args:
        path: a file in any format that Pillow reads.
        at_least: if above 0, a JPEG may be decoded at a half, a quarter or an eighth of its size, as long as
            its shorter side keeps at least twice this many pixels: it saves most of a large photo's time.

    Raises:
        UnreadableImageError: if it is missing, a folder, not a picture, damaged or too large.
    """
    return _read(path, _rgb, at_least)


def read_mask(path: Path) -> Pixels:
    """Read a mask upright: the number of every pixel's class, (H, W).

    Grey and black-and-white pictures give their levels, indexed ones their indices.

    Args:
        path: a file in any format that Pillow reads.

    Raises:
        UnreadableImageError: as `read_rgb` does, and if it is in color or its values go beyond 255.
    """
    return _read(path, _levels, 0)


def upright_size(path: Path) -> tuple[int, int]:
    """Height and width of what `read_rgb` gives, mostly without decoding it; raises as it does."""
    width, height = _read(path, lambda image: image.size, 0)
    return height, width


def _read(path: Path, convert: Callable[[Image.Image], Read], at_least: int) -> Read:
    if not os.path.isfile(path):  # checked first, as opening a pipe would wait for ever
        raise UnreadableImageError(path, _why_no_file(path))
    try:
        with Image.open(path) as image:
            if image.format == "EPS":  # Pillow would hand it to Ghostscript, which runs it as a program
                raise UnreadableImageError(path, "EPS is not supported")
            if at_least:
                image.draft(None, (2 * at_least, 2 * at_least))
            return convert(_upright(image))
    except UnreadableImageError:
        raise
    except UnidentifiedImageError:
        empty = path.stat().st_size == 0
        raise UnreadableImageError(path, "the file is empty" if empty else "not a picture that Pillow reads") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise UnreadableImageError(path, "more pixels than Pillow takes for safe") from None
    except Exception as error:  # damaged files make Pillow's decoders raise nearly anything
        raise UnreadableImageError(path, _in_a_line(error)) from None


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
        raise UserError(f"cannot write {shown(str(path))}: name it .png or .jpg, not {path.suffix or 'nothing'!r}.")
    # Chroma at full resolution: it is the colors that the picture is for.
    options = {"quality": 95, "subsampling": 0} if file_format == "JPEG" else {}
    try:
        with replacing(path) as temporary:
            Image.fromarray(array).save(temporary, format=file_format, **options)
    except OSError as error:
        raise UserError(f"cannot write {shown(str(path))}: {_in_a_line(error)}.") from None


def _why_no_file(path: Path) -> str:
    if os.path.isdir(path):
        return "it is a folder, not a picture"
    return "it is not an ordinary file" if os.path.exists(path) else "there is no such file"


def _in_a_line(error: Exception) -> str:
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    lines = text.strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__


def _upright(image: Image.Image) -> Image.Image:
    try:
        method = _UPRIGHT.get(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # a damaged EXIF block is no reason to refuse a picture that can be seen
        method = None
    return image if method is None else image.transpose(method)


def _rgb(image: Image.Image) -> Pixels:
    if image.mode.startswith(("I", "F")):
        grey = _eight_bits(np.array(image))
        return np.repeat(grey[:, :, None], 3, axis=2)
    if image.has_transparency_data or image.mode in ("La", "RGBa"):
        straight = image.convert({"La": "LA", "RGBa": "RGBA"}.get(image.mode, image.mode)).convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", straight.size, "white"), straight)
    return np.array(image.convert("RGB"))


def _levels(image: Image.Image) -> Pixels:
    """The levels of a grey picture or the indices of an indexed one: (H, W)."""
    if image.mode == "1":
        image = image.convert("L")
    if image.mode in ("L", "P"):
        return np.array(image)
    if image.mode.startswith(("I", "F")):
        levels = np.array(image)
        if levels.min() < 0 or levels.max() > 255 or (levels != np.rint(levels)).any():
            raise ValueError("its values are not whole numbers from 0 to 255")
        return levels.astype(np.uint8)
    rgb = np.array(image.convert("RGB"))
    if (rgb != rgb[..., :1]).any():
        raise ValueError("it is in color; class numbers are saved as grey levels or as an indexed picture")
    return np.ascontiguousarray(rgb[..., 0])


def _eight_bits(grey: npt.NDArray[np.generic]) -> Pixels:
    """Scale a grey picture (H, W) of 16-bit integers, or of floats from 0 to 1, to 8 bits."""
    scale = 255.0 if np.issubdtype(grey.dtype, np.floating) else 1 / 257
    scaled = grey.astype(np.float64) * scale
    if not (scaled.min() >= 0 and scaled.max() <= 255):  # said this way, it refuses what is not a number too
        raise ValueError("its pixels are neither 16-bit integers nor numbers from 0 to 1")
    return np.rint(scaled).astype(np.uint8)
