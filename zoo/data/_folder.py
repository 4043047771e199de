"""Load a folder of images: decode, cut to squares, split, and keep the result."""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TypeVar

import numpy as np
import PIL
import torch

from zoo.api import DataRequest, Images, Splits
from zoo.data._listing import Found, Listing, list_images, listed
from zoo.data._masks import LARGEST_ENLARGEMENT, read_masks
from zoo.data._splits import cached_splits
from zoo.data.cache import fingerprint
from zoo.data.decoding import UnreadableImageError
from zoo.data.images import IMAGE_SUFFIXES, Pixels, read_rgb, square
from zoo.errors import UserError, printable
from zoo.folders import expanded

Result = TypeVar("Result")

VERSION = "3"
"""Part of the cache's key; another one decodes the images anew."""

HELD_OUT_SHARE = 0.2


def load_folder(request: DataRequest) -> Splits:
    """Load what `zoo.data.folder.Folder` promises.

    Raises:
        UserError: as said there.
    """
    if not request.argument:
        raise UserError("which folder? Write its path after a colon, as in --data folder:PATH.")
    root = expanded(request.argument)
    listing = list_images(root, masks=request.masks).of_classes(request.classes)
    what = re.sub(r"[^A-Za-z0-9]+", "-", root.resolve().name).strip("-")[:40]
    key = f"folder-{what or 'images'}-{_fingerprint(listing, request)}"
    return cached_splits(request.cache, key, lambda: _load(root, listing, request))


def _fingerprint(listing: Listing, request: DataRequest) -> str:
    """Changes with every file that is added, removed, renamed or written to, and with what is asked for."""
    files = [*listing.train, None, *(listing.val or ())]
    return fingerprint(
        VERSION,
        PIL.__version__,  # another one may decode to other pixels
        str(request.size),
        str(request.seed),
        str(request.masks),
        str(listing.val is None),
        *listing.notes,
        *map(_state, files),
    )


def _state(file: Found | None) -> str:
    if file is None:
        return ""
    state = [file.name]
    for path in filter(None, (file.path, file.mask)):
        try:
            status = os.stat(path)
        except OSError:
            continue
        # The time of the last change of any kind too: a copy can keep size and time of writing.
        state += [str(status.st_size), str(status.st_mtime_ns), str(status.st_ctime_ns)]
    return "\n".join(state)


def _load(root: Path, listing: Listing, request: DataRequest) -> Splits:
    squares, skipped = _decode([*listing.train, *(listing.val or ())], request)
    train, val, notes = listing.train, listing.val, listing.notes
    if val is None:
        train, val, note = _hold_out(list(squares), request.seed)
        notes += (note,)
    if not squares:
        raise _nothing(root, "images", skipped, request)
    masks: dict[Found, Pixels] = {}
    if request.masks:
        masks, more_notes = read_masks(list(squares), request.size)
        notes += more_notes
    images = []
    for files, what in ((train, "training images"), (val, "validation images")):
        usable = [file for file in files if file in squares]
        if not usable:
            raise _nothing(root, what, skipped, request)
        rgb_NHW3 = np.stack([squares[file] for file in usable])
        masks_NHW = torch.from_numpy(np.stack([masks[file] for file in usable])) if masks else None
        images.append(Images(torch.from_numpy(rgb_NHW3.transpose(0, 3, 1, 2).copy()), masks_NHW))
    return Splits(images[0], images[1], notes + skipped)


def _decode(files: Sequence[Found], request: DataRequest) -> tuple[dict[Found, Pixels], tuple[str, ...]]:
    """The squares of all files that have one, in the order of the files, and notes on the others."""
    squares: dict[Found, Pixels] = {}
    smallest = request.size / LARGEST_ENLARGEMENT if request.masks else request.size
    undecodable, too_small = [], []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's, on harmless faults such as a damaged EXIF block
        with closing(_in_threads(lambda file: _square(file, request.size, smallest), files)) as results:
            for done, (file, result) in enumerate(zip(files, results, strict=True), start=1):
                if isinstance(result, UnreadableImageError):
                    undecodable.append(f"{printable(file.name)} ({result.reason})")
                elif result is None:
                    too_small.append(printable(file.name))
                else:
                    squares[file] = result
                request.progress("reading images", done, len(files))
    notes = _skipped(undecodable, "that could not be decoded")
    return squares, notes + _skipped(too_small, f"smaller than {smallest:g} pixels")


def _square(file: Found, size: int, smallest: float) -> Pixels | UnreadableImageError | None:
    """The image cut to size, or why it cannot be decoded, or None if it is too small."""
    try:
        image = read_rgb(Path(file.path), at_least=size)
    except UnreadableImageError as error:
        return error
    return square(image, size) if min(image.shape[:2]) >= smallest else None


def _in_threads(work: Callable[[Found], Result], files: Sequence[Found]) -> Generator[Result, None, None]:
    """Results in order. Threads do, as Pillow decodes without holding Python's lock."""
    pool = ThreadPoolExecutor(os.cpu_count())
    try:
        yield from pool.map(work, files)
    finally:
        pool.shutdown(cancel_futures=True)  # so that Ctrl-C does not wait for thousands of files


def _hold_out(files: Sequence[Found], seed: int) -> tuple[tuple[Found, ...], tuple[Found, ...], str]:
    """Split by a hash of seed and name, so that one file more or less moves few of the others."""

    def place(file: Found) -> str:
        return fingerprint(str(seed), file.name)

    held_out = set(sorted(files, key=place)[: max(1, round(HELD_OUT_SHARE * len(files)))])
    train = tuple(file for file in files if file not in held_out)
    val = tuple(file for file in files if file in held_out)
    note = f"no val/ or test/ folder, so {len(val)} of the {len(files)} images are held out, chosen by the seed."
    return train, val, note


def _skipped(names: Sequence[str], why: str) -> tuple[str, ...]:
    """A note on files that were skipped, if there are any."""
    if not names:
        return ()
    return (f"skipped {len(names)} file{'s' * (len(names) > 1)} {why}: {listed(names)}",)


def _nothing(root: Path, what: str, skipped: tuple[str, ...], request: DataRequest) -> UserError:
    """The error when there is nothing to learn from or to validate on."""
    of = f" of class {' or '.join(request.classes)}" if request.classes else ""
    reason = "; ".join(skipped) or f"it needs two or more, named {' '.join(sorted(IMAGE_SUFFIXES))}"
    return UserError(f"{printable(str(root))}: no {what}{of} to use: {reason}.")
