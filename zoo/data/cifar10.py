"""CIFAR-10: 60,000 pictures of 32x32 pixels in ten classes, downloaded when first asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo.api import DataRequest, Dataset, Images, Splits
from zoo.errors import UserError, unknown

if TYPE_CHECKING:
    from torch import Tensor

CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
SIZE = 32
VERSION = "1"
"""Part of the cache's key; another one makes the pictures anew."""


class Cifar10(Dataset):
    """Krizhevsky (2009), Learning Multiple Layers of Features from Tiny Images; the horses by default."""

    name = "cifar10"
    summary = "CIFAR-10, 32x32: the horses, other --classes, or all; a download of 163 MB, once"

    def load(self, request: DataRequest) -> Splits:
        """Load the pictures of the chosen classes: its training images, and its test images as validation.

        Raises:
            UserError: if an argument, an unknown class or a size other than 32 is given, or the download
                fails.
        """
        if request.argument:
            raise UserError(
                f"cifar10 takes nothing after the colon, not {request.argument!r}: choose by --classes horse."
            )
        if request.size != SIZE:
            raise UserError(
                f"the pictures of cifar10 are {SIZE} x {SIZE} pixels, so the size cannot be {request.size}."
            )
        classes = _chosen(request.classes)

        from zoo.data._splits import cached_splits
        from zoo.data.cache import fingerprint

        what = "all" if classes == CLASSES else "-".join(classes)
        key = f"cifar10-{what}-{fingerprint(VERSION, *classes)}"
        return cached_splits(request.cache, key, lambda: _load(request, classes))


def _chosen(classes: tuple[str, ...]) -> tuple[str, ...]:
    """The classes asked for, each once, in CIFAR's order."""
    for name in classes:
        if name not in (*CLASSES, "all"):
            raise unknown("class of cifar10", name, (*CLASSES, "all"))
    if "all" in classes:
        return CLASSES
    return tuple(name for name in CLASSES if name in (classes or ("horse",)))


def _load(request: DataRequest, classes: tuple[str, ...]) -> Splits:
    folder = request.cache / "cifar10"
    request.progress("CIFAR-10", 0, 1)
    train, val = (Images(_pictures(_opened(folder, train=train), classes)) for train in (True, False))
    request.progress("CIFAR-10", 1, 1)
    return Splits(train, val)


def _opened(folder: Path, *, train: bool) -> Any:
    """Torchvision's data set, downloaded if need be.

    Torchvision compares the archive's MD5, and that of every file in it, each time. A download or an
    unpacking that was cut short is therefore done again, and never taken for whole.
    """
    import warnings

    from torchvision.datasets import CIFAR10

    from zoo.data._download import downloading

    instead = (
        f"put {CIFAR10.filename} (MD5 {CIFAR10.tgz_md5}) into {folder} yourself, or use --data photos, which needs "
        "no download"
    )
    with downloading(CIFAR10.url, instead), warnings.catch_warnings():
        # NumPy 2.4 deprecates what these old pickles hold: github.com/pytorch/vision/issues/9340
        warnings.filterwarnings("ignore", message=r"dtype\(\): align should be passed")
        return CIFAR10(folder, train=train, download=True)


def _pictures(opened: Any, classes: tuple[str, ...]) -> Tensor:
    """The pictures of some classes, in CIFAR's order: uint8 (N, 3, 32, 32)."""
    import numpy as np
    import torch

    wanted = np.isin(opened.targets, [opened.class_to_idx[name] for name in classes])
    return torch.from_numpy(np.ascontiguousarray(opened.data[wanted].transpose(0, 3, 1, 2)))
