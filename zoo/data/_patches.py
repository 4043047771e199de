"""Photos of scikit-image, cut into patches at several scales, with a part of each photo held out.

Of each photo one part is held out, the same at every scale, and both parts are cut off before they are
resized: no pixel, nor anything that antialiasing drew from it, is in both splits. A patch shows a window of
the photo between a third of its shorter side and the whole width of its held-out part.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from zoo.api import Images, Splits
from zoo.data._splits import cached_splits
from zoo.data.cache import fingerprint
from zoo.data.images import Pixels, read_rgb, resize
from zoo.errors import UserError

VERSION = "1"
"""Part of the cache's key; another one makes the patches anew."""

TRAIN_PATCHES, VAL_PATCHES = 3000, 1000
"""Twice as many of the first cost twice the time and gave a U-Net no better figures: they show the same scenes."""
SCALES = 5
DULL_BELOW = 8.0
"""A patch whose grey levels have a smaller standard deviation (of 255) is left out, such as an empty sky."""


@dataclass(frozen=True)
class Photo:
    """A photo, and the part of it that is held out.

    Attributes:
        file: its file in scikit-image's ``data`` folder.
        bottom: whether the held-out part is at the bottom; otherwise at the right.
        cut: where that part begins, in pixels from the top or from the left.
    """

    file: str
    bottom: bool
    cut: int

    def parts(self, image: Pixels) -> tuple[Pixels, Pixels]:
        """What is learned from, and what is held out."""
        if self.bottom:
            return image[: self.cut], image[self.cut :]
        return image[:, : self.cut], image[:, self.cut :]


# Those of scikit-image's photos that are in color, in its wheel, and free by its documentation: astronaut
# (NASA) and rocket (SpaceX) are in the public domain; chelsea (S. van der Walt) and coffee (R. Michetti) are
# CC0. The retina and the Hubble deep field are free too, but one is all red and the other nearly all black.
PHOTOS = (
    Photo("astronaut.png", bottom=True, cut=352),
    Photo("chelsea.png", bottom=False, cut=286),
    Photo("coffee.png", bottom=False, cut=370),
    Photo("rocket.jpg", bottom=False, cut=400),
)


def load_patches(size: int, cache: Path) -> Splits:
    """All patches of one size, from the cache if they are there.

    Raises:
        UserError: if scikit-image lacks a photo, or the size is larger than a held-out part.
    """
    paths = photo_files()
    contents = [path.read_bytes() for path in paths]
    key = f"photos-{fingerprint(VERSION, str(size), repr((PHOTOS, TRAIN_PATCHES, VAL_PATCHES, SCALES)), *contents)}"
    return cached_splits(cache, key, lambda: _cut_all(paths, size))


def photo_files() -> list[Path]:
    """Where the photos are, in their order.

    Raises:
        UserError: if scikit-image lacks one.
    """
    paths = [_data_folder() / photo.file for photo in PHOTOS]
    if missing := [path.name for path in paths if not path.is_file()]:
        raise UserError(f"this version of scikit-image does not ship {', '.join(missing)}: use --data folder:PATH.")
    return paths


def _data_folder() -> Path:
    # Found, not imported: `skimage.data` may download what it does not find.
    spec = importlib.util.find_spec("skimage")
    if spec is None or spec.origin is None:
        raise UserError("scikit-image is not installed, and the photos are in it: pip install scikit-image.")
    return Path(spec.origin).parent / "data"


def _cut_all(paths: list[Path], size: int) -> Splits:
    train, val = [], []
    for photo, path in zip(PHOTOS, paths, strict=True):
        image = read_rgb(path)
        parts = photo.parts(image)
        largest = min(min(part.shape[:2]) for part in parts)
        if size > largest:
            raise UserError(f"photos can be cut to at most {largest} pixels, not {size}: use a smaller size.")
        smallest = max(size, min(min(image.shape[:2]) // 3, largest))
        windows = np.unique(np.geomspace(smallest, largest, SCALES).round().astype(int)).tolist()
        train.append(_patches(parts[0], windows, size, TRAIN_PATCHES // len(PHOTOS)))
        val.append(_patches(parts[1], windows, size, VAL_PATCHES // len(PHOTOS)))
    return Splits(_images(train), _images(val), (_note(sum(map(len, train)), sum(map(len, val))),))


def _note(train: int, val: int) -> str:
    return (
        f"photos: {train:,} training and {val:,} validation patches of only {len(PHOTOS)} photos, validation "
        "from parts of them that training never sees: good for trying things out, but the figures do not "
        "compare with those of CIFAR-10."
    )


def _patches(part: Pixels, windows: list[int], size: int, wanted: int) -> Pixels:
    """Patches of a part (H, W, 3), as many from each scale where they suffice: (N, size, size, 3)."""
    chosen: list[Pixels] = []
    # From the coarsest scale, which has the fewest places to cut at, so that finer ones make up for it.
    for scales_left, window in zip(range(len(windows), 0, -1), reversed(windows), strict=True):
        share = (wanted - sum(map(len, chosen))) // scales_left
        height, width = (max(size, round(side * size / window)) for side in part.shape[:2])
        chosen.append(_spread(resize(part, height, width), size, share))
    return np.concatenate(chosen)


def _spread(image: Pixels, size: int, wanted: int) -> Pixels:
    """At most as many patches as wanted, evenly spread over the image (H, W, 3): (N, size, size, 3)."""
    grey = image.mean(axis=2, dtype=np.float32)
    views = np.lib.stride_tricks.sliding_window_view(grey, (size, size))
    step = _step(views.shape[0], views.shape[1], wanted)
    lively = np.argwhere(views[::step, ::step].std(axis=(2, 3)) >= DULL_BELOW) * step
    places = np.linspace(0, len(lively) - 1, min(wanted, len(lively))).round().astype(int)
    patches = [image[y : y + size, x : x + size] for y, x in lively[places]]
    return np.stack(patches) if patches else np.empty((0, size, size, 3), np.uint8)


def _step(rows: int, columns: int, wanted: int) -> int:
    """The step of a grid that has about twice as many places as wanted, as dull ones are left out."""
    return max(1, int((rows * columns / (2 * wanted)) ** 0.5))


def _images(patches: list[Pixels]) -> Images:
    """All patches, shuffled the same way every time, so that the first few show something of every photo."""
    patches_NHW3 = np.concatenate(patches)
    order = np.random.default_rng(0).permutation(len(patches_NHW3))
    rgb_N3HW = patches_NHW3[order].transpose(0, 3, 1, 2)
    return Images(torch.from_numpy(np.ascontiguousarray(rgb_N3HW)))
