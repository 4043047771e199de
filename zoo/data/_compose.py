"""Compose pictures for segmentation: silhouettes cut out of one photo and laid on another.

Background and shapes are windows of two different photos, turned, scaled and lit independently of each other, and
every photo serves as either: what is left to tell a shape by is its outline, and that its texture does not go on.
Training pictures are made of those parts of the photos that `zoo.data._patches` trains on, validation pictures of the
held-out parts. The mask is exact, for the picture is composed by it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.random import Generator
from PIL import Image, ImageDraw

from zoo.api import Images, Splits
from zoo.data._patches import PHOTOS, photo_files
from zoo.data._silhouettes import silhouette
from zoo.data._splits import cached_splits
from zoo.data.cache import fingerprint
from zoo.data.images import Pixels, read_rgb, resize
from zoo.errors import UserError

VERSION = "1"
"""Part of the cache's key; another one composes the pictures anew."""

TRAIN_PICTURES, VAL_PICTURES = 1600, 300
LARGEST = 256
"""Height and width, in pixels, beyond which the photos would be enlarged too much."""

FINER = 4
"""Outlines are drawn this many times finer than the picture, and averaged: their edges are smooth."""


def load_composed(size: int, cache: Path, progress: Callable[[str, int, int], None]) -> Splits:
    """All pictures of one size, from the cache if they are there.

    Raises:
        UserError: if scikit-image lacks a photo, or the size is too large.
    """
    if size > LARGEST:
        raise UserError(f"composed pictures have at most {LARGEST} pixels a side, not {size}: use a smaller --size.")
    paths = photo_files()
    settings = repr((PHOTOS, TRAIN_PICTURES, VAL_PICTURES, FINER))
    key = f"composed-{fingerprint(VERSION, str(size), settings, *(path.read_bytes() for path in paths))}"
    return cached_splits(cache, key, lambda: _compose_all(paths, size, progress))


def _compose_all(paths: Sequence[Path], size: int, progress: Callable[[str, int, int], None]) -> Splits:
    parts = [photo.parts(read_rgb(path)) for photo, path in zip(PHOTOS, paths, strict=True)]
    total, made = TRAIN_PICTURES + VAL_PICTURES, 0
    halves = []
    for half, count in enumerate((TRAIN_PICTURES, VAL_PICTURES)):
        random = np.random.default_rng(half)
        pairs = []
        for _ in range(count):
            pairs.append(compose([both[half] for both in parts], size, random))
            made += 1
            progress("composing pictures", made, total)
        rgb_NHW3, masks_NHW = (np.stack(side) for side in zip(*pairs, strict=True))
        rgb_N3HW = torch.from_numpy(np.ascontiguousarray(rgb_NHW3.transpose(0, 3, 1, 2)))
        halves.append(Images(rgb_N3HW, torch.from_numpy(masks_NHW)))
    return Splits(halves[0], halves[1], (_note(),))


def _note() -> str:
    return (
        f"composed: {TRAIN_PICTURES:,} training and {VAL_PICTURES:,} validation pictures are composed, not "
        f"photographed: shapes cut out of one of {len(PHOTOS)} photos and laid on another. The masks are exact, but "
        "the figures say little of real objects."
    )


def compose(photos: Sequence[Pixels], size: int, random: Generator) -> tuple[Pixels, Pixels]:
    """One picture and its mask.

    Args:
        photos: two or more to choose from, (H, W, 3) each.
        size: height and width of the picture, in pixels.
        random: decides everything.

    Returns:
        The picture (size, size, 3), and 1 where a shape covers half of a pixel or more, else 0: (size, size).
    """
    ground, figure = random.permutation(len(photos))[:2]
    cover = _outlines(size, random)
    ground_HW3 = _lit(_window(photos[ground], size, random), random)
    figure_HW3 = _lit(_window(photos[figure], size, random), random)
    mixed = ground_HW3 + cover[..., None] * (figure_HW3 - ground_HW3)
    return np.rint(mixed.clip(0, 255)).astype(np.uint8), (cover >= 0.5).astype(np.uint8)


def _outlines(size: int, random: Generator) -> np.ndarray:
    """Which share of every pixel one to three shapes cover: float (size, size), 0 to 1."""
    fine = size * FINER
    canvas = Image.new("L", (fine, fine))
    draw = ImageDraw.Draw(canvas)
    for _ in range(random.integers(1, 4)):
        turn, radius = random.uniform(0, 2 * np.pi), random.uniform(0.14, 0.34) * fine
        center = random.uniform(0.2, 0.8, 2) * fine
        spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        for outline in silhouette(random):
            points = outline @ spin * radius + center
            draw.polygon([(float(x), float(y)) for x, y in points], fill=255)
    levels = np.asarray(canvas, np.float32).reshape(size, FINER, size, FINER)
    return np.asarray(levels.mean(axis=(1, 3)) / 255)


def _window(photo: Pixels, size: int, random: Generator) -> Pixels:
    """A square window of a photo, turned by any angle and perhaps mirrored: (size, size, 3)."""
    shorter = min(photo.shape[:2])
    side = round(random.uniform(0.5, 1.0) * shorter)
    top, left = (int(random.integers(0, length - side + 1)) for length in photo.shape[:2])
    # A square turned by any angle lies in one that is sqrt(2) times as large.
    around = int(np.ceil(size * 2**0.5)) + 2
    window = Image.fromarray(resize(photo[top : top + side, left : left + side], around, around))
    turned = window.rotate(random.uniform(0, 360), Image.Resampling.BICUBIC)
    start = (around - size) // 2
    cut = np.asarray(turned)[start : start + size, start : start + size]
    return cut[:, ::-1] if random.integers(2) else cut


def _lit(picture: Pixels, random: Generator) -> np.ndarray:
    """Another exposure, another tint, and light that falls off to one side: float (H, W, 3), possibly beyond 255."""
    height, width = picture.shape[:2]
    y, x = np.mgrid[:height, :width] / max(height, width) - 0.5
    turn = random.uniform(0, 2 * np.pi)
    slope = 1 + random.uniform(0, 0.6) * (np.cos(turn) * x + np.sin(turn) * y)
    gain = random.uniform(0.6, 1.3) * random.uniform(0.85, 1.15, 3)
    return np.asarray(picture * gain * slope[..., None] + random.uniform(-20, 30))
