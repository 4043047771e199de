"""The same meaning counts the same, however it is written: products, gates, scalings, sums, complex numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional as F

from zoo.complexity.counting.counter import count
from zoo.complexity.deriving.proof import Status
from zoo.complexity.deriving.result import make_report
from zoo.complexity.deriving.subject import of_module

Spelling = Callable[..., Any]


class Written(nn.Module):
    """A picture x, two maps q and k that were computed from it, a gate g of one value a channel, and weights w."""

    def __init__(self, function: Spelling, channels: int) -> None:
        super().__init__()
        self.function = function
        self.q, self.k = nn.Conv2d(channels, channels, 1), nn.Conv2d(channels, channels, 1)
        self.w = nn.Parameter(torch.empty(channels, 1, 1))
        self.register_buffer("number", torch.empty(1))

    def forward(self, x: Tensor) -> Any:
        q, k = self.q(x), self.k(x)
        g = k.mean((2, 3), keepdim=True).sigmoid()
        return self.function(x=x, q=q, k=k, g=g, w=self.w, number=self.number)


def connections(function: Spelling, channels: int, height: int, width: int) -> tuple[int, int | None]:
    """What a function counts, beside the two convolutions before it; with padding and without."""
    with torch.device("meta"), torch.no_grad():
        rows = count(Written(function, channels).eval(), torch.empty(1, channels, height, width)).rows.values()
    plain = 2 * channels**2 * height * width
    return (
        sum(r.connections for r in rows) - plain,
        sum(r.unpadded for r in rows if r.unpadded is not None) - plain,
    )


def gru(z: Tensor, n: Tensor, h: Tensor) -> Tensor:
    return (1 - z) * n + z * h


def complex_parts(x: Tensor) -> tuple[Tensor, Tensor]:
    return torch.view_as_real(x)[..., 0], torch.view_as_real(x)[..., 1]


def multiplied_parts(a: Tensor, b: Tensor) -> Tensor:
    (ar, ai), (br, bi) = complex_parts(a), complex_parts(b)
    return torch.stack([ar * br - ai * bi, ar * bi + ai * br])


PAIRS: dict[str, tuple[Spelling, Spelling]] = {
    "scaled after and before the sum": (
        lambda q, k, **_: (q * k).sum(1) / 8,
        lambda q, k, **_: ((q * k) / 8).sum(1),
    ),
    "divided by 2 and times 0.5": (lambda q, k, **_: ((q * k) / 2).sum(1), lambda q, k, **_: (q * k * 0.5).sum(1)),
    "a number in a tensor": (
        lambda q, k, **_: (q * k * 0.5).sum(1),
        lambda q, k, number, **_: (q * k * number * torch.tensor(2.0)).sum(1),
    ),
    "negated": (lambda q, k, **_: (q * k).sum(1), lambda q, k, **_: -(-(q * k)).sum(1)),
    "sum and mean": (lambda q, k, **_: (q * k).sum((2, 3)), lambda q, k, **_: (q * k).mean((2, 3))),
    "average pooling": (
        lambda q, k, **_: F.avg_pool2d(q * k, 2),
        lambda q, k, **_: (q * k).unflatten(3, (-1, 2)).unflatten(2, (-1, 2)).mean((3, 5)),
    ),
    "adaptive pooling": (
        lambda q, k, **_: F.adaptive_avg_pool2d(q * k, 2),
        lambda q, k, **_: (q * k).sum((2, 3)),
    ),
    "einsum": (lambda q, k, **_: (q * k).sum(1), lambda q, k, **_: torch.einsum("nchw,nchw->nhw", q, k)),
    "a gate before and after pooling": (
        lambda x, g, **_: (x * g).mean((2, 3)),
        lambda x, g, **_: x.mean((2, 3)) * g[:, :, 0, 0],
    ),
    "a gate, pooled over flat places": (
        lambda x, g, **_: (x * g).flatten(2).mean(-1),
        lambda x, g, **_: (x * g).permute(0, 2, 3, 1).mean((1, 2)),
    ),
    "a gate, summed over channels": (
        lambda x, g, **_: (x * g).sum((1, 2, 3)),
        lambda x, g, **_: torch.einsum("nchw,nc->n", x, g[:, :, 0, 0]),
    ),
    "a gate, summed in two steps": (
        lambda x, g, **_: (x * g).sum((1, 2, 3)),
        lambda x, g, **_: (x * g).sum((2, 3)).sum(1),
    ),
    "a gate beside a sum": (lambda x, g, **_: x * g + x, lambda x, g, **_: torch.addcmul(x, x, g)),
    "over and times the inverse": (lambda x, w, **_: x / w, lambda x, w, **_: x * (1 / w)),
    "a weight over a value": (lambda x, w, **_: w / x, lambda x, w, **_: w * x.reciprocal()),
    "lerp by a weight": (lambda q, k, w, **_: torch.lerp(q, k, w), lambda q, k, w, **_: q + w * (k - q)),
    "lerp by a gate": (lambda q, k, g, **_: torch.lerp(q, k, g), lambda q, k, g, **_: gru(g, q, k)),
    "addcmul": (lambda q, k, w, **_: torch.addcmul(q, k, w), lambda q, k, w, **_: q + k * w),
    "addcdiv": (lambda q, k, w, **_: torch.addcdiv(q, k, w), lambda q, k, w, **_: q + k / w),
    "square": (lambda q, k, **_: ((q - k) ** 2).sum(1), lambda q, k, **_: ((q - k) * (q - k)).sum(1)),
    "squares by name": (lambda q, **_: q.square().sum(1), lambda q, **_: q.norm(dim=1)),
    "distances": (
        lambda q, k, **_: torch.cdist(q.flatten(2), k.flatten(2)),
        lambda q, k, **_: ((q.flatten(2)[:, :, None] - k.flatten(2)[:, None]) ** 2).sum(-1).sqrt(),
    ),
    "weights alone": (
        lambda x, w, **_: x.sum(1) + (w.flatten(1) @ w.flatten(1).t()).sum(),
        lambda x, w, **_: x.sum(1) + (w.flatten(1) * w.flatten(1).t()).sum(),
    ),
    "outer product": (
        lambda q, k, **_: torch.einsum("nc,nd->ncd", q[:, :, 0, 0], k[:, :, 0, 0]),
        lambda q, k, **_: q[:, :, 0, 0, None] * k[:, None, :, 0, 0],
    ),
    "a row of products, one by one": (
        lambda q, k, **_: (q * k).sum(1),
        lambda q, k, **_: sum(q[:, i] * k[:, i] for i in range(q.shape[1])),
    ),
    "products added to something else": (
        lambda x, q, k, **_: x[:, 0] + (q * k).sum(1),
        lambda x, q, k, **_: x[:, 0] + q[:, 0] * k[:, 0] + sum(q[:, i] * k[:, i] for i in range(1, q.shape[1])),
    ),
    "gates of LSTM and GRU": (
        lambda q, k, x, g, **_: q.sigmoid() * x + k.sigmoid() * g.tanh(),
        lambda q, k, x, g, **_: gru(q.sigmoid(), k.tanh(), x),
    ),
    "complex product": (
        lambda q, k, **_: torch.complex(q, q + 1) * torch.complex(k, k + 1),
        lambda q, k, **_: multiplied_parts(torch.complex(q, q + 1), torch.complex(k, k + 1)),
    ),
    "complex sum": (
        lambda q, k, **_: torch.einsum("nchw,nchw->nhw", torch.complex(q, q + 1), torch.complex(k, k + 1)),
        lambda q, k, **_: (torch.complex(q, q + 1) * torch.complex(k, k + 1)).sum(1),
    ),
}
"""Two spellings of the same meaning."""


@pytest.mark.parametrize("name", PAIRS)
@settings(max_examples=3, deadline=None)
@given(channels=st.integers(2, 6), height=st.integers(2, 5), width=st.integers(2, 5))
def test_two_spellings_of_a_meaning_count_the_same(name: str, channels: int, height: int, width: int) -> None:
    size = (channels, 2 * height, 2 * width)
    one, other = (connections(spelling, *size) for spelling in PAIRS[name])
    assert one == other


@pytest.mark.parametrize(
    ("spelling", "expected"),
    [
        (lambda q, k, **_: q * k, 0),
        (lambda q, k, **_: ((q * k) / 8).sum(1), 3 * 4 * 6),
        (lambda x, g, **_: (x * g).mean((2, 3)), 0),
        (lambda x, g, **_: (x * g).mean((1, 2, 3)), 3),
        (lambda x, w, **_: x / w, 3 * 4 * 6),
        (lambda x, number, **_: x / number, 0),
        (lambda x, **_: x * torch.ones(3, 4, 6), 0),
        (lambda q, k, **_: ((q - k) ** 2).sum(1), 3 * 4 * 6),
        (lambda q, k, w, **_: torch.lerp(q, k, w), 3 * 4 * 6),
        (lambda q, k, **_: torch.complex(q, q) * torch.complex(k, k), 4 * 3 * 4 * 6),
        (lambda q, w, **_: torch.complex(q, q) * w, 2 * 3 * 4 * 6),
    ],
)
def test_what_counts_as_what(spelling: Spelling, expected: int) -> None:
    assert connections(spelling, 3, 4, 6) == (expected, expected)


class Recurrent(nn.Module):
    def __init__(self, cell: type[nn.LSTMCell | nn.GRUCell]) -> None:
        super().__init__()
        self.cell = cell(3, 5)

    def forward(self, x: Tensor) -> Any:
        return self.cell(x.mean((2, 3)))


@pytest.mark.parametrize(("cell", "gates"), [(nn.LSTMCell, 4), (nn.GRUCell, 3)])
def test_gates_of_recurrent_cells_scale_values_and_count_nothing(cell: Any, gates: int) -> None:
    with torch.device("meta"), torch.no_grad():
        rows = count(Recurrent(cell).eval(), torch.empty(1, 3, 4, 4)).rows
    assert rows["cell"].connections == gates * (3 * 5 + 5 * 5)


def test_products_and_gates_stay_proved() -> None:
    def spelling(x: Tensor, q: Tensor, k: Tensor, g: Tensor, **_: Any) -> Tensor:
        return (x * g).flatten(2).mean(-1) + ((q * k) / 8).sum((2, 3))

    report = make_report(of_module(Written(spelling, 3), 3, 16, 24))
    assert report.totals["connections"].status is Status.PROVED
