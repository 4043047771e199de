"""Every operation of the engine computes what torch computes, and so does its gradient."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from zoo.exports.html import engine
from zoo.exports.operations import SUPPORTED

from .bench import Bench, traced


class Function(nn.Module):
    """A function of pictures as a module."""

    def __init__(self, function: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.function = function

    def forward(self, x_NCHW: Tensor) -> Tensor:
        return self.function(x_NCHW)


class Attention(nn.Module):
    """Pixels attend to each other: linear layers, matrix products and a softmax over flattened pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.query, self.value = nn.Linear(3, 4), nn.Linear(3, 4)

    def forward(self, x_NCHW: Tensor) -> Tensor:
        n, c, h, w = x_NCHW.shape
        x_NLC = x_NCHW.reshape(n, c, h * w).transpose(1, 2)
        q, v = self.query(x_NLC), self.value(x_NLC)
        mixed_NLC = torch.matmul(torch.softmax(torch.matmul(q, q.transpose(1, 2)), dim=-1), v)
        return mixed_NLC.transpose(1, 2).reshape(n, 4, h, w)


class Table(nn.Module):
    """A row for every level."""

    def __init__(self) -> None:
        super().__init__()
        self.rows = nn.Embedding(256, 4)

    def forward(self, x_NCHW: Tensor) -> Tensor:
        return self.rows((x_NCHW[:, 0] * 4).long()).permute(0, 3, 1, 2)


MODULES: dict[str, Callable[[], nn.Module]] = {
    "conv": lambda: nn.Conv2d(3, 9, 3, padding=1),
    "conv with stride and dilation": lambda: nn.Conv2d(3, 5, (3, 2), stride=(2, 1), dilation=(1, 2), padding=(1, 2)),
    "conv in groups": lambda: nn.Sequential(
        nn.Conv2d(3, 8, 1), nn.Conv2d(8, 16, 3, groups=2), nn.Conv2d(16, 16, 3, groups=16)
    ),
    "conv that keeps the size": lambda: nn.Conv2d(3, 4, 5, padding="same"),
    "conv of a small map": lambda: nn.Sequential(
        nn.Conv2d(3, 6, 4, stride=8, padding=1), nn.Conv2d(6, 7, 3, padding=1)
    ),
    "transposed conv": lambda: nn.ConvTranspose2d(3, 5, 3, stride=2, padding=1, output_padding=1),
    "transposed conv in groups": lambda: nn.Sequential(
        nn.Conv2d(3, 4, 1), nn.ConvTranspose2d(4, 6, 4, stride=2, groups=2)
    ),
    "max pooling": lambda: nn.MaxPool2d(3, stride=2, padding=1),
    "average pooling": lambda: nn.AvgPool2d(3, stride=2, padding=1),
    "average pooling without padding": lambda: nn.AvgPool2d(3, stride=2, padding=1, count_include_pad=False),
    "adaptive pooling": lambda: nn.AdaptiveAvgPool2d(3),
    "nearest": lambda: nn.Upsample(scale_factor=2),
    "bilinear": lambda: nn.Upsample(scale_factor=2, mode="bilinear"),
    "bilinear, corners aligned": lambda: nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True),
    "batch norm": lambda: nn.BatchNorm2d(3),
    "group norm": lambda: nn.Sequential(nn.Conv2d(3, 4, 1), nn.GroupNorm(2, 4)),
    "instance norm": lambda: nn.InstanceNorm2d(3, affine=True),
    "layer norm": lambda: Function(lambda x: F.layer_norm(x.permute(0, 2, 3, 1), (3,)).permute(0, 3, 1, 2)),
    "attention": Attention,
    "table": Table,
    "dropout": lambda: nn.Sequential(nn.Dropout2d(), nn.Identity()),
}

FUNCTIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "sums": lambda x: (2 - x) * x + x / (1 + x) - torch.maximum(x, 1 - x) + torch.minimum(x, x[:, :1]),
    "powers": lambda x: (x + 1) ** 2 + (x + 1).sqrt() + (x + 1).rsqrt(),
    "logarithms": lambda x: (x + 1).reciprocal() + (x + 1).log() + x.exp(),
    "activations": lambda x: sum(
        f(4 * x - 2)
        for f in (F.relu, F.relu6, F.leaky_relu, F.elu, F.gelu, F.silu, F.hardswish, F.hardsigmoid, F.softplus)
    ),
    "more activations": lambda x: torch.sigmoid(x) + torch.tanh(x) - x.abs() + (-x) + (3 * x).round(),
    "clamps": lambda x: (3 * x).clamp(0.5, 2) + F.hardtanh(3 * x),
    "in place": lambda x: F.relu_((x - 0.5).clone()),
    "softmaxes": lambda x: x.softmax(1) + x.log_softmax(2),
    "means and sums": lambda x: x - x.mean((2, 3), keepdim=True) + x.sum(1, keepdim=True),
    "cuts": lambda x: torch.cat([x[:, 1:], x[:, :1], x.flip(3), x.narrow(1, 0, 2)], dim=1),
    "parts": lambda x: torch.cat([*x.split(2, dim=1)[::-1], *x.chunk(3, dim=1)[::-1]], dim=1),
    "padding": lambda x: F.pad(x, (1, 2, 0, 1), value=0.5)[..., :-1, :-3],
    "padding by reflection": lambda x: F.pad(x, (2, 2, 1, 1), mode="reflect"),
    "padding by repetition": lambda x: F.pad(x, (2, 2, 1, 1), mode="replicate"),
    "padding around": lambda x: F.pad(x, (1, 1, 1, 1), mode="circular"),
    "shapes": lambda x: x.flatten(2).unsqueeze(1).squeeze(1).view(x.shape).transpose(2, 3).transpose(2, 3),
    "constants": lambda x: x + torch.ones_like(x) + torch.zeros(x.shape[-1]) + torch.linspace(0, 1, x.shape[-1])
    + torch.arange(x.shape[-2]).float()[:, None] + torch.full((1,), 2.0),
}  # fmt: skip

CASES = {**MODULES, **{name: (lambda f=function: Function(f)) for name, function in FUNCTIONS.items()}}


def test_the_engine_has_the_operations_that_python_lets_through(bench: Bench) -> None:
    path = bench.folder / "operations.html"
    path.write_text(f'<link rel="icon" href="data:,"><script>{engine()}</script>', encoding="utf-8")
    bench.page.open(path.as_uri())
    assert set(bench.page.run("Object.keys(OPERATIONS)")) == SUPPORTED


@pytest.mark.parametrize("case", CASES)
def test_an_operation_and_its_gradient_equal_torch(bench: Bench, case: str) -> None:
    torch.manual_seed(0)
    model = CASES[case]()
    for layer in model.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.running_mean = torch.randn(layer.num_features)
            layer.running_var = torch.rand(layer.num_features) + 0.5
    network, graph = traced(model)
    picture = torch.randint(256, (1, 3, 26, 38), dtype=torch.uint8)
    bench.load(graph)
    maps = bench.maps(picture)
    levels = (picture.float() / 255).requires_grad_(case != "table")
    wanted = network.model(levels)
    assert torch.allclose(maps[graph.output], wanted.detach().flatten(), atol=1e-5, rtol=1e-5)
    if levels.requires_grad:
        place = wanted.numel() // 3
        wanted.flatten()[place].backward()
        assert levels.grad is not None
        computed = 255 * bench.gradient(picture, place)
        assert torch.allclose(computed, levels.grad.flatten(), atol=1e-4, rtol=1e-4)
