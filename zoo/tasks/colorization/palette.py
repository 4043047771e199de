"""Where the colors of a palette come from: the training pixels, the course, or a file."""

from __future__ import annotations

import os
import re
import warnings
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from zoo.errors import UserError, close_or_all, printable

COLORS = 24
"""Colors of a k-means palette unless the user says otherwise; as many as the course has."""

MOST_COLORS = 256
"""A class fits a byte."""

SAMPLE_PIXELS, ITERATIONS = 50_000, 20
"""What k-means learns from. On CIFAR-10's horses the mean squared error of 24 colors comes within 1% of the
course palette's; more pixels or iterations gain no more than another start does."""

START_PIXELS = 5_000
"""What it starts from: k-means++ and as many iterations on these pixels alone. The time of SciPy's k-means++
grows with the square of the number of colors: 256 would take 8 s from the whole sample, and take 1.3 s so."""

COURSE_PALETTE: tuple[tuple[int, int, int], ...] = (
    (223, 208, 182),
    (38, 33, 28),
    (190, 187, 182),
    (86, 51, 32),
    (90, 105, 54),
    (13, 11, 11),
    (85, 88, 88),
    (119, 78, 53),
    (217, 220, 222),
    (182, 148, 112),
    (52, 53, 47),
    (166, 164, 155),
    (157, 192, 222),
    (200, 184, 138),
    (164, 105, 64),
    (75, 71, 61),
    (156, 171, 101),
    (144, 142, 133),
    (121, 138, 73),
    (246, 247, 246),
    (94, 140, 182),
    (145, 126, 100),
    (114, 103, 86),
    (115, 119, 117),
)
"""The 24 colors of CSC413's assignment, found by k-means on CIFAR-10's horses: red, green, blue, 0 to 255."""

_HEX = re.compile(r"#([0-9a-fA-F]{6})(\s*|\s+#.*)")
_NUMBERS = re.compile(r"(\d+)(?:\s*,\s*|\s+)(\d+)(?:\s*,\s*|\s+)(\d+)")


def resolve_palette(option: str, train_rgb: Tensor, seed: int) -> Tensor:
    """The palette that the user asked for: uint8 (K, 3).

    Args:
        option: ``kmeans`` (24 colors), ``kmeans:K``, ``course``, or the path of a file for `read_palette`.
        train_rgb: the training images, uint8 (N, 3, H, W).
        seed: as in `kmeans_palette`.

    Raises:
        UserError: if it is none of these, or of an impossible number of colors.
    """
    word, colon, count = option.partition(":")
    if option == "course":
        return torch.tensor(COURSE_PALETTE, dtype=torch.uint8)
    if word == "kmeans":
        if colon and not (count.isascii() and count.isdigit()):
            raise UserError(f"palette {option!r}: write the number of colors behind the colon, as in kmeans:{COLORS}.")
        return kmeans_palette(train_rgb, int(count) if colon else COLORS, seed)
    path = os.path.expanduser(option)
    if os.path.exists(path):  # unlike Path.exists, without an error for what cannot be a name
        return read_palette(Path(path))
    hint = close_or_all(option, ("kmeans", "kmeans:K", "course"))
    raise UserError(f"unknown palette {option!r}: {hint} There is no file of that name either.")


def kmeans_palette(rgb_N3HW: Tensor, colors: int, seed: int) -> Tensor:
    """Cluster the colors of pixels by k-means, in RGB, from dark to bright.

    Args:
        rgb_N3HW: uint8 (N, 3, H, W).
        colors: K, from 2 to 256.
        seed: fixes which pixels are looked at and where the clusters start.

    Returns:
        K different colors, uint8 (K, 3).

    Raises:
        UserError: if K is out of bounds, or the images have fewer colors.
    """
    _check_count(colors, f"palette kmeans:{colors}")
    pixels_P3 = rgb_N3HW.permute(0, 2, 3, 1).reshape(-1, 3).numpy()
    distinct_D3 = _distinct(pixels_P3)
    if len(distinct_D3) < colors:
        raise UserError(
            f"palette kmeans:{colors} needs {colors} different colors, but the training images have only "
            f"{len(distinct_D3)}: ask for fewer, or use the palette course."
        )
    random = np.random.default_rng(seed)
    sample_S3 = pixels_P3[random.integers(0, len(pixels_P3), SAMPLE_PIXELS)]
    if len(np.unique(sample_S3[:START_PIXELS], axis=0)) < colors:
        # A few colors cover nearly everything, so every color is looked at once, however rare it is.
        sample_S3 = random.permutation(distinct_D3)[:SAMPLE_PIXELS]
    found_K3 = _completed(_cluster(sample_S3, colors, random), distinct_D3, colors)
    return torch.from_numpy(found_K3[np.argsort(found_K3.sum(axis=1), kind="stable")])


def read_palette(path: Path) -> Tensor:
    """Read a palette from a text file, a color a line: ``223 208 182``, ``223, 208, 182`` or ``#dfd0b6``.

    Blank lines, and what follows a ``#`` that begins no color, are ignored.

    Returns:
        uint8 (K, 3), in the order of the file.

    Raises:
        UserError: if the file cannot be read, a line is no color, one color stands there twice, or there are
            fewer than 2 or more than 256.
    """
    name = printable(str(path))
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise UserError(f"cannot read the palette {name}: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise UserError(f"cannot read the palette {name}: it is not a text file. Write a color a line.") from None
    line_of: dict[tuple[int, ...], int] = {}
    for number, line in enumerate(lines, start=1):
        color = _color(line.strip(), f"{name}, line {number}")
        if color is None:
            continue
        if color in line_of:
            raise UserError(f"{name}, line {number}: the same color as line {line_of[color]}; leave one of them out.")
        line_of[color] = number
    _check_count(len(line_of), f"palette {name}")
    return torch.tensor(list(line_of), dtype=torch.uint8)


def _check_count(colors: int, what: str) -> None:
    if not 2 <= colors <= MOST_COLORS:
        raise UserError(f"{what}: a palette has 2 to {MOST_COLORS} colors, not {colors}.")


def _color(line: str, where: str) -> tuple[int, ...] | None:
    """The color that a line holds, or None if it holds a comment or nothing."""
    if match := _HEX.fullmatch(line):
        return tuple(bytes.fromhex(match[1]))
    if not (text := line.partition("#")[0].strip()):
        if re.match(r"#[0-9a-fA-F]{3,8}\b", line):
            raise UserError(f"{where}: {line!r} is no color; write six digits, as in #dfd0b6, or a blank behind #.")
        return None
    match = _NUMBERS.fullmatch(text)
    if match is None:
        raise UserError(f"{where}: {line!r} is no color; write three numbers, as in 223 208 182, or #dfd0b6.")
    color = tuple(int(level) for level in match.groups())
    if max(color) > 255:
        raise UserError(f"{where}: {max(color)} is out of range; red, green and blue go from 0 to 255.")
    return color


def _distinct(pixels_P3: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Every color that occurs, once: (D, 3)."""
    red, green, blue = pixels_P3.T.astype(np.int32)
    occurs = np.zeros(1 << 24, np.bool_)  # marking is some ten times as fast as sorting millions of pixels
    occurs[red << 16 | green << 8 | blue] = True
    code = occurs.nonzero()[0]
    return np.stack([code >> 16, code >> 8 & 255, code & 255], axis=1).astype(np.uint8)


def _cluster(sample_S3: npt.NDArray[np.uint8], colors: int, random: np.random.Generator) -> npt.NDArray[np.uint8]:
    """The centers of clusters, rounded; some may coincide: (colors, 3)."""
    from scipy.cluster.vq import kmeans2

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="One of the clusters is empty")  # `_completed` sees to it
        sample = sample_S3.astype(np.float32)
        start_K3, _ = kmeans2(sample[:START_PIXELS], colors, iter=ITERATIONS, minit="++", seed=random)
        centers_K3, _ = kmeans2(sample, start_K3, iter=ITERATIONS, minit="matrix")
    rounded: npt.NDArray[np.uint8] = np.rint(centers_K3).astype(np.uint8)
    return rounded


def _completed(
    centers: npt.NDArray[np.uint8], distinct_D3: npt.NDArray[np.uint8], colors: int
) -> npt.NDArray[np.uint8]:
    """Replace what coincides, one by one, by the images' color that is farthest from the palette so far."""
    palette = np.unique(centers, axis=0)
    if len(palette) == colors:
        return palette
    images = distinct_D3.astype(np.int32)
    distance = np.full(len(images), np.iinfo(np.int32).max, np.int32)
    for color in palette.astype(np.int32):
        distance = np.minimum(distance, ((images - color) ** 2).sum(axis=1))
    while len(palette) < colors:
        farthest = distance.argmax()
        palette = np.concatenate([palette, distinct_D3[farthest : farthest + 1]])
        distance = np.minimum(distance, ((images - images[farthest]) ** 2).sum(axis=1))
    return palette
