"""What is timed beside what: a function per group, each with its reference."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn

from tests.bench.pairs import Pair, Work, measure
from tests.bench.test_bench_labels import by_distances, by_table
from tests.bench.test_bench_loop import bare_loop, zoo_loop
from tests.bench.test_bench_startup import PROGRAMS
from zoo import complexity
from zoo_myconv.ladder.measure import COURSE_LAYERS
from zoo_myconv.layer import implemented_by
from zoo_myconv.memory import wanted

PLUGIN = """from zoo.api import Architecture, hookimpl


class Net(Architecture):
    name, summary, tasks = "net{0}", "one of many", ("colorization",)


@hookimpl
def zoo_architectures():
    return [Net()]
"""


def train_step(rounds: int) -> Iterator[Pair]:
    """The loop of the zoo beside a bare one: an epoch of the U-Net, the same arithmetic."""
    with tempfile.TemporaryDirectory() as folder:
        loops = [(name, partial(loop, Path(folder))) for name, loop in (("loop", zoo_loop), ("bare loop", bare_loop))]
        yield measure("train-step", *loops, rounds)


def conv(rounds: int) -> Iterator[Pair]:
    """The fast rung beside torch's convolution, forward and backward, on the course's layers, in single precision."""
    for layer in COURSE_LAYERS:
        x = torch.randn(100, layer.inputs, layer.size, layer.size, requires_grad=not layer.first)
        g = torch.randn(100, layer.outputs, layer.size, layer.size)

        def step(module: nn.Module, x: torch.Tensor = x, g: torch.Tensor = g) -> object:
            return torch.autograd.grad(module(x), wanted(x, module), g)

        sides: list[tuple[str, Work]] = [
            (name, partial(step, make(layer.inputs, layer.outputs, 3, padding=1)))
            for name, make in (("MyConv2D fast", implemented_by("fast")), ("nn.Conv2d", nn.Conv2d))
        ]
        yield measure(f"conv, {layer.name}", sides[0], sides[1], rounds)


def counting(rounds: int) -> Iterator[Pair]:
    """The numbers of resnet18 beside other counters, as far as they are installed."""
    from torch.utils.flop_counter import FlopCounterMode
    from torchvision import models

    model = models.resnet18(weights=None).eval()
    with torch.device("meta"):
        shapes = models.resnet18(weights=None).eval()

    def by_zoo() -> object:
        return complexity.report(model, in_channels=3, height=224, width=224, formulas=False)

    def by_torch() -> object:
        with FlopCounterMode(display=False), torch.no_grad():
            return shapes(torch.empty(1, 3, 224, 224, device="meta"))

    yield measure("complexity, resnet18", ("report", by_zoo), ("FlopCounterMode on meta", by_torch), rounds)
    try:
        from torchinfo import summary
    except ImportError:
        return
    peer = partial(summary, model, (1, 3, 224, 224), verbose=0)
    yield measure("complexity, resnet18", ("report", by_zoo), ("torchinfo", peer), rounds)


def labels(rounds: int) -> Iterator[Pair]:
    """The table of all colors beside the distance matrix."""
    pictures = torch.randint(0, 256, (6000, 3, 32, 32), dtype=torch.uint8)
    sides: list[tuple[str, Work]] = [
        (name, partial(way, pictures)) for name, way in (("table", by_table), ("torch.cdist", by_distances))
    ]
    yield measure("labels of 6,000 pictures", sides[0], sides[1], rounds)


def startup(rounds: int) -> Iterator[Pair]:
    """`zoo list` and `zoo complexity` beside what they cannot go below."""
    bare, zoo_list = (partial(_python, *PROGRAMS[name]) for name in ("bare Typer program", "zoo list"))
    yield measure("startup", ("zoo list", zoo_list), ("bare Typer program", bare), rounds)
    unet = partial(_python, "-m", "zoo", "complexity", "unet")
    torch_alone = partial(_python, *PROGRAMS["import torch"])
    yield measure("startup", ("zoo complexity unet", unet), ("import torch", torch_alone), rounds)


def plugins(rounds: int) -> Iterator[Pair]:
    """`zoo list` with 1,000 plugins of one file beside `zoo list` without them."""
    with tempfile.TemporaryDirectory() as folder:
        for number in range(1000):
            Path(folder, f"net{number}.py").write_text(PLUGIN.format(number), encoding="utf-8")
        many = partial(_python, "-m", "zoo", "--plugins-dir", folder, "list")
        yield measure("plugins", ("1,000 files", many), ("none", partial(_python, "-m", "zoo", "list")), rounds)


def predict(rounds: int) -> Iterator[Pair]:
    """`zoo predict` on photos of 0.1, 12 and 50 megapixels beside `import torch`; the group's name has the memory."""
    with tempfile.TemporaryDirectory() as folder:
        for megapixels, size in ((0.1, (365, 274)), (12, (4000, 3000)), (50, (8160, 6120))):
            photo = Path(folder, f"{megapixels}.jpg")
            ramp = np.linspace(0, 255, size[0] * 3).reshape(1, size[0], 3).astype(np.uint8)
            Image.fromarray(np.repeat(ramp, size[1], axis=0)).save(photo)
            work = partial(_python, "-m", "zoo", "predict", "chroma", str(photo), "--out", str(Path(folder, "a.jpg")))
            torch_alone = partial(_python, *PROGRAMS["import torch"])
            name = f"predict, {megapixels} megapixels, at most {_peak_bytes(work) / 1e9:.2f} GB"
            yield measure(name, ("zoo predict", work), ("import torch", torch_alone), rounds)


def _python(*arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)


def _peak_bytes(work: Work) -> int:
    """The most memory that any program had that was started here so far: to be asked in the order of size."""
    work()
    return 1024 * resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss


GROUPS: dict[str, tuple[Callable[[int], Iterator[Pair]], int]] = {
    "predict": (predict, 3),
    "train-step": (train_step, 9),
    "conv": (conv, 9),
    "complexity": (counting, 9),
    "labels": (labels, 5),
    "startup": (startup, 7),
    "plugins": (plugins, 3),
}
"""By name: what is timed, and in how many rounds; predict comes first, whose memory is the largest seen so far."""
