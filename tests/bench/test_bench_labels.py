"""Labels of CIFAR-10's size: our table and look-up beside the distance matrix that is usual for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
import torch
from torch import Tensor

from zoo.tasks.colorization.labels import class_table, label
from zoo.tasks.colorization.palette import COURSE_PALETTE

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

PALETTE = torch.tensor(COURSE_PALETTE, dtype=torch.uint8)


@pytest.fixture(scope="module")
def pictures() -> Tensor:
    """As many pictures as there are horses. Their colors are random: the worst case for a processor's cache."""
    return torch.randint(0, 256, (6000, 3, 32, 32), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))


def by_table(rgb_N3HW: Tensor) -> Tensor:
    return label(rgb_N3HW, class_table(PALETTE))


def by_distances(rgb_N3HW: Tensor) -> Tensor:
    """In pieces of 500 pictures, as the whole matrix would take 590 MB."""
    colors = PALETTE.float()
    pieces = [
        torch.cdist(piece.permute(0, 2, 3, 1).reshape(-1, 3).float(), colors).argmin(dim=1).to(torch.uint8)
        for piece in rgb_N3HW.split(500)
    ]
    return torch.cat(pieces).reshape(len(rgb_N3HW), *rgb_N3HW.shape[2:])


@pytest.mark.benchmark(group="labels")
@pytest.mark.parametrize("method", [by_table, by_distances])
def test_labels_of_6000_pictures(
    benchmark: BenchmarkFixture, pictures: Tensor, method: Callable[[Tensor], Tensor]
) -> None:
    labels = benchmark.pedantic(method, args=(pictures,), rounds=5, warmup_rounds=1)
    assert (labels[:500] == by_distances(pictures[:500])).float().mean() > 0.999  # floats break ties otherwise
