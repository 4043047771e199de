"""Rung 6: multiply less. F(2x2, 3x3) of Winograd computes four outputs with 16 multiplications in place of 36.

A. Lavin and S. Gray (2015), Fast Algorithms for Convolutional Neural Networks, arXiv:1509.09308, section 4.1.

In one dimension, two outputs of a kernel with three taps, y0 = x0 w0 + x1 w1 + x2 w2 and y1 = x1 w0 + x2 w1 + x3 w2,
need four products m and not six:

    m = [(x0-x2) w0, (x1+x2)(w0+w1+w2)/2, (x2-x1)(w0-w1+w2)/2, (x1-x3) w2],    y0 = m0+m1+m2,  y1 = m1-m2-m3

or, as matrices, y = A' [(G w) * (B' x)], with ' for the transpose. In two dimensions they are used once for the rows
and once for the columns: Y = A' [(G w G') * (B' X B)] A, on tiles X of 4x4 pixels that overlap by two. The products
over all channels are 16 matrix products, one for each place in the tile.

Backward is the same formula read from its other ends: with M = A g A' the gradient at the products,
gX = B (M * U) B' and gw = G' (M * V) G, where U = G w G' and V = B' X B.

Rule: a 3x3 kernel at stride 1 and dilation 1. Everything else is done by `strided`.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from zoo_myconv.geometry import Geometry, add_bias, crop, split_channels, split_weight
from zoo_myconv.rungs.teaching import strided

Matrix = Sequence[Sequence[float]]

B_T: Matrix = [[1, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, 1, 0, -1]]
G: Matrix = [[1, 0, 0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0, 0, 1]]
A_T: Matrix = [[1, 1, 1, 0], [0, 1, -1, -1]]


def applies(geometry: Geometry) -> bool:
    """Whether F(2x2, 3x3) can do it."""
    return geometry.kernel == (3, 3) and geometry.stride == (1, 1) and geometry.dilation == (1, 1)


def _input_products(x_NCHW: Tensor, geometry: Geometry) -> Tensor:
    """V = B' X B of every tile: (4, 4, N, G, C, T, S), T x S tiles; an odd size is filled up with zeros."""
    (pad_h, pad_w), (p, q) = geometry.padding, geometry.output_size(*x_NCHW.shape[2:])
    padded = F.pad(x_NCHW, (pad_w, pad_w + q % 2, pad_h, pad_h + p % 2))
    tiles = split_channels(padded, geometry.groups).unfold(3, 4, 2).unfold(4, 4, 2)
    b_t = x_NCHW.new_tensor(B_T)
    return torch.einsum("ai,bj,ngctsij->abngcts", b_t, b_t, tiles)


def _output_products(g_NOPQ: Tensor, groups: int) -> Tensor:
    """M = A g A' of every tile: (4, 4, N, G, O, T, S)."""
    p, q = g_NOPQ.shape[2:]
    filled = F.pad(split_channels(g_NOPQ, groups), (0, q % 2, 0, p % 2))
    a_t = g_NOPQ.new_tensor(A_T)
    return torch.einsum("ya,zb,ngotsyz->abngots", a_t, a_t, filled.unfold(3, 2, 2).unfold(4, 2, 2))


def _kernel_products(weight_OCIJ: Tensor, groups: int) -> Tensor:
    """U = G w G' of every kernel: (4, 4, G, O, C)."""
    g = weight_OCIJ.new_tensor(G)
    return torch.einsum("ai,bj,gocij->abgoc", g, g, split_weight(weight_OCIJ, groups))


def forward(x_NCHW: Tensor, weight_OCIJ: Tensor, bias: Tensor | None, geometry: Geometry) -> Tensor:
    """Tile by tile, Y = A' [sum over c of U * V] A."""
    if not applies(geometry):
        return strided.forward(x_NCHW, weight_OCIJ, bias, geometry)
    p, q = geometry.output_size(*x_NCHW.shape[2:])
    kernels = _kernel_products(weight_OCIJ, geometry.groups)
    products = torch.einsum("abgoc,abngcts->abngots", kernels, _input_products(x_NCHW, geometry))
    a_t = x_NCHW.new_tensor(A_T)
    tiles = torch.einsum("ya,zb,abngots->ngotysz", a_t, a_t, products)  # lines and columns of a tile beside its own
    y_NOPQ = tiles.flatten(5, 6).flatten(3, 4).flatten(1, 2)[..., :p, :q]
    return add_bias(y_NOPQ.contiguous(), bias)


def input_gradient(g_NOPQ: Tensor, weight_OCIJ: Tensor, x_shape: Sequence[int], geometry: Geometry) -> Tensor:
    """Tile by tile, gX = B [sum over o of M * U] B'; tiles overlap, so they are added up."""
    if not applies(geometry):
        return strided.input_gradient(g_NOPQ, weight_OCIJ, x_shape, geometry)
    kernels = _kernel_products(weight_OCIJ, geometry.groups)
    products = torch.einsum("abgoc,abngots->abngcts", kernels, _output_products(g_NOPQ, geometry.groups))
    n, groups, c, t, s = products.shape[2:]
    b_t = g_NOPQ.new_tensor(B_T)
    tiles = torch.einsum("ai,bj,abngcts->ngcijts", b_t, b_t, products)
    gx_padded = F.fold(tiles.reshape(n, groups * c * 16, t * s), (2 * t + 2, 2 * s + 2), kernel_size=4, stride=2)
    return crop(gx_padded, geometry, x_shape[2], x_shape[3]).contiguous()


def weight_gradient(g_NOPQ: Tensor, x_NCHW: Tensor, geometry: Geometry) -> Tensor:
    """The kernels get gw = G' [sum over pictures and tiles of M * V] G."""
    if not applies(geometry):
        return strided.weight_gradient(g_NOPQ, x_NCHW, geometry)
    given, products_x = _output_products(g_NOPQ, geometry.groups), _input_products(x_NCHW, geometry)
    g = x_NCHW.new_tensor(G)
    gw_GOCIJ = torch.einsum("ai,bj,abgoc->gocij", g, g, torch.einsum("abngots,abngcts->abgoc", given, products_x))
    return gw_GOCIJ.flatten(0, 1).contiguous()
