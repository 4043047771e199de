"""Rung 1, the definition: for every output, the sum over its window.

One loop an index of the output (channel o, row p, column q); the sum over c, i and j, and the batch, are torch's. Each
step reads one window, so the two gradients follow by inspection: the window that was read is written, or is multiplied
by g in place of the weight.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from torch import Tensor

from zoo_myconv.geometry import Geometry, add_bias, crop, pad

Window = tuple[slice, slice, slice, slice]


def _places(
    weight_shape: Sequence[int], geometry: Geometry, size: tuple[int, int]
) -> Iterator[tuple[int, int, int, Window]]:
    """Every output's channel o and place (p, q), with the window of the padded picture that it is computed from."""
    outputs, channels = weight_shape[:2]
    for o in range(outputs):
        first = o // (outputs // geometry.groups) * channels  # where the channels of o's group begin
        for p in range(size[0]):
            for q in range(size[1]):
                top, left = p * geometry.stride[0], q * geometry.stride[1]
                rows = slice(top, top + geometry.reach[0] + 1, geometry.dilation[0])
                columns = slice(left, left + geometry.reach[1] + 1, geometry.dilation[1])
                yield o, p, q, (slice(None), slice(first, first + channels), rows, columns)


def forward(x_NCHW: Tensor, weight_OCIJ: Tensor, bias: Tensor | None, geometry: Geometry) -> Tensor:
    """Every output is the sum of its window times the kernel."""
    padded = pad(x_NCHW, geometry)
    size = geometry.output_size(*x_NCHW.shape[2:])
    y_NOPQ = x_NCHW.new_empty(len(x_NCHW), len(weight_OCIJ), *size)
    for o, p, q, window in _places(weight_OCIJ.shape, geometry, size):
        y_NOPQ[:, o, p, q] = (padded[window] * weight_OCIJ[o]).sum(dim=(1, 2, 3))
    return add_bias(y_NOPQ, bias)


def input_gradient(g_NOPQ: Tensor, weight_OCIJ: Tensor, x_shape: Sequence[int], geometry: Geometry) -> Tensor:
    """Every output's gradient times the kernel is added to its window; windows overlap, so it adds up."""
    gx_padded = pad(g_NOPQ.new_zeros(x_shape), geometry)
    for o, p, q, window in _places(weight_OCIJ.shape, geometry, (g_NOPQ.shape[2], g_NOPQ.shape[3])):
        gx_padded[window] += g_NOPQ[:, o, p, q, None, None, None] * weight_OCIJ[o]
    return crop(gx_padded, geometry, x_shape[2], x_shape[3]).contiguous()


def weight_gradient(g_NOPQ: Tensor, x_NCHW: Tensor, geometry: Geometry) -> Tensor:
    """Every output's gradient times its window is added to the kernel's gradient, over the whole batch."""
    padded = pad(x_NCHW, geometry)
    gw_OCIJ = x_NCHW.new_zeros(g_NOPQ.shape[1], x_NCHW.shape[1] // geometry.groups, *geometry.kernel)
    for o, p, q, window in _places(gw_OCIJ.shape, geometry, (g_NOPQ.shape[2], g_NOPQ.shape[3])):
        gw_OCIJ[o] += (g_NOPQ[:, o, p, q, None, None, None] * padded[window]).sum(dim=0)
    return gw_OCIJ
