"""The block of which the course's networks are made."""

from __future__ import annotations

from collections.abc import Callable

from torch import nn


def block(
    conv: Callable[..., nn.Module],
    in_channels: int,
    out_channels: int,
    kernel_size: int,
    resample: nn.Module | None = None,
) -> nn.Sequential:
    """Convolution, then pooling or upsampling if any, then batch normalization and ReLU: the course's order.

    The course's initialization, uniform in +-1/sqrt(in_channels * kernel_size**2), is torch's own default.
    """
    layer = conv(in_channels, out_channels, kernel_size, padding=kernel_size // 2)
    return nn.Sequential(layer, *([resample] if resample else []), nn.BatchNorm2d(out_channels), nn.ReLU())
