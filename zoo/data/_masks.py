"""The masks of a folder's images: find them, check them, and cut them with their images.

The rule: an image needs a mask of the same name but for the suffix and of the same height and width, and the values
of all masks together are either 0 and 255 (background and foreground) or class numbers from 0 without a gap. What
breaks the rule is counted and named, and nothing is loaded: a mask that is silently left out or misread would spoil
every figure. A mask without an image is no such harm; a note tells of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from zoo.data._listing import Found, listed
from zoo.data.images import Pixels, UnreadableImageError, read_mask, shown, square_mask, upright_size
from zoo.errors import UserError

MOST_CLASSES = 64
"""More values than this in masks are gradients, such as those of a mask that was saved as JPEG, and no classes."""

LARGEST_ENLARGEMENT = 2
"""Where masks are wanted, an image up to this many times too small is enlarged; smaller ones are skipped."""


def read_masks(images: Sequence[Found], size: int) -> tuple[dict[Found, Pixels], tuple[str, ...]]:
    """The masks of images, cut as the images are: uint8 (size, size) each, and notes.

    Raises:
        UserError: if a mask is unreadable or of another size than its image, or values are unexpected.
    """
    masks: dict[Found, Pixels] = {}
    unreadable, other_size, small = [], [], 0
    values: dict[int, list[str]] = {}
    for found in images:
        name = shown(found.mask_name)
        try:
            mask = read_mask(Path(found.mask))
        except UnreadableImageError as error:
            unreadable.append(f"{name} ({error.reason})")
            continue
        height, width = upright_size(Path(found.path))
        if mask.shape != (height, width):
            other_size.append(f"{name} ({mask.shape[1]}x{mask.shape[0]}, its image {width}x{height})")
            continue
        for value in np.bincount(mask.ravel(), minlength=256).nonzero()[0].tolist():
            values.setdefault(value, []).append(name)
        small += min(height, width) < size
        masks[found] = square_mask(mask, size)
    _refuse(unreadable, "cannot be read as masks", "mend or remove them with their images")
    _refuse(other_size, "are of another size than their image", "make them equal, or remove both")
    if _check_values(values) == {0, 255}:
        masks = {found: (mask > 0).astype(np.uint8) for found, mask in masks.items()}
    notes = (f"enlarged {small} images smaller than {size} pixels, with their masks.",) if small else ()
    return masks, notes


def _check_values(values: Mapping[int, Sequence[str]]) -> set[int]:
    """The values that occur, if they are as they should be."""
    if set(values) == {0, 255}:
        return set(values)
    rule = "masks hold 0 and 255, or class numbers 0, 1, 2, ... without a gap"
    if len(values) > MOST_CLASSES:
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
