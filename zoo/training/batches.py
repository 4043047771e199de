"""Pictures and targets in memory, cut into batches without any Python per picture."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from zoo.errors import UserError
from zoo.network import Features

EVALUATION_PIXELS = 1 << 18
"""Pixels of an evaluation batch: 256 pictures of 32x32."""


class Batches:
    """A split, held as uint8 on the device that computes.

    Args:
        pictures_NCHW: what the network may see, uint8.
        targets_NHW: the class of every pixel, uint8.
        device: where they are kept.
        rank: which of the processes this is; it takes its share of every batch.
        world: how many processes there are.
    """

    def __init__(
        self, pictures_NCHW: Tensor, targets_NHW: Tensor, device: torch.device, rank: int = 0, world: int = 1
    ) -> None:
        self.pictures_NCHW = pictures_NCHW.to(device)
        self.targets_NHW = targets_NHW.to(device)
        self.place = (rank, world)

    def __len__(self) -> int:
        return len(self.pictures_NCHW)

    def steps(self, batch_size: int) -> int:
        """Batches of an epoch: whole ones only, for a small last one would count its pictures for more.

        Raises:
            UserError: if the processes cannot share a batch evenly.
        """
        world = self.place[1]
        if min(batch_size, len(self)) % world:
            raise UserError(f"a batch of {min(batch_size, len(self))} does not divide among {world} processes.")
        return max(1, len(self) // batch_size)

    def shuffled(self, batch_size: int, seed: int) -> Iterator[tuple[Tensor | Features, Tensor]]:
        """One epoch in an order fixed by the seed; every process draws the same order and takes its share."""
        order = torch.randperm(len(self), generator=torch.Generator().manual_seed(seed))
        order, (rank, world) = order.to(self.targets_NHW.device), self.place
        for step in range(self.steps(batch_size)):
            mine = order[step * batch_size : (step + 1) * batch_size][rank::world]
            yield self.visible(mine), self.targets_NHW[mine]

    def in_order(self) -> Iterator[tuple[Tensor | Features, Tensor]]:
        """Every picture of this process's share once, in batches as large as is quick to evaluate."""
        size = max(1, EVALUATION_PIXELS // self.targets_NHW[0].numel())
        rank, world = self.place
        for start in range(rank, len(self), size * world):
            mine = slice(start, start + size * world, world)
            yield self.visible(mine), self.targets_NHW[mine]

    def visible(self, index: Tensor | slice) -> Tensor | Features:
        """What the network sees of some of the pictures: the pictures themselves, uint8 (N, C, H, W)."""
        return self.pictures_NCHW[index]
