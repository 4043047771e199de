"""Splits, notes included, in the cache."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from zoo.api import Images, Splits
from zoo.data.cache import cached_tensors


def cached_splits(cache: Path, key: str, make: Callable[[], Splits]) -> Splits:
    """What `make` returns, from the cache if it is there: pictures without masks, and the same notes.

    Args:
        cache: the cache folder.
        key: as in `cached_tensors`.
        make: loads the splits.
    """

    def tensors() -> dict[str, Tensor]:
        splits = make()
        notes = "\n".join(splits.notes).encode()
        return {
            "train": splits.train.rgb,
            "val": splits.val.rgb,
            "notes": torch.tensor(list(notes), dtype=torch.uint8),
        }

    found = cached_tensors(cache, key, tensors)
    notes = bytes(found["notes"].tolist()).decode()
    return Splits(Images(found["train"]), Images(found["val"]), tuple(notes.splitlines()))
