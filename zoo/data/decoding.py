"""Opening a picture file: what is refused before it is decoded, and which way up it is."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import TypeVar

from PIL import Image, UnidentifiedImageError

from zoo.errors import UserError, printable

Result = TypeVar("Result")

LARGEST_PIXELS = 100_000_000
"""Pictures of more pixels are refused: decoded, they would take more than a gigabyte."""

_LARGE_PIXELS = 12_000_000  # of pictures beyond that, one is decoded at a time, whatever the number of threads
_ONE_LARGE = Lock()
_ORIENTATION = 0x0112  # the EXIF tag that says how the camera was held
_PHOTOMETRIC = 262  # the TIFF tag that says whether 0 is white
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_LYING = (5, 6, 7, 8)  # the orientations that swap height and width


class UnreadableImageError(UserError):
    """A file that cannot be read as a picture.

    Attributes:
        path: the file.
        reason: what is wrong with it, in a few words, without the path.
    """

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"cannot read {printable(str(path))}: {reason}.")
        self.path = path
        self.reason = reason


def decode(path: Path, convert: Callable[[Image.Image], Result], *, at_least: int = 0) -> Result:
    """Open a picture and convert it.

    Args:
        path: a file in any format that Pillow reads.
        convert: takes the picture, not decoded yet; what it raises is a fault of the file.
        at_least: as in `zoo.data.images.read_rgb`.

    Raises:
        UnreadableImageError: if it is missing, a folder, not a picture, damaged or too large.
    """

    def work(image: Image.Image) -> Result:
        if at_least:
            image.draft(None, (2 * at_least, 2 * at_least))
        if image.width * image.height <= _LARGE_PIXELS:
            return convert(image)
        with _ONE_LARGE:
            return convert(image)

    return _opened(path, work)


def upright_size(path: Path) -> tuple[int, int, int]:
    """Height and width of a picture once it is upright, and its EXIF orientation, 1 to 8; raises as `decode` does.

    It is not decoded for that.
    """

    def size(image: Image.Image) -> tuple[int, int, int]:
        turn = orientation(image)
        width, height = image.size if turn not in _LYING else image.size[::-1]
        return height, width, turn

    return _opened(path, size)


def orientation(image: Image.Image) -> int:
    """The EXIF orientation of a picture that has not been decoded yet; 1, upright, where it says nothing sensible."""
    try:
        value = image.getexif().get(_ORIENTATION, 1)
    except Exception:  # a damaged EXIF block is no reason to refuse a picture that can be seen
        return 1
    return value if value in _UPRIGHT else 1


def upright(image: Image.Image) -> Image.Image:
    """The picture decoded, and turned as its EXIF orientation says."""
    turn = orientation(image)
    if image.format == "TIFF":
        image.load()  # turns it, and takes the tag away
        return image
    if turn == 1:
        return image
    turned = image.transpose(_UPRIGHT[turn])
    image.close()  # a large photo is not kept twice
    return turned


def refuse_inverted(image: Image.Image) -> None:
    """Refuse a TIFF of more than 8 bits whose 0 is white, which Pillow reads as black; with 8 bits it turns them.

    Raises:
        ValueError: if it is one.
    """
    if image.mode.startswith(("I", "F")) and getattr(image, "tag_v2", {}).get(_PHOTOMETRIC) == 0:
        raise ValueError("its 0 is white and it has more than 8 bits; save it with 0 as black")


def in_a_line(error: Exception) -> str:
    """What an error of Pillow or of the system says, in a line."""
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    lines = text.strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__


def _opened(path: Path, work: Callable[[Image.Image], Result]) -> Result:
    if not os.path.isfile(path):  # checked first, as opening a pipe would wait for ever
        raise UnreadableImageError(path, _why_no_file(path))
    try:
        with Image.open(path) as image:
            if image.format == "EPS":  # Pillow would hand it to Ghostscript, which runs it as a program
                raise UnreadableImageError(path, "EPS is not supported")
            if image.width * image.height > LARGEST_PIXELS:
                raise Image.DecompressionBombError
            return work(image)
    except UnreadableImageError:
        raise
    except UnidentifiedImageError:
        empty = path.stat().st_size == 0
        raise UnreadableImageError(path, "the file is empty" if empty else "not a picture that Pillow reads") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        most = f"{LARGEST_PIXELS // 1_000_000} million"
        raise UnreadableImageError(path, f"it has more pixels than {most}; scale it down") from None
    except MemoryError:
        raise UnreadableImageError(path, "it does not fit in memory; scale it down") from None
    except Exception as error:  # damaged files make Pillow's decoders raise nearly anything
        raise UnreadableImageError(path, in_a_line(error)) from None


def _why_no_file(path: Path) -> str:
    if os.path.isdir(path):
        return "it is a folder, not a picture"
    return "it is not an ordinary file" if os.path.exists(path) else "there is no such file"
