"""Small networks as people write them: counted, or refused in one line with place and operation."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils import prune

from zoo import complexity
from zoo.api import UserError
from zoo.complexity.deriving.own_file import of_file


class Net(nn.Module):
    """A convolution, and after it a function of its maps (N, 4, 8, 8) and a layer."""

    def __init__(self, function: Callable[..., Any], layer: Callable[[], nn.Module] = nn.Identity) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, padding=1)
        self.layer = layer()
        self.function = function

    def forward(self, x: Tensor) -> Any:
        return self.function(self.conv(x), self.layer)


def old_weight_norm() -> nn.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        return nn.utils.weight_norm(nn.Conv2d(4, 5, 1))


def deformable() -> nn.Module:
    from torchvision.ops import DeformConv2d

    return DeformConv2d(4, 5, 3, padding=1)


def profiled(x: Tensor, layer: nn.Module) -> Tensor:
    with torch.autograd.profiler.record_function("block"):
        return layer(x)


def scattered(x: Tensor, layer: nn.Module) -> Tensor:
    return x.flatten(2).scatter_add(2, torch.zeros(1, 4, 64, dtype=torch.long, device=x.device), x.flatten(2))


def indexed(x: Tensor, layer: nn.Module) -> Tensor:
    return x.index_add(1, torch.tensor([0, 1], device=x.device), x[:, :2])


def bag(x: Tensor, layer: nn.Module) -> Tensor:
    return layer(x.flatten(2)[0].argmax(0, keepdim=True))


COUNTED: dict[str, Callable[[], nn.Module]] = {
    "bilinear": lambda: Net(lambda x, f: f(x.mean((2, 3)), x.amax((2, 3))), lambda: nn.Bilinear(4, 4, 5)),
    "deformable convolution": lambda: Net(lambda x, f: f(x, x.new_zeros(1, 18, 8, 8)), deformable),
    "weight norm": lambda: Net(lambda x, f: f(x), lambda: nn.utils.parametrizations.weight_norm(nn.Conv2d(4, 5, 1))),
    "old weight norm": lambda: Net(lambda x, f: f(x), old_weight_norm),
    "spectral norm": lambda: Net(
        lambda x, f: f(x), lambda: nn.utils.parametrizations.spectral_norm(nn.Conv2d(4, 5, 1))
    ),
    "pruned": lambda: Net(lambda x, f: f(x), lambda: prune.l1_unstructured(nn.Conv2d(4, 5, 1), "weight", 0.5)),
    "lazy convolution": lambda: Net(lambda x, f: f(x), lambda: nn.LazyConv2d(5, 1)),
    "lazy linear": lambda: Net(lambda x, f: f(x.flatten(1)), lambda: nn.LazyLinear(5)),
    "spatial transformer": lambda: Net(
        lambda x, f: F.grid_sample(
            x, F.affine_grid(f(x.mean((2, 3))).view(-1, 2, 3), list(x.shape), align_corners=False), align_corners=False
        ),
        lambda: nn.Linear(4, 6),
    ),
    "distances": lambda: Net(lambda x, f: torch.cdist(x.flatten(2).mT, x.flatten(2).mT)),
    "bag of embeddings": lambda: Net(bag, lambda: nn.EmbeddingBag(64, 5)),
    "index_add": lambda: Net(indexed),
    "scatter_add": lambda: Net(scattered),
    "addr": lambda: Net(lambda x, f: torch.addr(x[0, 0], x[0, 0, 0], x[0, 0, 1])),
    "real Fourier transform": lambda: Net(lambda x, f: torch.fft.irfft2(torch.fft.rfft2(x) * 2)),
    "Fourier transform": lambda: Net(lambda x, f: torch.fft.fft2(x).abs()),
    "profiler block": lambda: Net(profiled, lambda: nn.Conv2d(4, 5, 1)),
    "data parallel": lambda: Net(lambda x, f: f(x), lambda: nn.DataParallel(nn.Conv2d(4, 5, 1))),
    "recurrent": lambda: Net(lambda x, f: f(x.flatten(2).mT), lambda: nn.LSTM(4, 5, batch_first=True)),
    "gated recurrent": lambda: Net(lambda x, f: f(x.flatten(2).mT), lambda: nn.GRU(4, 5, batch_first=True)),
    "transformer": lambda: Net(
        lambda x, f: f(x.flatten(2).mT), lambda: nn.TransformerEncoderLayer(4, 2, 8, batch_first=True)
    ),
    "3-D convolution": lambda: Net(lambda x, f: f(x[:, None]), lambda: nn.Conv3d(1, 2, 3)),
    "1-D convolution": lambda: Net(lambda x, f: f(x.flatten(2)), lambda: nn.Conv1d(4, 2, 3)),
    "pixel shuffle": lambda: Net(lambda x, f: f(x), lambda: nn.PixelShuffle(2)),
    "folded": lambda: Net(lambda x, f: F.fold(F.unfold(x, 2, stride=2), (8, 8), 2, stride=2)),
    "pooled with indices": lambda: Net(lambda x, f: F.max_unpool2d(*F.max_pool2d(x, 2, return_indices=True), 2)),
    "power-average pooling": lambda: Net(lambda x, f: f(x), lambda: nn.LPPool2d(2, 2)),
    "local response": lambda: Net(lambda x, f: f(x), lambda: nn.LocalResponseNorm(2)),
    "cosine": lambda: Net(lambda x, f: F.cosine_similarity(x, x.flip(1))),
    "einops by hand": lambda: Net(lambda x, f: x.unflatten(2, (2, -1)).movedim(2, 0).flatten(1)),
    "top of scores": lambda: Net(lambda x, f: x.flatten(1).topk(3).values),
    "cumulative": lambda: Net(lambda x, f: x.cumsum(1).logsumexp(1)),
    "triangle": lambda: Net(lambda x, f: (x @ x.mT).tril().softmax(-1)),
    "noise": lambda: Net(lambda x, f: x + torch.randn_like(x)),
    "alpha dropout": lambda: Net(lambda x, f: f(x), lambda: nn.AlphaDropout()),
    "list of results": lambda: Net(lambda x, f: {"a": [x, x.mean()], "b": x}),
    "half precision": lambda: Net(lambda x, f: x.half() @ x.half().mT),
    "channels last": lambda: Net(lambda x, f: f(x.to(memory_format=torch.channels_last)), lambda: nn.Conv2d(4, 5, 1)),
    "kept sizes": lambda: Net(lambda x, f: F.interpolate(x, size=tuple(int(n) * 2 for n in x.shape[2:]))),
    "complex": lambda: Net(lambda x, f: torch.view_as_complex(torch.stack([x, x], -1)).abs()),
}


class Counting(nn.Module):
    """Reads the picture as numpy does."""

    def forward(self, x: Tensor) -> Tensor:
        return x * float(x.detach().numpy().mean())


class Branching(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x if x.sum() > 0 else -x


class Item(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x * x.mean().item()


class Choosing(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x[x > 0]


def quantized() -> nn.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return torch.ao.quantization.quantize_dynamic(nn.Sequential(nn.Linear(4, 5)), {nn.Linear})


def traced() -> nn.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return torch.jit.trace(nn.Conv2d(4, 5, 1), torch.zeros(1, 4, 8, 8))


def sparse() -> nn.Module:
    layer = nn.Linear(4, 5)
    layer.weight = nn.Parameter(layer.weight.detach().to_sparse())
    return layer


REFUSED: dict[str, tuple[Callable[[], nn.Module], str]] = {
    "numpy": (lambda: Net(lambda x, f: f(x), Counting), "layer .*numpy"),
    "branch on values": (lambda: Net(lambda x, f: f(x), Branching), "layer uses aten::_local_scalar_dense"),
    "item": (lambda: Net(lambda x, f: f(x), Item), "layer uses aten::_local_scalar_dense"),
    "choice by values": (lambda: Net(lambda x, f: f(x), Choosing), "layer uses aten::(nonzero|index)"),
    "quantized": (lambda: Net(lambda x, f: f(x.mean((2, 3))), quantized), "layer.0 .*quantized"),
    "traced": (lambda: Net(lambda x, f: f(x), traced), "layer is .*TorchScript"),
    "sparse": (lambda: Net(lambda x, f: f(x.mean((2, 3))), sparse), "layer.* sparse"),
}


@pytest.mark.parametrize("name", COUNTED)
def test_hand_made_networks_are_counted(name: str) -> None:
    report = complexity.report(COUNTED[name](), in_channels=3, height=8, width=8, formulas=False)
    assert report.totals["connections"].value is not None
    assert report.totals["connections"].value >= 27 * 4 * 64


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_counted_is_refused_with_its_place_and_operation(name: str) -> None:
    make, words = REFUSED[name]
    with pytest.raises(UserError, match=words) as error:
        complexity.report(make(), in_channels=3, height=8, width=8, formulas=False)
    assert "pictures of" not in str(error.value)


class Pair(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.table, self.mix = nn.Embedding(10, 6), nn.Bilinear(6, 4, 3)

    def forward(self, words: Tensor, parts: dict[str, Tensor]) -> Tensor:
        return self.mix(self.table(words).mean(1), parts["signal"].mean(-1))


def test_inputs_that_are_no_picture_are_counted() -> None:
    words, signal = torch.zeros(1, 7, dtype=torch.long), torch.zeros(1, 4, 50)
    report = complexity.report(Pair(), example_inputs=(words, {"signal": signal}))
    assert report.totals["connections"].value == 3 * 6 * 4 + 3 * 4
    assert "mix" in report.to_markdown()
    video = complexity.report(nn.Conv3d(3, 2, 3), example_inputs=[torch.zeros(1, 3, 5, 6, 7)])
    assert video.totals["connections"].value == 27 * 3 * 2 * 3 * 4 * 5
    with pytest.raises(UserError, match="Conv3d cannot run on the example inputs"):
        complexity.report(nn.Conv3d(3, 2, 3), example_inputs=[torch.zeros(1, 4, 5, 6, 7)])


@pytest.mark.parametrize("device", ["cpu", "meta"])
def test_the_module_stays_as_it_was(device: str) -> None:
    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Dropout()).to(device)
    weightless = nn.Sequential(nn.ReLU(), nn.Dropout())
    before = [id(tensor) for tensor in (*network.parameters(), *network.buffers())]
    for module in (network, weightless):
        complexity.report(module, in_channels=3, height=8, width=8)
        assert all(child.training for child in module.modules())
        assert not any(child._forward_hooks or child._forward_pre_hooks for child in module.modules())
    assert [id(tensor) for tensor in (*network.parameters(), *network.buffers())] == before
    assert all(parameter.requires_grad and parameter.grad is None for parameter in network.parameters())


FILE = """
from torch import nn

class Net(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Conv2d(2, 4, 3, padding=1), nn.ReLU())

class Wide(nn.Linear):
    pass
"""


def test_a_class_of_ones_own_file_is_counted(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(FILE)
    count = of_file(f"{file}:Net", 8, 10).now()
    assert count.rows["0"].connections == 9 * 2 * 4 * 8 * 10


@pytest.mark.parametrize(
    ("text", "name", "words"),
    [
        (FILE, "Nett", "unknown class of a network in .*mine.py: 'Nett': did you mean .*Net"),
        (FILE, "Wide", r"mine.py: Wide\(\) fails with TypeError: .* without arguments"),
        ("import no_such_package", "Net", "mine.py cannot be run: ModuleNotFoundError"),
        ("raise SystemExit(3)", "Net", "mine.py cannot be run: SystemExit"),
    ],
)
def test_a_file_that_does_not_give_a_network_is_refused(tmp_path: Path, text: str, name: str, words: str) -> None:
    file = tmp_path / "mine.py"
    file.write_text(text)
    with pytest.raises(UserError, match=words):
        of_file(f"{file}:{name}", None, None)
