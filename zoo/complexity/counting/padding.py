"""Which values are padding, followed through the network: the exact count of connections that touch no padding.

A convolution's own padding needs no more than arithmetic (`taps_inside`). Where a network pads by hand (``F.pad``,
``unfold``, zeros that a picture is copied into), a mask without data goes with the tensor: False marks a value
that no pixel gave. Masks take the same views and copies as their tensor, until a layer consumes them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from zoo.complexity.counting.pointwise import is_dense
from zoo.complexity.counting.rules import tensors_in
from zoo.complexity.counting.shapes import pair

LIMIT = 1 << 26
"""Largest mask, in values. A larger one is not made: the count without padding is then unknown, and said to be."""

Mask = Tensor | None
"""True where a value comes from the picture; None stands for a mask that is True everywhere."""


class UnknownMask(Exception):  # noqa: N818 -- it is caught, and means "not known" rather than "wrong"
    """Padding has gone through an operation that masks cannot follow."""


def taps_inside(places: int, length: int, kernel: int, stride: int, padding: int, dilation: int) -> int:
    """How many (place, tap) pairs of a sliding window fall on the axis itself rather than on its padding.

    Args:
        places: number of positions of the window.
        length: length of the axis it slides over, without padding.
        kernel: number of taps.
        stride: step of the window.
        padding: how far the window starts before the axis.
        dilation: distance of neighboring taps.
    """
    if isinstance(kernel, torch.SymInt):
        return _taps_by_formula(places, length, kernel, stride, padding, dilation)
    inside = 0
    for tap in range(kernel):
        offset = tap * dilation - padding
        first = max(0, -(offset // stride))  # the first place whose tap is at or after 0
        last = min(places - 1, (length - 1 - offset) // stride)
        inside += max(0, last - first + 1)
    return inside


def _taps_by_formula(places: int, length: int, kernel: int, stride: int, padding: int, dilation: int) -> int:
    """The same for a kernel whose taps are not a number: p taps hang over on one side at most, q on the other."""
    from zoo.complexity.counting.symbolic import half

    p, q = padding, places + kernel - 1 - padding - length
    fits = 0 <= p <= kernel and 0 <= q <= kernel and p <= places and q <= places
    if stride != 1 or dilation != 1 or not fits:
        raise UnknownMask
    inside: int = places * kernel - half(p * (p + 1) + q * (q + 1))
    return inside


def conv_inside(args: Sequence[Any], out: Tensor, mask: Mask) -> int:
    """Connections of a convolution that touch no padding; of a transposed one, those that the cropping leaves.

    Args:
        args: the arguments of ``aten.convolution``.
        out: its output, of which only the shape is read.
        mask: the mask of its input.
    """
    x, w, _, stride, padding, dilation, transposed, _, groups = args[:9]
    dims = w.dim() - 2
    s, p, d = (pair(v, dims) for v in (stride, padding, dilation))
    if mask is None:
        over, along = (x, out) if transposed else (out, x)
        inside = [
            taps_inside(over.shape[2 + i], along.shape[2 + i], w.shape[2 + i], s[i], p[i], d[i]) for i in range(dims)
        ]
        connections: int = x.shape[0] * w.shape[0] * w.shape[1] * math.prod(inside)
        return connections
    mask = mask.expand(x.shape)
    alike = mask.stride(1) == 0  # one channel stands for all
    taps = _as_numbers(mask[:, :1], [x.shape[0], 1, *x.shape[2:]]) if alike else _as_numbers(mask, x.shape)
    channels = 1 if alike else x.shape[1]
    if transposed:
        ones = torch.ones(channels, 1, *w.shape[2:])
        hits = _conv_transpose(dims)(taps, ones, None, s, p, args[7], 1, d)
        times = w.shape[0] * w.shape[1] if alike else w.shape[1]
    else:
        parts = 1 if alike else groups
        ones = torch.ones(parts, channels // parts, *w.shape[2:])
        hits = _conv(dims)(taps, ones, None, s, p, d, parts)
        times = w.shape[0] * w.shape[1] if alike else w.shape[0] // groups
    return int(hits.double().sum().item() * times)


def _conv(dims: int) -> Callable[..., Tensor]:
    return (F.conv1d, F.conv2d, F.conv3d)[dims - 1]


def _conv_transpose(dims: int) -> Callable[..., Tensor]:
    return (F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d)[dims - 1]


def matmul_inside(a: Tensor, b: Tensor, mask_a: Mask, mask_b: Mask) -> int:
    """Products of a matrix product (..., M, K) x (..., K, N) whose two factors are no padding."""
    rows, inner, columns = a.shape[-2], a.shape[-1], b.shape[-1]
    batch = math.prod(a.shape[:-2])
    left = torch.full((batch, inner), rows) if mask_a is None else mask_a.expand(a.shape).sum(-2)
    right = torch.full((batch, inner), columns) if mask_b is None else mask_b.expand(b.shape).sum(-1)
    return int((left.reshape(batch, inner) * right.reshape(batch, inner)).sum().item())


def product_mask(out: Tensor, masks: Sequence[Mask]) -> Mask:
    """The mask of an elementwise product: False where a factor is padding."""
    given = [m for m in masks if m is not None]
    if not given:
        return None
    if out.numel() > LIMIT:
        raise UnknownMask
    joint = torch.ones((), dtype=torch.bool)
    for mask in given:
        joint = joint & mask
    return joint.expand(out.shape)


def count_inside(out: Tensor, mask: Mask) -> int:
    """How many values of a tensor are no padding."""
    return out.numel() if mask is None else int(mask.expand(out.shape).sum().item())


def pad_mask(x: Tensor, mask: Mask, pad: Sequence[int]) -> Mask:
    """The mask of ``constant_pad_nd(x, pad)``."""
    if mask is None and max(pad) <= 0:
        return None
    padded = len(pad) // 2
    if mask is None:  # dimensions that are not padded need one value only
        shape = [1] * (x.dim() - padded) + list(x.shape[x.dim() - padded :])
        mask = torch.ones(shape, dtype=torch.bool)
    result = F.pad(mask, list(pad), value=False)
    full = [*x.shape[: x.dim() - padded], *result.shape[x.dim() - padded :]]
    return result.expand(full)


def im2col_mask(args: Sequence[Any], out: Tensor, mask: Mask) -> Mask:
    """The mask of ``im2col``, which pads by itself."""
    x, kernel, dilation, padding, stride = args
    if mask is None and not any(padding):
        return None
    if out.numel() > LIMIT:
        raise UnknownMask
    if mask is None:  # every channel looks alike
        one = F.unfold(torch.ones(1, 1, *x.shape[2:]), kernel, dilation, padding, stride).bool()
        return one.expand(x.shape[0] * x.shape[1], *one.shape[1:]).reshape(out.shape)
    return F.unfold(_as_numbers(mask, x.shape), kernel, dilation, padding, stride).bool()


def cat_mask(tensors: Sequence[Tensor], masks: Sequence[Mask], join: Callable[..., Any]) -> Mask:
    """The mask of tensors that are concatenated or stacked; `join` does the same to their masks."""
    if all(mask is None for mask in masks):
        return None
    if sum(t.numel() for t in tensors) > LIMIT:
        raise UnknownMask
    true = torch.ones((), dtype=torch.bool)
    joined: Tensor = join([(true if m is None else m).expand(t.shape) for t, m in zip(tensors, masks, strict=True)])
    return joined


def moved_mask(name: str, func: Callable[..., Any], x: Tensor, mask: Tensor, rest: Sequence[Any]) -> Any:
    """The mask of a view or copy of x: the same view or copy of its mask.

    Raises:
        UnknownMask: if the operation reads values to find out what to move, or memory directly.
    """
    if name in ("view", "_unsafe_view", "reshape", "_reshape_alias"):
        if mask.numel() > LIMIT:
            raise UnknownMask
        return mask.reshape(rest[0])
    if name in ("clone", "contiguous"):
        return mask.clone()
    if name in ("_to_copy", "detach", "alias", "lift_fresh"):
        return mask
    if name == "as_strided":
        if not is_dense(x) or x.numel() > LIMIT:
            raise UnknownMask
        twin = torch.empty_strided(x.shape, x.stride(), dtype=torch.bool).copy_(mask)
        offset = x.storage_offset() if len(rest) < 3 or rest[2] is None else rest[2]
        return twin.as_strided(rest[0], rest[1], offset - x.storage_offset())
    if tensors_in(list(rest)):
        raise UnknownMask
    return func(mask, *rest)


def _as_numbers(mask: Tensor, shape: Sequence[int]) -> Tensor:
    if math.prod(shape) > LIMIT:
        raise UnknownMask
    return mask.expand(tuple(shape)).float()
