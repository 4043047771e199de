"""Make `docs/images/colored.jpg`: photos in grey, colored by chroma's shipped weights, and as they were taken.

The weights learned from CIFAR-10 alone, and so from none of these photos. Run it again when the weights change:
``python docs/building/sheet.py``.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

import zoo
from zoo.data._patches import photo_files
from zoo.data.images import read_rgb, resize

SHEET = Path(__file__).resolve().parents[1] / "images" / "colored.jpg"
PHOTOS = ("rocket", "coffee", "chelsea")
WIDTH, GAP = 300, 6
"""Of a photo and of the white between two, in pixels."""


def sheet() -> Image.Image:
    """Columns are grey, colored and truth; rows are `PHOTOS`."""
    files = {file.stem: file for file in photo_files()}
    rows = []
    for name in PHOTOS:
        photo = read_rgb(files[name])
        grey = np.repeat(photo.mean(axis=2, keepdims=True).round().astype(np.uint8), 3, axis=2)
        pictures = [grey, zoo.predict("chroma", files[name]), photo]
        height = round(photo.shape[0] * WIDTH / photo.shape[1])
        rows.append(_joined([resize(picture, height, WIDTH) for picture in pictures], axis=1))
    return Image.fromarray(_joined(rows, axis=0))


def _joined(pictures: list[np.ndarray], axis: int) -> np.ndarray:
    """Pictures, uint8 (H, W, 3), side by side (axis 1) or below each other (axis 0), with white between them."""
    gap = list(pictures[0].shape)
    gap[axis] = GAP
    white = np.full(gap, 255, dtype=np.uint8)
    return np.concatenate([part for picture in pictures for part in (white, picture)][1:], axis=axis)


if __name__ == "__main__":
    sheet().save(SHEET, quality=85)
