"""Oxford-IIIT Pet: 7,349 photos of cats and dogs with trimaps, downloaded when first asked for."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo.api import DataRequest, Dataset, Images, Splits
from zoo.errors import UserError

if TYPE_CHECKING:
    from zoo.data.images import Pixels

VERSION = "1"
"""Part of the cache's key; another one makes the pictures anew."""

BACKGROUND = 2
"""Of a trimap's values 1 (pet), 2 (background) and 3 (not sure: a band along the outline) the background."""


class Pets(Dataset):
    """Parkhi, Vedaldi, Zisserman and Jawahar (2012), Cats and Dogs; the animal and its outline are the foreground."""

    name = "pets"
    summary = "Oxford-IIIT Pet: 7,349 cats and dogs with masks; a download of 811 MB, once"
    has_masks = True

    def load(self, request: DataRequest) -> Splits:
        """Load its trainval images, and its test images as validation, cut to squares and resized.

        Raises:
            UserError: if an argument or classes are given, the download fails, or a file is damaged.
        """
        if request.argument:
            raise UserError(f"pets takes nothing after the colon, not {request.argument!r}: --data pets.")
        if request.classes:
            raise UserError(f"pets are taken together, so leave out --classes {request.classes[0]}.")

        from zoo.data._splits import cached_splits
        from zoo.data.cache import fingerprint

        return cached_splits(request.cache, f"pets-{fingerprint(VERSION, str(request.size))}", lambda: _load(request))


def _load(request: DataRequest) -> Splits:
    folder = request.cache / "pets"
    halves = [_images(_opened(folder, split), request) for split in ("trainval", "test")]
    note = "pets: the band along the outline, which the trimaps leave open, counts as part of the pet."
    return Splits(halves[0], halves[1], (note,))


def _opened(folder: Path, split: str) -> Any:
    """Torchvision's data set, downloaded if need be; torchvision compares the archives' MD5."""
    import torchvision.datasets

    from zoo.data._download import downloading

    # The name by which a user knows it, and what to do without a network.
    instead = "use --data composed, which needs no download, or --data folder:PATH"
    with downloading("the Oxford-IIIT pets from www.robots.ox.ac.uk/~vgg/data/pets", instead):
        return torchvision.datasets.OxfordIIITPet(folder, split, "segmentation", download=True)


def _images(opened: Any, request: DataRequest) -> Images:
    import numpy as np
    import torch

    pairs = list(zip(opened._images, opened._segs, strict=True))
    rgb, masks = [], []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for done, (picture, mask) in enumerate(
            pool.map(lambda pair: _square(*pair, size=request.size), pairs), start=1
        ):
            rgb.append(picture)
            masks.append(mask)
            request.progress("reading pets", done, len(pairs))
    rgb_N3HW = np.ascontiguousarray(np.stack(rgb).transpose(0, 3, 1, 2))
    return Images(torch.from_numpy(rgb_N3HW), torch.from_numpy(np.stack(masks)))


def _square(picture: Path, trimap: Path, *, size: int) -> tuple[Pixels, Pixels]:
    """Photo (size, size, 3) and mask (size, size)."""
    import numpy as np

    from zoo.data.decoding import UnreadableImageError
    from zoo.data.images import read_rgb, square, square_mask
    from zoo.data.mask_files import read_mask

    try:
        rgb, values = read_rgb(picture), read_mask(trimap).classes
    except UnreadableImageError as error:  # an unpacking that was cut short, which torchvision does not notice
        raise UserError(f"{error} Delete {picture.parents[2]}, and the pets are downloaded anew.") from None
    return square(rgb, size), square_mask((values != BACKGROUND).astype(np.uint8), size)
