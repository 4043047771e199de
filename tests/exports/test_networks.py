"""What a page computes of whole networks, held against torch: logits, classes, every map, receptive fields."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from zoo.exports.graph import Graph, trace
from zoo.network import Network, build_network
from zoo.registry import Registry, load_registry

from .bench import Bench, intermediate

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
TOLERANCE = 1e-3
PICTURES = 100
SIZE = (18, 29)
"""Height and width of the pictures: no multiple of anything, so that borders are padded and cropped."""

CASES = {
    "baseline": {},
    "unet": {},
    "unet skips=added": {"skips": "added"},
    "unet skips=zeroed": {"skips": "zeroed"},
    "unet kernel_size=5": {"kernel_size": 5},
    "rescaled": {"of": "unet", "padding": "shifted", "shift": 0.3},
    "lookup": {},
    "prior": {},
    "chroma": {},
    "finetune": {"weights": "random"},
    "finetune head_kind=linear": {"weights": "random", "head_kind": "linear"},
    "mine": {},
    "coordinates": {},
}
NARROW = {
    "baseline": {"num_filters": 2},
    "unet": {"num_filters": 2},
    "chroma": {"width": 2, "table": False},  # a table has rows for the levels of pictures only
    "mine": {"width": 2},
}
"""As small as they come: a receptive field does not depend on the number of filters."""


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry([EXAMPLES / "mine.py", EXAMPLES / "coordinates.py"])


def make(registry: Registry, case: str, settings: dict[str, object] | None = None) -> tuple[Network, int]:
    """An untrained network whose buffers are not the trivial ones, and the channels of its pictures."""
    torch.manual_seed(0)
    architecture = registry.architecture(case.partition(" ")[0]).value
    task = registry.task(architecture.tasks[0]).value
    config = registry.configure(architecture.config(), CASES[case] if settings is None else settings)
    network = build_network(architecture, config, task, 24 if task.channels == 1 else 2)
    for buffer in network.buffers():
        if buffer.is_floating_point():
            buffer.uniform_(0.2, 1.2)
    for parameter in network.parameters():  # a layer that starts at zero would hide what it computes
        if not parameter.any():
            nn.init.normal_(parameter, std=0.1)
    return network.eval(), task.channels


def pictures(channels: int, count: int, size: tuple[int, int] = SIZE) -> list[Tensor]:
    generator = torch.Generator().manual_seed(1)
    return [torch.randint(256, (1, channels, *size), dtype=torch.uint8, generator=generator) for _ in range(count)]


@pytest.mark.parametrize("case", CASES)
def test_logits_and_classes_equal_torch(bench: Bench, registry: Registry, case: str) -> None:
    network, channels = make(registry, case)
    bench.load(trace(network, channels, case))
    same = 0
    count = PICTURES // 10 if case.startswith("finetune") else PICTURES  # a backbone takes seconds for a picture
    for picture in pictures(channels, count):
        found = bench.logits(picture)
        with torch.no_grad():
            wanted = network(picture)
        assert (found - wanted).abs().max() < TOLERANCE
        same += int((found.argmax(1) == wanted.argmax(1)).sum())
    assert same >= 0.999 * count * SIZE[0] * SIZE[1]


@pytest.mark.parametrize("case", CASES)
def test_every_map_equals_torch(bench: Bench, registry: Registry, case: str) -> None:
    network, channels = make(registry, case)
    graph = trace(network, channels, case)
    bench.load(graph)
    assert differing(bench, network, graph) == []


ERRORS = {
    "convolution": ("out[b] += b0 * u + b1 * v + b2 * t;", "out[b] += b0 * u + b1 * v - b2 * t;"),
    "pooling": ("x[at] > x[from[place]]", "x[at] < x[from[place]]"),
    "normalization": ("Math.sqrt(variance.data[c] + eps)", "(variance.data[c] + eps)"),
    "upsampling": ("Math.floor(Math.fround(place * step))", "Math.round(Math.fround(place * step))"),
    "concatenation": ("r * row + start);\n      start += length", "r * row);\n      start += length"),
    "padding": ("return place < 0 ? 0 : length - 1;", "return place < 0 ? 0 : length - 2;"),
}


@pytest.mark.parametrize("error", ERRORS)
def test_a_planted_error_is_found(bench: Bench, registry: Registry, error: str) -> None:
    network, channels = make(registry, "unet")
    graph = trace(network, channels, "unet")
    right, wrong = ERRORS[error]

    def plant(script: str) -> str:
        assert script.count(right) == 1
        return script.replace(right, wrong)

    bench.load(graph, plant)
    assert differing(bench, network, graph) != []


def differing(bench: Bench, network: Network, graph: Graph) -> list[str]:
    """Operations whose maps are not torch's, for pictures of two sizes that need padding if any does.

    A network that pads to multiples of 32 is a backbone, all of whose maps take minutes: it gets one small size.
    """
    wrong = []
    multiple = graph.multiple
    sizes = [(multiple + 3, 2 * multiple + 3), (4 * multiple + 3, 5 * multiple + 3)]
    for size in sizes[: 1 if multiple >= 32 else 2]:
        for picture in pictures(graph.channels, 1, size):
            found, wanted = bench.maps(picture), intermediate(network, picture)
            names = {operation.name for operation in graph.operations} & set(wanted) & set(found)
            assert len(names) > len(graph.operations) / 2
            wrong += [
                f"{name} at {size}"
                for name in sorted(names)
                if (found[name] - wanted[name].flatten().float()).abs().max() >= TOLERANCE
            ]
    return wrong


@pytest.mark.parametrize("case", NARROW)
def test_receptive_fields_equal_those_found_by_perturbing(bench: Bench, registry: Registry, case: str) -> None:
    network, channels = make(registry, case, NARROW[case])
    for parameter in network.parameters():  # so that no ReLU is dead and nothing cancels
        parameter.data.abs_().add_(0.01)
    graph = trace(network, channels, case)
    bench.load(graph)
    network.double()
    height, width, multiple = 48, 40, graph.multiple
    assert height % multiple == 0
    assert width % multiple == 0
    picture = torch.full((1, channels, height, width), 100, dtype=torch.uint8)
    for y, x in ((0, 0), (20, 17), (47, 39)):
        found = bench.gradient(picture, y * width + x, structural=True).view(channels, height, width)[0] > 0
        assert torch.equal(found, perturbed(network, picture, y, x))


@torch.no_grad()
def perturbed(network: Network, picture: Tensor, y: int, x: int) -> Tensor:
    """Which pixels of a picture (1, 1, H, W) change the first logit at a place, bool (H, W)."""
    model = network.model
    levels = network.preprocess.encode(picture).double()
    height, width = levels.shape[-2:]
    before = model(levels)[0, 0, y, x]
    changed = torch.zeros(height, width, dtype=torch.bool)
    for row in range(height):
        batch = levels.repeat(width, 1, 1, 1)
        batch[torch.arange(width), 0, row, torch.arange(width)] += 1e4  # the largest of every pooling window
        changed[row] = model(batch)[:, 0, y, x] != before
    return changed
