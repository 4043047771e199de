"""Our own rules for shapes agree with torch, on every operation that has one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from zoo.complexity.counting.meta import MetaMode
from zoo.complexity.counting.pointwise import MisfitError
from zoo.complexity.counting.rules import tensors_in

Case = tuple[str, Callable[..., object], list[tuple[int, ...]]]


def batch_norm(x: Tensor) -> tuple[Tensor, ...]:
    return torch.native_batch_norm(x, None, None, None, None, True, 0.1, 1e-5)


CASES: list[Case] = [
    ("conv", lambda x, w: F.conv2d(x, w, stride=2, padding=1, dilation=2), [(2, 4, 9, 8), (6, 4, 3, 2)]),
    ("grouped conv", lambda x, w: F.conv2d(x, w, groups=2), [(2, 4, 9, 8), (6, 2, 3, 3)]),
    ("conv1d", lambda x, w: F.conv1d(x, w, padding=1), [(2, 4, 9), (6, 4, 3)]),
    (
        "transposed conv",
        lambda x, w: F.conv_transpose2d(x, w, stride=3, padding=1, output_padding=2, groups=2),
        [(2, 4, 5, 6), (4, 3, 3, 2)],
    ),
    (
        "training batch norm",
        lambda x: torch.native_batch_norm(x, None, None, None, None, True, 0.1, 1e-5),
        [(2, 3, 4, 4)],
    ),
    ("layer norm", lambda x, w: torch.native_layer_norm(x, [5], w, w, 1e-5), [(2, 3, 5), (5,)]),
    ("max pool", lambda x: F.max_pool2d(x, 3, 2, 1, return_indices=True), [(2, 3, 9, 8)]),
    ("max pool, ceiling", lambda x: F.max_pool2d(x, 2, ceil_mode=True), [(2, 3, 9, 8)]),
    ("nearest", lambda x: F.interpolate(x, scale_factor=2), [(2, 3, 4, 5)]),
    ("bilinear", lambda x: F.interpolate(x, size=(7, 9), mode="bilinear"), [(2, 3, 4, 5)]),
    ("linear", lambda x, w, b: F.linear(x, w, b), [(2, 3, 4), (5, 4), (5,)]),
    ("matmul", lambda a, b: a @ b, [(3, 4), (4, 5)]),
    ("batched matmul", lambda a, b: a @ b, [(2, 3, 4), (2, 4, 5)]),
    ("cat", lambda a, b: torch.cat([a, b], -3), [(2, 3, 4, 5), (2, 1, 4, 5)]),
    ("mean", lambda x: x.mean((2, -1), keepdim=True), [(2, 3, 4, 5)]),
    ("sum", lambda x: x.sum(1), [(2, 3, 4, 5)]),
    ("sum of all", lambda x: x.sum(), [(2, 3)]),
    ("unfold", lambda x: F.unfold(x, (3, 2), dilation=2, padding=1, stride=2), [(2, 3, 9, 8)]),
    ("softmax", lambda x: x.softmax(1), [(2, 3, 4)]),
    ("broadcast", lambda a, b: a * b + 1, [(2, 3, 1, 5), (3, 4, 1)]),
    ("scalars", lambda x: 2 - x / 3, [(2, 3)]),
    ("in place", lambda x: x.mul_(2).relu_(), [(2, 3)]),
    ("a transposed operand", lambda a, b: a.t() + b, [(3, 2), (2, 3)]),
    ("a transposed tensor", lambda a: F.gelu(a.permute(0, 2, 3, 1)), [(2, 3, 4, 5)]),
    ("a slice", lambda a: F.silu(a[:, 1:]), [(2, 3, 4, 5)]),
    ("integers", lambda a: a.long() + 1, [(2, 3)]),
    ("mixed types", lambda a, b: a.double() * b, [(2, 3), (2, 3)]),
    ("comparison", lambda a: a > 0, [(2, 3)]),
    (
        "cross-entropy",
        lambda x: F.cross_entropy(x, torch.zeros(2, 4, 4, dtype=torch.long, device=x.device)),
        [(2, 3, 4, 4)],
    ),
]


@pytest.mark.parametrize(("name", "function", "shapes"), CASES, ids=[case[0] for case in CASES])
def test_shape_type_and_strides_are_those_of_torch(
    name: str, function: Callable[..., object], shapes: list[tuple[int, ...]]
) -> None:
    real = tensors_in(function(*(torch.rand(shape) for shape in shapes)))
    with MetaMode():
        light = tensors_in(function(*(torch.empty(shape, device="meta") for shape in shapes)))
    assert all(tensor.is_meta for tensor in light)
    assert [described(tensor) for tensor in light] == [described(tensor) for tensor in real]


def described(tensor: Tensor) -> tuple[object, ...]:
    strides = [s for s, length in zip(tensor.stride(), tensor.shape, strict=True) if length != 1]
    return tuple(tensor.shape), tensor.dtype, strides


@pytest.mark.parametrize(
    "name", ["conv", "grouped conv", "transposed conv", "training batch norm", "max pool", "nearest"]
)
def test_gradients_have_the_shapes_of_what_they_are_for(name: str) -> None:
    [(_, function, shapes)] = [case for case in CASES if case[0] == name]
    with MetaMode():
        inputs = [torch.empty(shape, device="meta", requires_grad=True) for shape in shapes]
        tensors_in(function(*inputs))[0].sum().backward()
    assert [x.grad.shape for x in inputs if x.grad is not None] == [x.shape for x in inputs]


@pytest.mark.parametrize(
    ("function", "shapes"),
    [
        (lambda a, b: torch.cat([a, b], 1), [(1, 2, 4, 4), (1, 2, 4, 5)]),
        (lambda a, b: a + b, [(2, 3), (2, 4)]),
        (lambda a, b: a @ b, [(2, 3), (4, 5)]),
        (lambda a, b: F.conv2d(a, b), [(1, 2, 2, 2), (1, 2, 3, 3)]),
    ],
)
def test_what_does_not_fit_is_refused(function: Callable[..., object], shapes: list[tuple[int, ...]]) -> None:
    with MetaMode(), pytest.raises(MisfitError):
        function(*(torch.empty(shape, device="meta") for shape in shapes))
