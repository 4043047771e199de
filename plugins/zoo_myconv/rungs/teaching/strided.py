"""Rung 4: the windows need not be written out. They are a view with strides of its own, and einsum says the rest.

Windows overlap, so one pixel has many addresses (n, c, p, q, i, j) in the view; each index has its step in memory:
p moves by the stride, i by the dilation. The sum is then the definition of a convolution, letter for letter.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from zoo_myconv.geometry import Geometry, add_bias, pad, split_channels, split_weight


def windows(padded: Tensor, geometry: Geometry, size: tuple[int, int]) -> Tensor:
    """A view (N, G, C, P, Q, I, J) of the padded picture: no copy."""
    n, channels = padded.shape[:2]
    group = channels // geometry.groups
    step_n, step_c, step_h, step_w = padded.stride()
    (down, right), (apart_h, apart_w) = geometry.stride, geometry.dilation
    return padded.as_strided(
        (n, geometry.groups, group, *size, *geometry.kernel),
        (step_n, group * step_c, step_c, down * step_h, right * step_w, apart_h * step_h, apart_w * step_w),
        padded.storage_offset(),
    )


def forward(x_NCHW: Tensor, weight_OCIJ: Tensor, bias: Tensor | None, geometry: Geometry) -> Tensor:
    """Sum over c, i and j."""
    patches = windows(pad(x_NCHW, geometry), geometry, geometry.output_size(*x_NCHW.shape[2:]))
    y_NGOPQ = torch.einsum("ngcpqij,gocij->ngopq", patches, split_weight(weight_OCIJ, geometry.groups))
    return add_bias(y_NGOPQ.flatten(1, 2), bias)


def input_gradient(g_NOPQ: Tensor, weight_OCIJ: Tensor, x_shape: Sequence[int], geometry: Geometry) -> Tensor:
    """A view can be read at overlapping places, not safely written; so gather: it is a convolution again.

    A pixel was seen through tap i from the output i*dilation above it. So spread g out by the stride, with zeros in
    between, and run the kernel over it flipped, at stride 1; O and C change places.
    """
    (down, right), (height, width) = geometry.stride, x_shape[2:]
    n, outputs, p, q = g_NOPQ.shape
    spread = g_NOPQ.new_zeros(n, outputs, (p - 1) * down + 1, (q - 1) * right + 1)
    spread[..., ::down, ::right] = g_NOPQ
    top, left = geometry.reach[0] - geometry.padding[0], geometry.reach[1] - geometry.padding[1]
    bottom = height + geometry.reach[0] - top - spread.shape[2]
    rest = width + geometry.reach[1] - left - spread.shape[3]
    spread = F.pad(spread, (left, rest, top, bottom))  # a negative number of zeros cuts off
    once = Geometry(geometry.kernel, dilation=geometry.dilation, groups=geometry.groups)
    flipped = split_weight(weight_OCIJ, geometry.groups).flip(3, 4)
    gx_NGCHW = torch.einsum("ngohwij,gocij->ngchw", windows(spread, once, (height, width)), flipped)
    return gx_NGCHW.flatten(1, 2)


def weight_gradient(g_NOPQ: Tensor, x_NCHW: Tensor, geometry: Geometry) -> Tensor:
    """Sum over n, p and q."""
    patches = windows(pad(x_NCHW, geometry), geometry, (g_NOPQ.shape[2], g_NOPQ.shape[3]))
    g_NGOPQ = split_channels(g_NOPQ, geometry.groups)
    return torch.einsum("ngopq,ngcpqij->gocij", g_NGOPQ, patches).flatten(0, 1)
