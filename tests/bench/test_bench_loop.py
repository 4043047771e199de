"""The training loop beside a bare one, written by hand, that does the same arithmetic and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import torch
from accelerate import Accelerator

from zoo.api.recipe import Recipe
from zoo.network import Network, build_network
from zoo.registry import load_registry
from zoo.tasks.colorization.fitted import FittedColorization
from zoo.tasks.colorization.palette import COURSE_PALETTE
from zoo.training.batches import Batches
from zoo.training.loop import train
from zoo.training.precision import autocast, resolve_precision

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

CPU = torch.device("cpu")
RECIPE = Recipe(epochs=1)
PRECISION = resolve_precision("auto", CPU)
PICTURES = 3200


def make() -> tuple[Network, torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    pictures = torch.randint(0, 256, (PICTURES, 1, 32, 32), dtype=torch.uint8, generator=generator)
    targets = torch.randint(0, 24, (PICTURES, 32, 32), dtype=torch.uint8, generator=generator)
    registry = load_registry()
    unet = registry.architecture("unet").value
    torch.manual_seed(0)
    network = build_network(unet, unet.config(), registry.task("colorization").value, 24, channels_last=True)
    return network, pictures, targets


def zoo_loop(folder: Path) -> None:
    network, pictures, targets = make()
    few = Batches(pictures[:1], targets[:1], CPU)
    train(
        network,
        FittedColorization(torch.tensor(COURSE_PALETTE, dtype=torch.uint8), folder),
        Batches(pictures, targets, CPU),
        few,
        RECIPE,
        seed=0,
        precision=PRECISION,
        accelerator=Accelerator(cpu=True),
        state=folder / "state" / "training.pt",
        on_step=lambda done, total: None,
        on_epoch=lambda metrics: None,
        stop=lambda: False,
    )
    (folder / "state" / "training.pt").unlink()


def bare_loop(folder: Path) -> None:
    network, pictures, targets = make()
    model, steps = network.model, PICTURES // RECIPE.batch_size
    optimizer = torch.optim.Adam(model.parameters(), lr=RECIPE.lr)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=RECIPE.lr, total_steps=steps + 1)
    order = torch.randperm(PICTURES, generator=torch.Generator().manual_seed(0))
    model.train()
    for step in range(steps):
        batch = order[step * RECIPE.batch_size : (step + 1) * RECIPE.batch_size]
        x = (pictures[batch].float() / 256).contiguous(memory_format=torch.channels_last)
        with autocast(PRECISION, CPU)():
            loss = torch.nn.functional.cross_entropy(model(x).float(), targets[batch].long())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()


@pytest.mark.benchmark(group="training loop: one epoch of 100 steps")
@pytest.mark.parametrize("loop", [zoo_loop, bare_loop])
def test_loop(benchmark: BenchmarkFixture, tmp_path: Path, loop: Callable[[Path], None]) -> None:
    benchmark.pedantic(loop, args=(tmp_path,), rounds=7, warmup_rounds=1)
