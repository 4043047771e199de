"""What a page computes of whole networks, held against torch: logits, classes, every map, receptive fields."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from zoo.exports.graph import Graph, trace
from zoo.network import Network
from zoo.registry import Registry, load_registry

from .bench import Bench, intermediate, make

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
TOLERANCE = 1e-3
PICTURES, BACKBONE_PICTURES = 100, 5
"""Of how many the logits are compared; a backbone pads each to 32 pixels and computes a hundred times as much."""

SIZE = (5, 7)
"""Height and width of these pictures: no multiple of anything, so that borders are padded and cropped."""

CASES: dict[str, dict[str, object]] = {
    "baseline": {},
    "unet": {},
    "unet skips=added": {"skips": "added"},
    "unet skips=zeroed": {"skips": "zeroed"},
    "unet kernel_size=5": {"kernel_size": 5},
    "rescaled": {"of": "unet", "padding": "shifted", "shift": 0.3},
    "lookup": {},
    "prior": {},
    "chroma": {},
    "chroma depth=1": {"depth": 1, "width": 4},
    "finetune": {"weights": "random"},
    "finetune head_kind=linear": {"weights": "random", "head_kind": "linear"},
    "mine": {},
    "coordinates": {},
}
NARROW: dict[str, dict[str, object]] = {
    "baseline": {"num_filters": 2},
    "unet": {"num_filters": 2},
    "chroma": {"width": 2, "table": False},  # a table has rows for the levels of pictures only
    "mine": {"width": 2},
}
"""As small as they come: a receptive field does not depend on the number of filters."""


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry([EXAMPLES / "mine.py", EXAMPLES / "coordinates.py"])


def pictures(channels: int, count: int, size: tuple[int, int] = SIZE) -> list[Tensor]:
    generator = torch.Generator().manual_seed(1)
    return [torch.randint(256, (1, channels, *size), dtype=torch.uint8, generator=generator) for _ in range(count)]


@pytest.mark.parametrize("case", CASES)
def test_every_map_and_the_logits_of_many_pictures_equal_torch(bench: Bench, registry: Registry, case: str) -> None:
    network, channels = make(registry, case.partition(" ")[0], CASES[case])
    graph = trace(network, channels, case)
    bench.load(graph)
    assert differing(bench, network, graph) == []
    count = BACKBONE_PICTURES if case.startswith("finetune") else PICTURES
    same = 0
    for picture in pictures(channels, count):
        computed = bench.logits(picture)
        with torch.no_grad():
            wanted = network(picture)
        assert (computed - wanted).abs().max() < TOLERANCE
        same += int((computed.argmax(1) == wanted.argmax(1)).sum())
    assert same >= 0.999 * count * SIZE[0] * SIZE[1]


ERRORS = {
    "convolution": ("out[b] += b0 * u + b1 * v + b2 * t;", "out[b] += b0 * u + b1 * v - b2 * t;"),
    "pooling": ("x[at] > x[from[place]]", "x[at] < x[from[place]]"),
    "normalization": ("Math.sqrt(variance.data[c] + eps)", "(variance.data[c] + eps)"),
    "upsampling": ("Math.floor(Math.fround(place * step))", "Math.round(Math.fround(place * step))"),
    "concatenation": ("r * row + start);\n      start += length", "r * row);\n      start += length"),
    "padding": ("return place < 0 ? 0 : length - 1;", "return place < 0 ? 0 : length - 2;"),
}


@pytest.fixture(scope="module")
def unet(registry: Registry) -> tuple[Network, Graph]:
    network, channels = make(registry, "unet", {"num_filters": 8})
    return network, trace(network, channels, "unet")


@pytest.mark.parametrize("error", ERRORS)
def test_a_planted_error_is_found(bench: Bench, unet: tuple[Network, Graph], error: str) -> None:
    network, graph = unet
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
            computed, wanted = bench.maps(picture), intermediate(network, picture)
            names = {operation.name for operation in graph.operations} & set(wanted) & set(computed)
            assert len(names) > len(graph.operations) / 2
            wrong += [
                f"{name} at {size}"
                for name in sorted(names)
                if (computed[name] - wanted[name].flatten().float()).abs().max() >= TOLERANCE
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
    height, width, multiple = 32, 24, graph.multiple
    assert height % multiple == 0
    assert width % multiple == 0
    picture = torch.full((1, channels, height, width), 100, dtype=torch.uint8)
    places = [(0, 0), (15, 10), (31, 23)]
    for (y, x), wanted in zip(places, perturbed(network, picture, places), strict=True):
        computed = bench.gradient(picture, y * width + x, structural=True).view(channels, height, width)[0] > 0
        assert torch.equal(computed, wanted)


@torch.no_grad()
def perturbed(network: Network, picture: Tensor, places: list[tuple[int, int]]) -> list[Tensor]:
    """Which pixels of a picture (1, 1, H, W) change the first logit at each of some places, bool (H, W)."""
    model = network.model
    levels = network.preprocess.encode(picture).double()
    height, width = levels.shape[-2:]
    before = model(levels)
    changed = torch.zeros(len(places), height, width, dtype=torch.bool)
    for row in range(height):
        batch = levels.repeat(width, 1, 1, 1)
        batch[torch.arange(width), 0, row, torch.arange(width)] += 1e4  # the largest of every pooling window
        after = model(batch)
        for number, (y, x) in enumerate(places):
            changed[number, row] = after[:, 0, y, x] != before[0, 0, y, x]
    return list(changed)
