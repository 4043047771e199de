"""The masks of a folder's images: find them, check them, and cut them with their images.

The rule: an image needs one mask of the same name but for the suffix, of the same height and width and lying the same
way. The values of all masks together are either 0 and 255 (background and foreground) or class numbers from 0 without
a gap, and an index has one color in all indexed masks. What breaks the rule is counted and named, and nothing is
loaded: a mask that is silently left out or misread would spoil every figure. A mask without an image is no such harm;
a note tells of it. `zoo.data.mask_files` says how one file is read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from zoo.data._listing import Found, listed
from zoo.data.decoding import UnreadableImageError, upright_size
from zoo.data.images import Pixels, square_mask
from zoo.data.mask_files import Color, read_mask
from zoo.errors import UserError, printable

GRADIENT = 64
"""More values than this with 255 among them are levels, such as those of a mask that was saved as JPEG, not classes."""

LARGEST_ENLARGEMENT = 2
"""Where masks are wanted, an image up to this many times too small is enlarged; smaller ones are skipped."""

_LYING = (5, 6, 7, 8)  # the EXIF orientations that swap height and width, which gives a wrong one away


def read_masks(images: Sequence[Found], size: int) -> tuple[dict[Found, Pixels], tuple[str, ...]]:
    """The masks of images, cut as the images are: uint8 (size, size) each, and notes.

    Raises:
        UserError: if a mask is unreadable or does not lie on its image, or values are unexpected.
    """
    masks: dict[Found, Pixels] = {}
    unreadable, other_size, other_way, small = [], [], [], 0
    values: dict[int, list[str]] = {}
    palette = _Palette()
    for file in images:
        name = printable(file.mask_name)
        try:
            mask = read_mask(Path(file.mask))
            height, width, turn = upright_size(Path(file.path))
            *_, mask_turn = upright_size(Path(file.mask))
        except UnreadableImageError as error:
            unreadable.append(f"{name} ({error.reason})")
            continue
        if mask.classes.shape != (height, width):
            other_size.append(f"{name} ({mask.classes.shape[1]}x{mask.classes.shape[0]}, its image {width}x{height})")
            continue
        if turn != mask_turn and not (mask_turn == 1 and turn in _LYING and height != width):
            other_way.append(f"{name} (EXIF orientation {mask_turn}, its image {turn})")
        palette.add(name, mask.palette)
        for value in np.bincount(mask.classes.ravel(), minlength=256).nonzero()[0].tolist():
            values.setdefault(value, []).append(name)
        small += min(height, width) < size
        masks[file] = square_mask(mask.classes, size)
    _refuse(unreadable, "cannot be read as masks", "mend or remove them with their images")
    _refuse(other_size, "are of another size than their image", "make them equal, or remove both")
    _refuse(other_way, "may lie another way than their image", "turn the pixels of both upright and save them without")
    _refuse(palette.conflicts, "have another palette than the others", "save all with one palette, or as grey levels")
    if _check_values(values) == {0, 255}:
        masks = {file: (mask > 0).astype(np.uint8) for file, mask in masks.items()}
    notes = (f"enlarged {small} images smaller than {size} pixels, with their masks.",) if small else ()
    return masks, notes


class _Palette:
    """The colors of all indexed masks: where an index has two of them, the masks do not mean the same by it.

    Attributes:
        conflicts: masks that contradict an earlier one, and how.
    """

    def __init__(self) -> None:
        self._colors: dict[int, tuple[Color, str]] = {}
        self.conflicts: list[str] = []

    def add(self, name: str, palette: Mapping[int, Color]) -> None:
        """Compare the palette of one more mask."""
        for index, color in palette.items():
            first, of = self._colors.setdefault(index, (color, name))
            if first != color:
                self.conflicts.append(f"{name} ({index} is {color}, in {of} {first})")
                return


def _check_values(values: Mapping[int, Sequence[str]]) -> set[int]:
    """The values that occur, if they are as they should be."""
    if set(values) == {0, 255}:
        return set(values)
    rule = "masks hold 0 and 255, or class numbers 0, 1, 2, ... without a gap"
    if len(values) > GRADIENT and 255 in values:
        raise UserError(f"the masks hold {len(values)} different values; {rule}: were they saved as JPEG?")
    gap = next(number for number in range(257) if number not in values)
    beyond = sorted(value for value in values if value > gap)
    if beyond:
        files = list(dict.fromkeys(name for value in beyond for name in values[value]))
        held = f"the value{'s' * (len(beyond) > 1)} {listed(list(map(str, beyond)))}"
        raise UserError(f"{len(files)} masks hold {held}: {listed(files)}; {rule}.")
    if len(values) < 2:
        raise UserError(f"all masks hold the one value {min(values)}; {rule}, and more than one.")
    return set(values)


def _refuse(names: Sequence[str], why: str, then: str) -> None:
    if names:
        raise UserError(f"{len(names)} masks {why}: {listed(names)}; {then}.")
