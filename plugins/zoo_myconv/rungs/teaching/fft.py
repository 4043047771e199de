"""Rung 5: a convolution is a product in frequency space, so its cost does not depend on the kernel's size.

M. Mathieu, M. Henaff and Y. LeCun (2014), Fast Training of Convolutional Networks through FFTs, arXiv:1312.5851.

What networks call convolution is a correlation: y[p] = sum of w[i] x[p+i]. With hats for spectra and * for the complex
conjugate, the correlation theorem gives yhat = xhat what*, and its two gradients are gxhat = ghat what (a true
convolution) and gwhat = xhat ghat*. The transform is as large as the padded picture; it wraps around there, but the
outputs that are kept never reach over the edge. A dilation puts the taps apart; a stride keeps every s-th output, and
puts g apart on the way back.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from zoo_myconv.geometry import Geometry, add_bias, crop, pad, split_channels, split_weight


def _spectrum(signal: Tensor, size: tuple[int, int]) -> Tensor:
    """The two-dimensional spectrum of real planes (..., h, w), zeros appended up to `size`; half types go as float."""
    wide = signal if signal.dtype == torch.float64 else signal.float()
    spectrum: Tensor = torch.fft.rfft2(wide, s=size)
    return spectrum


def _spread(planes: Tensor, steps: tuple[int, int]) -> Tensor:
    """Put values `steps` apart, with zeros in between."""
    if steps == (1, 1):
        return planes
    height, width = planes.shape[-2:]
    apart = planes.new_zeros(*planes.shape[:-2], (height - 1) * steps[0] + 1, (width - 1) * steps[1] + 1)
    apart[..., :: steps[0], :: steps[1]] = planes
    return apart


def _padded_size(x_shape: Sequence[int], geometry: Geometry) -> tuple[int, int]:
    return x_shape[2] + 2 * geometry.padding[0], x_shape[3] + 2 * geometry.padding[1]


def forward(x_NCHW: Tensor, weight_OCIJ: Tensor, bias: Tensor | None, geometry: Geometry) -> Tensor:
    """Transform, multiply, transform back: yhat = sum over c of xhat what*."""
    size, (p, q) = _padded_size(x_NCHW.shape, geometry), geometry.output_size(*x_NCHW.shape[2:])
    xhat = _spectrum(split_channels(pad(x_NCHW, geometry), geometry.groups), size)
    what = _spectrum(_spread(split_weight(weight_OCIJ, geometry.groups), geometry.dilation), size)
    full = torch.fft.irfft2(torch.einsum("ngchw,gochw->ngohw", xhat, what.conj()), s=size)
    (down, right) = geometry.stride
    y_NGOPQ = full[..., : (p - 1) * down + 1 : down, : (q - 1) * right + 1 : right]
    return add_bias(y_NGOPQ.flatten(1, 2).to(x_NCHW.dtype, memory_format=torch.contiguous_format), bias)


def input_gradient(g_NOPQ: Tensor, weight_OCIJ: Tensor, x_shape: Sequence[int], geometry: Geometry) -> Tensor:
    """The same with gxhat = sum over o of ghat what."""
    size = _padded_size(x_shape, geometry)
    ghat = _spectrum(_spread(split_channels(g_NOPQ, geometry.groups), geometry.stride), size)
    what = _spectrum(_spread(split_weight(weight_OCIJ, geometry.groups), geometry.dilation), size)
    gx = torch.fft.irfft2(torch.einsum("ngohw,gochw->ngchw", ghat, what), s=size)
    return crop(gx.flatten(1, 2), geometry, x_shape[2], x_shape[3]).to(g_NOPQ.dtype).contiguous()


def weight_gradient(g_NOPQ: Tensor, x_NCHW: Tensor, geometry: Geometry) -> Tensor:
    """The same with gwhat = sum over n of xhat ghat*."""
    size = _padded_size(x_NCHW.shape, geometry)
    xhat = _spectrum(split_channels(pad(x_NCHW, geometry), geometry.groups), size)
    ghat = _spectrum(_spread(split_channels(g_NOPQ, geometry.groups), geometry.stride), size)
    gw: Tensor = torch.fft.irfft2(torch.einsum("ngchw,ngohw->gochw", xhat, ghat.conj()), s=size)
    (apart_h, apart_w), (reach_h, reach_w) = geometry.dilation, geometry.reach
    taps = gw[..., : reach_h + 1 : apart_h, : reach_w + 1 : apart_w]
    return taps.flatten(0, 1).to(x_NCHW.dtype).contiguous()
