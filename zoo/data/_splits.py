"""Splits, notes included, in the cache."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from zoo.api import Images, Splits
from zoo.data.cache import cached_tensors


def cached_splits(cache: Path, key: str, make: Callable[[], Splits]) -> Splits:
    """What `make` returns, from the cache if it is there: pictures, masks if there are any, and notes.

    Args:
        cache: the cache folder.
        key: as in `cached_tensors`.
        make: loads the splits.
    """

    def tensors() -> dict[str, Tensor]:
        splits = make()
        notes = "\n".join(splits.notes).encode()
        made = {"notes": torch.tensor(list(notes), dtype=torch.uint8)}
        for name, images in (("train", splits.train), ("val", splits.val)):
            made[name] = images.rgb
            if images.masks is not None:
                made[f"{name}_masks"] = images.masks
        return made

    stored = cached_tensors(cache, key, tensors)
    notes = bytes(stored["notes"].tolist()).decode()
    train, val = (Images(stored[name], stored.get(f"{name}_masks")) for name in ("train", "val"))
    return Splits(train, val, tuple(notes.splitlines()))
