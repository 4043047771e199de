"""Rung 3: write every window out as a column, and the whole convolution is one matrix product.

K. Chellapilla, S. Puri and P. Simard (2006), High Performance Convolutional Neural Networks for Document Processing.
The columns hold every pixel up to k*k times: 9 times the memory for a 3x3 kernel, bought for one large multiplication
in place of many small ones. They are made again in backward, so that they are not kept in between.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from zoo_myconv.geometry import Geometry, add_bias, split_channels


def _columns(x_NCHW: Tensor, geometry: Geometry) -> Tensor:
    """(N, G, K, L): L = P*Q windows, each a column of its K = C*I*J values."""
    columns = F.unfold(x_NCHW, geometry.kernel, geometry.dilation, geometry.padding, geometry.stride)
    return split_channels(columns, geometry.groups)


def _matrix(weight_OCIJ: Tensor, groups: int) -> Tensor:
    """(G, O, K): every kernel a row."""
    return weight_OCIJ.reshape(groups, len(weight_OCIJ) // groups, -1)


def forward(x_NCHW: Tensor, weight_OCIJ: Tensor, bias: Tensor | None, geometry: Geometry) -> Tensor:
    """(O, K) @ (K, L), for every picture and group."""
    y_NGOL = _matrix(weight_OCIJ, geometry.groups) @ _columns(x_NCHW, geometry)
    size = geometry.output_size(*x_NCHW.shape[2:])
    return add_bias(torch.unflatten(y_NGOL.flatten(1, 2), 2, size), bias)


def input_gradient(g_NOPQ: Tensor, weight_OCIJ: Tensor, x_shape: Sequence[int], geometry: Geometry) -> Tensor:
    """(K, O) @ (O, L) are the columns' gradients; folding adds up what belongs to one pixel."""
    g_NGOL = split_channels(g_NOPQ.flatten(2), geometry.groups)
    columns_NKL = (_matrix(weight_OCIJ, geometry.groups).mT @ g_NGOL).flatten(1, 2)
    size = (x_shape[2], x_shape[3])
    return F.fold(columns_NKL, size, geometry.kernel, geometry.dilation, geometry.padding, geometry.stride)


def weight_gradient(g_NOPQ: Tensor, x_NCHW: Tensor, geometry: Geometry) -> Tensor:
    """(O, L) @ (L, K), summed over the pictures."""
    g_NGOL = split_channels(g_NOPQ.flatten(2), geometry.groups)
    gw_GOK = (g_NGOL @ _columns(x_NCHW, geometry).mT).sum(dim=0)
    return gw_GOK.reshape(g_NOPQ.shape[1], x_NCHW.shape[1] // geometry.groups, *geometry.kernel)
