"""Shapes of the commonest operations, computed here so that counting needs none of torch's own meta kernels.

A network is counted on tensors without data (``device="meta"``). torch's meta kernels are written in Python, and the
first of them to run imports ``torch._dynamo``: 4 s, for a count that takes 4 ms. The rules below cover what
convolutional networks are made of; an operation that has none runs torch's kernel, and only costs time. A test
holds every rule against torch.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from zoo.complexity.counting.pointwise import MisfitError, empty_like, is_symbolic

Rule = Callable[..., Any]


def pair(value: Sequence[int] | int, dims: int = 2) -> list[int]:
    """A size a dimension, where torch also allows one for all or none at all."""
    values = [value] if isinstance(value, int) else list(value)
    return values * dims if len(values) == 1 else values


def conv_shape(
    x: Sequence[int],
    w: Sequence[int],
    stride: Sequence[int],
    padding: Sequence[int],
    dilation: Sequence[int],
    transposed: bool,
    output_padding: Sequence[int],
    groups: int,
) -> list[int]:
    """The output shape of a convolution in any number of dimensions, transposed or not."""
    dims = len(w) - 2
    s, p, d, extra = (pair(v, dims) for v in (stride, padding, dilation, output_padding))
    if transposed:
        size = [(x[2 + i] - 1) * s[i] - 2 * p[i] + d[i] * (w[2 + i] - 1) + extra[i] + 1 for i in range(dims)]
        return [x[0], w[1] * groups, *size]
    size = [(x[2 + i] + 2 * p[i] - d[i] * (w[2 + i] - 1) - 1) // s[i] + 1 for i in range(dims)]
    return [x[0], w[0], *size]


def _convolution(x: Tensor, w: Tensor, bias: Any, stride: Any, padding: Any, dilation: Any, *rest: Any) -> Any:
    transposed, output_padding, groups = rest[:3]
    fits = x.shape[1] == (w.shape[0] if transposed else w.shape[1] * groups)
    alike = x.dim() == w.dim() and x.dtype == w.dtype and w.device == x.device
    if not (alike and fits and (x.is_contiguous() or is_symbolic(x))) or w.shape[0] % groups or 0 in x.shape:
        return NotImplemented  # torch words the error, or knows the memory format
    shape = conv_shape(x.shape, w.shape, stride, padding, dilation, transposed, output_padding, groups)
    if any(length < 1 for length in shape):
        raise MisfitError(f"a kernel of {list(w.shape[2:])} does not fit into {list(x.shape[2:])}")
    return empty_like(x, shape)


def _batch_norm(x: Tensor, weight: Any, bias: Any, mean: Any, var: Any, training: bool, *rest: Any) -> Any:
    if weight is not None and weight.numel() != x.shape[1]:
        return NotImplemented
    kept = x.shape[1] if training else 0
    like = _statistics_like(x, weight)
    return empty_like(x), empty_like(like, [kept]), empty_like(like, [kept])


def _statistics_like(x: Tensor, weight: Any) -> Tensor:
    """A tensor of the type in which a normalization keeps its statistics: that of the weights, if there are any."""
    return x if weight is None else weight


def _layer_norm(x: Tensor, normalized: Sequence[int], weight: Any, bias: Any, eps: float) -> Any:
    kept = len(normalized)
    if list(x.shape[-kept:]) != list(normalized):
        return NotImplemented
    statistics = [*x.shape[:-kept], *[1] * kept]
    like = _statistics_like(x, weight)
    return empty_like(x, x.shape), empty_like(like, statistics), empty_like(like, statistics)


def _group_norm(
    x: Tensor, weight: Any, bias: Any, batch: int, channels: int, places: int, groups: int, *eps: Any
) -> Any:
    if not x.is_contiguous():
        return NotImplemented
    like = _statistics_like(x, weight)
    return empty_like(x), empty_like(like, [batch, groups]), empty_like(like, [batch, groups])


def _pool_size(length: int, kernel: int, stride: int, padding: int, dilation: int = 1) -> int:
    return (length + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1


def _max_pool(x: Tensor, kernel: Any, stride: Any = (), padding: Any = 0, dilation: Any = 1, ceil: bool = False) -> Any:
    k, p, d = pair(kernel), pair(padding), pair(dilation)
    s = pair(stride) if stride != [] and stride != () else k
    if ceil or x.dim() != 4 or not x.is_contiguous():
        return NotImplemented
    size = [_pool_size(x.shape[2 + i], k[i], s[i], p[i], d[i]) for i in range(2)]
    if any(2 * p[i] > k[i] for i in range(2)):
        return NotImplemented
    if any(length < 1 for length in size):
        raise MisfitError(f"a pooling window of {k} does not fit into {list(x.shape[2:])}")
    shape = [*x.shape[:2], *size]
    return empty_like(x, shape), torch.empty(shape, dtype=torch.int64, device="meta")


def _upsample(x: Tensor, output_size: Any, *rest: Any) -> Any:
    return empty_like(x, [*x.shape[:2], *output_size]) if x.is_contiguous() else NotImplemented


def _mm(a: Tensor, b: Tensor) -> Any:
    if a.shape[1] != b.shape[0]:
        raise MisfitError(f"matrices of {list(a.shape)} and {list(b.shape)} cannot be multiplied")
    return empty_like(a, [a.shape[0], b.shape[1]])


def _addmm(bias: Tensor, a: Tensor, b: Tensor, **rest: Any) -> Any:
    return _mm(a, b) if bias.shape[-1] in (1, b.shape[1]) else NotImplemented


def _bmm(a: Tensor, b: Tensor) -> Any:
    fits = a.shape[0] == b.shape[0] and a.shape[2] == b.shape[1]
    return empty_like(a, [a.shape[0], a.shape[1], b.shape[2]]) if fits else NotImplemented


def _cat(tensors: Sequence[Tensor], dim: int = 0) -> Any:
    first = tensors[0]
    dim %= first.dim()
    others = [[n for i, n in enumerate(t.shape) if i != dim] for t in tensors]
    alike = all(t.dtype == first.dtype and t.is_contiguous() and t.dim() == first.dim() for t in tensors)
    if not alike:
        return NotImplemented
    if any(other != others[0] for other in others):
        raise MisfitError(f"tensors of {[list(t.shape) for t in tensors]} cannot be concatenated in dimension {dim}")
    shape = list(first.shape)
    shape[dim] = sum(t.shape[dim] for t in tensors)
    return empty_like(first, shape)


def _reduce(x: Tensor, dim: Any, keepdim: bool = False, *, dtype: Any = None) -> Any:
    if not dim or dtype is not None or not x.is_floating_point() or not x.is_contiguous():
        return NotImplemented
    gone = {d % x.dim() for d in dim}
    shape = [1 if i in gone else n for i, n in enumerate(x.shape) if keepdim or i not in gone]
    return empty_like(x, shape)


def _im2col(x: Tensor, kernel: Any, dilation: Any, padding: Any, stride: Any) -> Any:
    if x.dim() != 4:
        return NotImplemented
    size = [_pool_size(x.shape[2 + i], kernel[i], stride[i], padding[i], dilation[i]) for i in range(2)]
    if any(length < 1 for length in size):
        return NotImplemented
    return empty_like(x, [x.shape[0], x.shape[1] * math.prod(kernel), math.prod(size)])


def _same(x: Tensor, *rest: Any) -> Any:
    return empty_like(x)


def _like(x: Tensor, **options: Any) -> Any:
    return empty_like(x) if options.get("dtype") in (None, x.dtype) else NotImplemented


def _nll_loss(x: Tensor, *rest: Any) -> Any:
    return NotImplemented if rest[2] == 0 else (empty_like(x, []), empty_like(x, []))  # 0: no reduction


def _second_like(grad: Tensor, x: Tensor, *rest: Any) -> Any:
    return empty_like(x)


def _convolution_backward(grad: Tensor, x: Tensor, w: Tensor, bias_sizes: Any, *rest: Any) -> Any:
    wanted = rest[-1]
    bias = empty_like(grad, bias_sizes if bias_sizes else [grad.shape[1]]) if wanted[2] else None
    return (empty_like(x) if wanted[0] else None, empty_like(w) if wanted[1] else None, bias)


def _batch_norm_backward(grad: Tensor, x: Tensor, *rest: Any) -> Any:
    like = _statistics_like(x, rest[0])
    gradients = (empty_like(x), empty_like(like, [x.shape[1]]), empty_like(like, [x.shape[1]]))
    return tuple(g if wanted else None for g, wanted in zip(gradients, rest[-1], strict=True))


def _upsample_backward(grad: Tensor, output_size: Any, input_size: Any, *rest: Any) -> Any:
    return empty_like(grad, input_size)


SHAPES: dict[str, Rule] = {
    "convolution": _convolution,
    "native_batch_norm": _batch_norm,
    "native_layer_norm": _layer_norm,
    "native_group_norm": _group_norm,
    "max_pool2d_with_indices": _max_pool,
    "upsample_nearest2d": _upsample,
    "upsample_bilinear2d": _upsample,
    "mm": _mm,
    "addmm": _addmm,
    "bmm": _bmm,
    "cat": _cat,
    "mean": _reduce,
    "sum": _reduce,
    "im2col": _im2col,
    "_softmax": _same,
    "_log_softmax": _same,
    "_safe_softmax": _same,
    "convolution_backward": _convolution_backward,
    "native_batch_norm_backward": _batch_norm_backward,
    "upsample_nearest2d_backward": _upsample_backward,
    "max_pool2d_with_indices_backward": _second_like,
    "_log_softmax_backward_data": _second_like,
    "nll_loss_forward": _nll_loss,
    "nll_loss2d_forward": _nll_loss,
    "nll_loss_backward": _second_like,
    "nll_loss2d_backward": _second_like,
    "ones_like": _like,
    "zeros_like": _like,
}
