"""Elementwise operations: their shapes, types and layouts, computed here rather than by torch's meta kernels."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor


def names(text: str) -> frozenset[str]:
    """A set of operations, written as words."""
    return frozenset(text.split())


POINTWISE = names(
    """
    relu gelu silu sigmoid tanh hardswish hardsigmoid hardtanh leaky_relu elu mish softplus exp log sqrt
    rsqrt neg abs  clamp clamp_min erf square threshold_backward sigmoid_backward tanh_backward
    silu_backward gelu_backward  hardswish_backward hardsigmoid_backward hardtanh_backward
    leaky_relu_backward elu_backward  add sub mul div pow reciprocal
    """
)
"""Operations whose result is as large as their operands broadcast, and of their type."""


class MisfitError(RuntimeError):
    """Operands do not fit together; torch would say so too, at greater length and after importing much."""


def is_symbolic(x: Tensor) -> bool:
    """Whether some size of a tensor stands for all its values."""
    return any(isinstance(length, torch.SymInt) for length in x.shape)


def empty_like(x: Tensor, shape: Sequence[int] | None = None) -> Tensor:
    """A meta tensor of x's type, and of its shape and strides unless another shape is given."""
    if shape is not None:
        return torch.empty(tuple(shape), dtype=x.dtype, device="meta")
    if x.is_contiguous():
        return torch.empty(x.shape, dtype=x.dtype, device="meta")
    return torch.empty_strided(x.shape, x.stride(), dtype=x.dtype, device="meta")


def pointwise(args: Sequence[Any]) -> Any:
    """The result of an operation among `POINTWISE`, or NotImplemented where torch's type promotion is needed."""
    tensors = [a for a in args if isinstance(a, Tensor)]
    first = tensors[0] if tensors else None
    if first is None or not first.is_floating_point() or any(t.dtype != first.dtype for t in tensors):
        return NotImplemented
    if all(t.shape == first.shape for t in tensors):
        if all(_in_order(t) for t in tensors):
            return empty_like(first, first.shape)
        one_layout = all(t.stride() == first.stride() for t in tensors) and is_dense(first)
        return empty_like(first) if one_layout else NotImplemented
    if not all(_in_order(t) for t in tensors):
        return NotImplemented
    return empty_like(first, broadcast([t.shape for t in tensors]))


def broadcast(shapes: Sequence[Sequence[int]]) -> list[int]:
    """What shapes broadcast to; ``torch.broadcast_shapes`` would import sympy."""
    sizes = []
    for lengths in itertools.zip_longest(*(reversed(shape) for shape in shapes), fillvalue=1):
        wide = [length for length in lengths if length != 1]
        if any(length != wide[0] for length in wide[1:]):
            raise MisfitError(f"tensors of {[list(shape) for shape in shapes]} do not broadcast")
        sizes.append(wide[0] if wide else 1)
    return sizes[::-1]


def _in_order(x: Tensor) -> bool:
    """Whether a tensor's dimensions lie in memory as in a contiguous one, gaps allowed."""
    if x.is_contiguous():
        return True
    strides = [stride for stride, length in zip(x.stride(), x.shape, strict=True) if length != 1]
    return all(a >= b > 0 for a, b in itertools.pairwise([*strides, 1]))


def is_dense(x: Tensor) -> bool:
    """Whether a tensor's values lie side by side in some order of its dimensions."""
    expected = 1
    for stride, length in sorted(zip(x.stride(), x.shape, strict=True)):
        if length != 1 and stride != expected:
            return False
        expected *= length
    return True
