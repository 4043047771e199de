"""Hand-written convolutions beside nn.Conv2d: every rung on every layer, and the figures that `fast` must reach.

Run by hand, on a quiet machine, with as many threads as there are cores:

    OMP_NUM_THREADS=2 pytest tests/bench/test_bench_myconv.py -n 0 --benchmark-enable --benchmark-only
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
import torch
from torch import nn

from zoo_myconv.ladder.measure import COURSE_LAYERS, TORCH, Layer, measure
from zoo_myconv.layer import implemented_by
from zoo_myconv.memory import wanted
from zoo_myconv.names import IMPLEMENTATIONS
from zoo_unet.config import UNetConfig
from zoo_unet.model import UNet

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

BATCH = 100
TIMED = [TORCH, *(name for name in IMPLEMENTATIONS if name != "loops")]  # loops takes seconds, see the ladder


@pytest.mark.parametrize("rung", TIMED)
@pytest.mark.parametrize("layer", COURSE_LAYERS, ids=lambda layer: layer.name)
def test_forward_and_backward(benchmark: BenchmarkFixture, layer: Layer, rung: str) -> None:
    benchmark.group = f"convolution {layer.name}, forward + backward of {BATCH}"
    torch.manual_seed(0)
    make = nn.Conv2d if rung == TORCH else implemented_by(rung)
    conv = make(layer.inputs, layer.outputs, 3, padding=1)
    x = torch.randn(BATCH, layer.inputs, layer.size, layer.size, requires_grad=not layer.first)
    g = torch.randn(BATCH, layer.outputs, layer.size, layer.size)
    benchmark.pedantic(
        lambda: torch.autograd.grad(conv(x), wanted(x, conv), g), rounds=10, iterations=1, warmup_rounds=2
    )


@pytest.mark.parametrize("channels_last", [False, True], ids=["channels first", "channels last"])
def test_fast_reaches_its_figures(benchmark: BenchmarkFixture, channels_last: bool) -> None:
    benchmark.group = "the ladder's fast rung"
    ladder = benchmark.pedantic(
        lambda: measure(["fast"], batch_size=BATCH, rounds=60, channels_last=channels_last), rounds=1, iterations=1
    )
    ratios = [mine.both_s / theirs.both_s for mine, theirs in zip(ladder.of("fast"), ladder.of(TORCH), strict=True)]
    benchmark.extra_info.update(layers=ratios, mean=ladder.ratio("fast", "both_s"))
    assert ladder.ratio("fast", "both_s") <= 1.5, ratios
    assert max(ratios) <= 2.5
    assert all(
        mine.saved_bytes <= 1.3 * theirs.saved_bytes
        for mine, theirs in zip(ladder.of("fast"), ladder.of(TORCH), strict=True)
    )


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_the_unet_trains_at_six_tenths_of_the_speed(benchmark: BenchmarkFixture, precision: str) -> None:
    """In fp32 as the course trains, and in bf16 with channels last as the zoo does; the goal is for fp32."""
    benchmark.group = f"U-Net, one step of {BATCH}, {precision}"
    steps = {conv: _step(conv, precision == "bf16") for conv in ("torch", "myconv:fast")}
    best = dict.fromkeys(steps, float("inf"))

    def turn() -> None:
        for conv, step in steps.items():
            start = time.perf_counter()
            step()
            best[conv] = min(best[conv], time.perf_counter() - start)

    benchmark.pedantic(turn, rounds=30, iterations=1, warmup_rounds=1)
    share = best["torch"] / best["myconv:fast"]
    benchmark.extra_info.update({conv: BATCH / seconds for conv, seconds in best.items()}, share=share)
    assert share >= (0.6 if precision == "fp32" else 0.3), best


def _step(conv: str, half: bool) -> Callable[[], None]:
    """One step of training on random pictures."""
    torch.manual_seed(0)
    form = torch.channels_last if half else torch.contiguous_format
    model = UNet(UNetConfig(conv=conv), 1, 24).to(memory_format=form)
    optimizer = torch.optim.Adam(model.parameters())
    x, target = torch.rand(BATCH, 1, 32, 32), torch.randint(24, (BATCH, 32, 32))

    def step() -> None:
        optimizer.zero_grad()
        with torch.autocast("cpu", torch.bfloat16, enabled=half):
            logits = model(x.to(memory_format=form))
        nn.functional.cross_entropy(logits.float(), target).backward()
        optimizer.step()

    return step
