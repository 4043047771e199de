"""Rung 2: swap the loops. For every tap of the kernel, the whole picture, shifted, times one weight a channel pair.

The k*k loop is outside now, and each turn is a big multiply-add over all places: a view of the padded picture, shifted
by the tap, mixed by the (O, C) matrix of that tap. Nothing is copied but the padding.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from zoo_myconv.geometry import Geometry, add_bias, crop, pad, split_channels, split_weight, tap_view


def forward(x_NCHW: Tensor, weight_OCIJ: Tensor, bias: Tensor | None, geometry: Geometry) -> Tensor:
    """Sum over taps (i, j) of weight[:, :, i, j] @ (picture shifted by the tap)."""
    padded_NGCHW = split_channels(pad(x_NCHW, geometry), geometry.groups)
    weight_GOCIJ = split_weight(weight_OCIJ, geometry.groups)
    p, q = geometry.output_size(*x_NCHW.shape[2:])
    y_NGOPQ = x_NCHW.new_zeros(len(x_NCHW), *weight_GOCIJ.shape[:2], p, q)
    for i, j in geometry.taps():
        seen_NGCPQ = tap_view(padded_NGCHW, geometry, i, j, (p, q))
        y_NGOPQ += torch.einsum("ngcpq,goc->ngopq", seen_NGCPQ, weight_GOCIJ[..., i, j])
    return add_bias(y_NGOPQ.flatten(1, 2), bias)


def input_gradient(g_NOPQ: Tensor, weight_OCIJ: Tensor, x_shape: Sequence[int], geometry: Geometry) -> Tensor:
    """Every tap sends g back through its matrix, transposed, to the places that it saw."""
    g_NGOPQ = split_channels(g_NOPQ, geometry.groups)
    weight_GOCIJ = split_weight(weight_OCIJ, geometry.groups)
    gx_padded = pad(g_NOPQ.new_zeros(x_shape), geometry)
    gx_NGCHW = split_channels(gx_padded, geometry.groups)
    for i, j in geometry.taps():
        seen_NGCPQ = tap_view(gx_NGCHW, geometry, i, j, (g_NOPQ.shape[2], g_NOPQ.shape[3]))
        seen_NGCPQ += torch.einsum("ngopq,goc->ngcpq", g_NGOPQ, weight_GOCIJ[..., i, j])
    return crop(gx_padded, geometry, x_shape[2], x_shape[3]).contiguous()


def weight_gradient(g_NOPQ: Tensor, x_NCHW: Tensor, geometry: Geometry) -> Tensor:
    """Every tap's matrix gets the products of g with what the tap saw, summed over pictures and places."""
    padded_NGCHW = split_channels(pad(x_NCHW, geometry), geometry.groups)
    g_NGOPQ = split_channels(g_NOPQ, geometry.groups)
    gw_GOCIJ = x_NCHW.new_empty(*g_NGOPQ.shape[1:3], padded_NGCHW.shape[2], *geometry.kernel)
    for i, j in geometry.taps():
        seen_NGCPQ = tap_view(padded_NGCHW, geometry, i, j, (g_NOPQ.shape[2], g_NOPQ.shape[3]))
        gw_GOCIJ[..., i, j] = torch.einsum("ngopq,ngcpq->goc", g_NGOPQ, seen_NGCPQ)
    return gw_GOCIJ.flatten(0, 1)
