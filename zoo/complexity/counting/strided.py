"""Views of tensors whose sizes stand for all their values: torch's own rules read such sizes as plain numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from zoo.complexity.counting.pointwise import broadcast, empty_like


def _permute(x: Tensor, dims: Sequence[int]) -> Tensor:
    return x.as_strided([x.shape[d] for d in dims], [x.stride()[d] for d in dims], x.storage_offset())


def _slice(x: Tensor, dim: int = 0, start: Any = None, end: Any = None, step: int = 1) -> Tensor:
    dim %= x.dim()
    length: Any = x.shape[dim]
    first, last = (_within(place, length) for place in (0 if start is None else start, length if end is None else end))
    if last < first:
        last = first
    shape, strides = list(x.shape), list(x.stride())
    shape[dim] = (last - first + step - 1) // step
    strides[dim] *= step
    return x.as_strided(shape, strides, x.storage_offset() + first * x.stride()[dim])


def _within(place: Any, length: Any) -> Any:
    """A place counted from the end if it is negative, and no further than either end."""
    if isinstance(place, int) and place >= 1 << 62:  # torch's way of writing "to the end"
        return length
    if place < 0:
        place = place + length
        return 0 if place < 0 else place
    return length if place > length else place


def _select(x: Tensor, dim: int, index: Any) -> Tensor:
    dim %= x.dim()
    place = index + x.shape[dim] if index < 0 else index
    shape, strides = list(x.shape), list(x.stride())
    del shape[dim], strides[dim]
    return x.as_strided(shape, strides, x.storage_offset() + place * x.stride()[dim])


def _split(x: Tensor, size: Any, dim: int = 0) -> list[Tensor]:
    length: Any = x.shape[dim]
    starts = range(0, int(length), int(size))  # as many parts as there are: their number is no size
    return [_slice(x, dim, start, start + size) for start in starts]


def _split_with_sizes(x: Tensor, sizes: Sequence[Any], dim: int = 0) -> list[Tensor]:
    parts, start = [], 0
    for size in sizes:
        parts.append(_slice(x, dim, start, start + size))
        start = start + size
    return parts


def _unbind(x: Tensor, dim: int = 0) -> list[Tensor]:
    return [_select(x, dim, i) for i in range(int(x.shape[dim]))]


def _expand(x: Tensor, shape: Sequence[Any], **options: Any) -> Tensor:
    new = len(shape) - x.dim()
    lengths = [*[1] * new, *x.shape]
    strides: list[Any] = [*[0] * new, *x.stride()]
    for i, wanted in enumerate(shape):
        if not (isinstance(wanted, int) and wanted == -1) and lengths[i] != wanted:
            lengths[i], strides[i] = wanted, 0
    return x.as_strided(lengths, strides, x.storage_offset())


def _constant_pad(x: Tensor, pad: Sequence[Any], value: float = 0) -> Tensor:
    shape = list(x.shape)
    for i in range(len(pad) // 2):
        shape[-1 - i] = shape[-1 - i] + pad[2 * i] + pad[2 * i + 1]
    return empty_like(x, shape)


def _to_copy(x: Tensor, *, dtype: Any = None, **options: Any) -> Tensor:
    return torch.empty(x.shape, dtype=dtype or x.dtype, device="meta")


def _embedding(table: Tensor, places: Tensor, *rest: Any) -> Tensor:
    return torch.empty([*places.shape, table.shape[1]], dtype=table.dtype, device="meta")


def _dense(x: Tensor, *rest: Any) -> Tensor:
    return empty_like(x, x.shape)


def pointwise_strided(args: Sequence[Any]) -> Any:
    """The result of an elementwise operation: dense, its dimensions in the order of its largest operand's."""
    tensors = [a for a in args if isinstance(a, Tensor)]
    shape = broadcast([t.shape for t in tensors])
    largest = next(
        (t for t in tensors if t.dim() == len(shape) and all(a == b for a, b in zip(t.shape, shape, strict=True))), None
    )
    if largest is None or any(t.dtype != tensors[0].dtype for t in tensors):
        return NotImplemented
    order = sorted(range(len(shape)), key=lambda i: largest.stride()[i])
    strides, step = [1] * len(shape), 1
    for i in order:
        strides[i], step = step, step * shape[i]
    return torch.empty_strided(shape, strides, dtype=largest.dtype, device="meta")


STRIDED: dict[str, Callable[..., Any]] = {
    "permute": _permute,
    "slice": _slice,
    "select": _select,
    "split": _split,
    "split_with_sizes": _split_with_sizes,
    "unbind": _unbind,
    "roll": _dense,
    "masked_fill": _dense,
    "_to_copy": _to_copy,
    "embedding": _embedding,
    "expand": _expand,
    "constant_pad_nd": _constant_pad,
}
"""Operations that torch does for numbers only, by name."""
