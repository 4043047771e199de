"""Counts are exact however a network is written; the oracle is plain enumeration, or the course's figures."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional as F

import zoo_baseline
import zoo_unet
from zoo import complexity
from zoo.complexity.counting.counter import UncountedOperationError, count
from zoo.complexity.counting.meta import meta_copy
from zoo.complexity.counting.rows import Count, Row
from zoo.complexity.deriving.conventions import Conventions
from zoo.complexity.deriving.result import Report


def counted(module: nn.Module, *shape: int) -> Count:
    with torch.no_grad():
        return count(meta_copy(module).eval(), torch.empty(shape, device="meta"))


def only(module: nn.Module, *shape: int) -> Row:
    [row] = counted(module, *shape).rows.values()
    return row


def baseline(**kept: bool) -> Report:
    nothing = {"normalization": False, "resampling": False, "activations": False}
    return complexity.report(zoo_baseline.Baseline(), conventions=Conventions(**{**nothing, **kept}), formulas=False)


# --- the course's figures (FACTS 3) at k=3, NIC=1, NF=32, NC=24, 32x32 ---

NF, NC, NIC = 32, 24, 1


def test_baseline_weights_with_and_without_biases_and_batchnorm() -> None:
    assert baseline(biases=False).totals["weights"].value == 86_112
    plain = baseline().totals
    assert plain["weights"].value + plain["biases"].value == 86_352
    whole = baseline(normalization=True).totals
    assert whole["weights"].value + whole["biases"].value == 86_784


@pytest.mark.parametrize(
    ("kept", "outputs"),
    [
        ({}, 1728 * NF + 1280 * NC),
        ({"resampling": True}, 2368 * NF + 2304 * NC),
        ({"resampling": True, "normalization": True}, 3136 * NF + 3328 * NC),
        ({"resampling": True, "normalization": True, "activations": True}, 3904 * NF + 4352 * NC),
    ],
)
def test_all_four_counts_of_the_baselines_outputs(kept: dict[str, bool], outputs: int) -> None:
    assert baseline(**kept).totals["outputs"].value == outputs


def test_baseline_connections_with_and_without_padding_and_biases() -> None:
    assert baseline().totals["connections"].value == 15_630_336
    without = 8836 * NIC * NF + 7136 * NF**2 + 2116 * NF * NC + 8836 * NC**2
    assert baseline(padding=False).totals["connections"].value == without
    assert baseline(bias_connections=True).totals["connections"].value == 15_630_336 + 1728 * NF + 1280 * NC


def test_unet_has_the_weights_of_the_course() -> None:
    totals = complexity.report(zoo_unet.UNet(), formulas=False).totals
    assert totals["weights"].value + totals["biases"].value == 112_344


def test_resnet18_at_224() -> None:
    totals = complexity.report("torchvision:resnet18", formulas=False).totals
    assert totals["connections"].value == 1_814_073_344
    assert totals["weights"].value + totals["biases"].value == 11_689_512


# --- one convolution, written in many ways ---


class Handwritten(nn.Module):
    """A convolution that keeps the size, written by a function of (x, weight, padding)."""

    def __init__(self, inputs: int, outputs: int, kernel: int, how: Callable[[Tensor, Tensor, int], Tensor]) -> None:
        super().__init__()
        self.w = nn.Parameter(torch.empty(outputs, inputs, kernel, kernel, device="meta"))
        self.b = nn.Parameter(torch.empty(outputs, device="meta"))
        self.how = how

    def forward(self, x: Tensor) -> Tensor:
        return self.how(x, self.w, self.w.shape[-1] // 2) + self.b[:, None, None]


def by_torch(x: Tensor, w: Tensor, p: int) -> Tensor:
    return F.conv2d(x, w, padding=p)


def by_unfold(x: Tensor, w: Tensor, p: int) -> Tensor:
    return (w.flatten(1) @ F.unfold(x, w.shape[-1], padding=p)).view(len(x), len(w), *x.shape[2:])


def by_einsum(x: Tensor, w: Tensor, p: int) -> Tensor:
    k = w.shape[-1]
    windows = F.pad(x, (p, p, p, p)).unfold(2, k, 1).unfold(3, k, 1)
    return torch.einsum("nchwij,ocij->nohw", windows, w)


def by_shift_and_multiply(x: Tensor, w: Tensor, p: int) -> Tensor:
    padded, (height, width), out = F.pad(x, (p, p, p, p)), x.shape[2:], 0
    for i, j in itertools.product(range(w.shape[-1]), repeat=2):
        out = out + (padded[:, None, :, i : i + height, j : j + width] * w[:, :, i, j, None, None]).sum(2)
    return out


def by_matmuls_on_a_copy(x: Tensor, w: Tensor, p: int) -> Tensor:
    (n, c, height, width), k = x.shape, w.shape[-1]
    padded = x.new_zeros(n, c, height + 2 * p, width + 2 * p)
    padded[:, :, p : p + height, p : p + width] = x
    out = x.new_zeros(n, len(w), height, width)
    for i, j in itertools.product(range(k), repeat=2):
        out += torch.einsum("nchw,oc->nohw", padded[:, :, i : i + height, j : j + width], w[:, :, i, j])
    return out


def by_scalar_loops(x: Tensor, w: Tensor, p: int) -> Tensor:
    padded, (height, width) = F.pad(x, (p, p, p, p)), x.shape[2:]
    out = x.new_zeros(len(x), len(w), height, width)
    for o, c, i, j in itertools.product(*map(range, w.shape)):
        out[:, o] += padded[:, c, i : i + height, j : j + width] * w[o, c, i, j]
    return out


def by_strides(x: Tensor, w: Tensor, p: int) -> Tensor:
    padded, k = F.pad(x.contiguous(), (p, p, p, p)), w.shape[-1]
    n, c, h, v = padded.stride()
    windows = padded.as_strided((*x.shape, k, k), (n, c, h, v, h, v))
    return torch.tensordot(windows, w, dims=([1, 4, 5], [1, 2, 3])).permute(0, 3, 1, 2)


@pytest.mark.parametrize("kernel", [1, 3])
@pytest.mark.parametrize(
    "how",
    [by_unfold, by_einsum, by_shift_and_multiply, by_matmuls_on_a_copy, by_scalar_loops, by_strides],
    ids=lambda how: how.__name__,
)
def test_a_convolution_counts_the_same_however_it_is_written(
    how: Callable[[Tensor, Tensor, int], Tensor], kernel: int
) -> None:
    def network(written: Callable[[Tensor, Tensor, int], Tensor]) -> nn.Module:
        return nn.Sequential(Handwritten(2, 5, kernel, written), nn.ReLU(), Handwritten(5, 3, kernel, written))

    assert counted(network(how), 1, 2, 6, 7).values() == counted(network(by_torch), 1, 2, 6, 7).values()


# --- every kind of convolution, against enumeration ---


def enumerate_taps(places: int, length: int, kernel: int, stride: int, padding: int, dilation: int) -> int:
    return sum(
        0 <= place * stride - padding + tap * dilation < length for place in range(places) for tap in range(kernel)
    )


@st.composite
def convolutions(draw: st.DrawFn) -> tuple[nn.Module, tuple[int, int]]:
    groups = draw(st.integers(1, 3))
    stride = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    kind = draw(st.sampled_from([nn.Conv2d, nn.ConvTranspose2d]))
    options = {
        "kernel_size": draw(st.tuples(st.integers(1, 4), st.integers(1, 4))),
        "stride": stride,
        "padding": draw(st.tuples(st.integers(0, 3), st.integers(0, 3))),
        "dilation": draw(st.tuples(st.integers(1, 3), st.integers(1, 3))),
        "groups": groups,
        "bias": draw(st.booleans()),
    }
    if kind is nn.ConvTranspose2d:
        options["output_padding"] = tuple(draw(st.integers(0, s - 1)) for s in stride)
    module = kind(groups * draw(st.integers(1, 3)), groups * draw(st.integers(1, 3)), device="meta", **options)
    return module, draw(st.tuples(st.integers(10, 17), st.integers(10, 17)))


@settings(max_examples=120, deadline=None)
@given(convolutions())
def test_strided_dilated_grouped_and_transposed_convolutions(drawn: tuple[nn.Module, tuple[int, int]]) -> None:
    module, size = drawn
    row = only(module, 1, module.in_channels, *size)
    out = row.shape[1:]
    transposed = isinstance(module, nn.ConvTranspose2d)
    over, along = (size, out) if transposed else (out, size)
    pairs = module.in_channels * module.out_channels // module.groups
    taps = [
        enumerate_taps(
            over[i], along[i], module.kernel_size[i], module.stride[i], module.padding[i], module.dilation[i]
        )
        for i in range(2)
    ]
    assert row.connections == pairs * math.prod(over) * math.prod(module.kernel_size)
    assert row.unpadded == pairs * math.prod(taps)
    assert row.outputs == module.out_channels * math.prod(out)
    assert row.bias_connections == (row.outputs if module.bias is not None else 0)


class PaddedBefore(nn.Module):
    """The same convolution, its padding made by ``F.pad``."""

    def __init__(self, conv: nn.Conv2d) -> None:
        super().__init__()
        self.conv, (self.rows, self.columns) = conv, conv.padding
        conv.padding = (0, 0)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(F.pad(x, (self.columns, self.columns, self.rows, self.rows)))


@settings(max_examples=40, deadline=None)
@given(convolutions().filter(lambda drawn: isinstance(drawn[0], nn.Conv2d)))
def test_padding_by_hand_is_told_from_the_picture(drawn: tuple[nn.Conv2d, tuple[int, int]]) -> None:
    module, size = drawn
    expected = only(module, 1, module.in_channels, *size)
    row = counted(PaddedBefore(module), 1, module.in_channels, *size).rows["conv"]
    assert (row.connections, row.unpadded) == (expected.connections, expected.unpadded)


# --- other operations ---


class Function(nn.Module):
    """A module with one parameter that computes what it is told."""

    def __init__(self, function: Callable[[Tensor, Tensor], Tensor], *shape: int) -> None:
        super().__init__()
        self.w = nn.Parameter(torch.empty(shape, device="meta"))
        self.function = function

    def forward(self, x: Tensor) -> Tensor:
        return self.function(x, self.w)


def test_attention_counts_scores_and_mixture() -> None:
    row = only(Function(lambda x, w: F.scaled_dot_product_attention(x @ w, x, x), 8, 8), 1, 2, 10, 8)
    assert row.connections == 2 * 10 * 8 * 8 + 2 * (10 * 10 * 8 + 10 * 10 * 8)


def test_multi_head_attention_of_torch() -> None:
    class Attend(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.attention = nn.MultiheadAttention(8, 2, batch_first=True)

        def forward(self, x: Tensor) -> Tensor:
            return self.attention(x, x, x, need_weights=False)[0]

    rows = counted(Attend(), 1, 10, 8).rows.values()
    assert sum(row.connections for row in rows) == 10 * 8 * 24 + 2 * 10 * 10 * 8 + 10 * 8 * 8
    assert sum(row.weights for row in rows) == 8 * 24 + 8 * 8
    assert sum(row.biases for row in rows) == 24 + 8


def test_a_product_of_computed_values_counts_when_it_is_summed() -> None:
    summed = only(Function(lambda x, w: (x * x.flip(-1)).sum(-1), 1), 1, 3, 4)
    gated = only(Function(lambda x, w: x * x.mean(-1, keepdim=True), 1), 1, 3, 4)
    pairs = only(Function(lambda x, w: x * x.flip(-1) + x * x.flip(-2), 1), 1, 3, 4)
    assert (summed.connections, gated.connections, pairs.connections) == (12, 0, 24)


def test_scaling_by_a_number_is_no_connection_and_by_a_weight_is() -> None:
    assert only(Function(lambda x, w: x * 0.5 + 1, 1), 1, 3, 4).connections == 0
    assert only(Function(lambda x, w: x * w, 3, 1), 1, 3, 4).connections == 12


def test_work_on_weights_alone_is_no_connection() -> None:
    row = only(Function(lambda x, w: F.conv2d(x, w * w.mean((1, 2, 3), keepdim=True)), 4, 3, 1, 1), 1, 3, 5, 5)
    assert row.connections == 4 * 3 * 25


def test_a_bias_is_known_by_being_added_whatever_it_is_called() -> None:
    row = only(Handwritten(2, 5, 3, by_torch), 1, 2, 6, 6)
    assert (row.weights, row.biases, row.bias_connections) == (90, 5, 180)


def test_shared_weights_count_once_and_their_uses_every_time() -> None:
    layer = nn.Conv2d(3, 3, 3, padding=1, bias=False)
    row = only_called(counted(nn.Sequential(layer, nn.ReLU(), layer), 1, 3, 8, 8), "0")
    assert (row.calls, row.weights, row.connections) == (2, 81, 2 * 81 * 64)


def test_tied_weights_of_two_layers_count_once() -> None:
    one, other = nn.Linear(4, 4, bias=False), nn.Linear(4, 4, bias=False)
    other.weight = one.weight
    module = nn.Sequential(one, other)
    rows = counted(module, 1, 4).rows.values()
    assert sum(row.weights for row in rows) == 16
    assert sum(row.connections for row in rows) == 32


def only_called(count: Count, layer: str) -> Row:
    return count.rows[layer]


def test_functional_layers_in_a_forward_have_rows_of_their_own() -> None:
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(1, 2, 3, padding=1)
            self.kernel = nn.Parameter(torch.empty(3, 2, 1, 1))

        def forward(self, x: Tensor) -> Tensor:
            return F.conv2d(F.max_pool2d(F.relu(self.conv(x)), 2), self.kernel)

    rows = counted(Net(), 1, 1, 8, 8).rows
    assert list(rows) == ["conv", "model:relu", "model:max_pool2d", "model:conv"]
    assert [row.outputs for row in rows.values()] == [128, 128, 32, 48]
    assert rows["model:conv"].weights == 6


def test_an_operation_without_a_rule_is_an_error_that_names_it() -> None:
    with pytest.raises(UncountedOperationError, match=r"model uses aten::linalg_inv_ex.* no counting rule"):
        counted(Function(lambda x, w: torch.linalg.inv(x), 1), 1, 4, 4)


def test_padding_that_cannot_be_followed_is_unknown_rather_than_wrong() -> None:
    def permuted(x: Tensor, w: Tensor) -> Tensor:
        return F.conv2d(F.pad(x, (1, 1, 1, 1))[:, torch.zeros(3, dtype=torch.long, device="meta")], w)

    row = only(Function(permuted, 2, 3, 3, 3), 1, 3, 5, 5)
    assert row.connections == 2 * 3 * 9 * 25
    assert row.unpadded is None
