"""MyConv2D: a layer like nn.Conv2d, computed by any rung of the ladder."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from zoo.api import unknown
from zoo_myconv.autograd import convolve
from zoo_myconv.geometry import Geometry, Pair
from zoo_myconv.rungs import TABLE


class MyConv2D(nn.Module):
    """A two-dimensional convolution with the interface of nn.Conv2d, and its state-dict names.

    Weight and bias both start uniform in +-1/sqrt(C * I * J), C the input channels of a group: the course's choice and
    nn.Conv2d's default; from the same seed, both classes draw the same values.

    Args:
        in_channels: channels of the input.
        out_channels: channels of the output.
        kernel_size: I and J, or one number for both; so for the following ones.
        stride: from one window to the next.
        padding: zeros on each side, or "same" (what keeps the size, the odd one right and below) or "valid".
        dilation: from one tap to the next.
        groups: convolutions side by side; must divide both numbers of channels.
        bias: whether there is a bias per output channel.
        padding_mode: "zeros"; the others that nn.Conv2d has are not taught here.
        device: where the weights are made.
        dtype: their type.
        implementation: name of the rung, such as "im2col".

    Raises:
        ValueError: for what nn.Conv2d refuses on construction.
        UserError: for an unknown implementation.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | Pair,
        stride: int | Pair = 1,
        padding: str | int | Pair = 0,
        dilation: int | Pair = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
        *,
        implementation: str = "fast",
    ) -> None:
        super().__init__()
        _check_channels(in_channels, out_channels, groups)
        if padding_mode != "zeros":
            raise ValueError(f"padding_mode must be 'zeros' in MyConv2D, but got padding_mode={padding_mode!r}")
        if implementation not in TABLE:
            raise unknown("implementation of MyConv2D", implementation, TABLE)
        self.implementation = implementation
        self.in_channels, self.out_channels, self.groups = in_channels, out_channels, groups
        self.kernel_size = _pair("kernel_size", kernel_size)
        self.stride, self.dilation = _pair("stride", stride), _pair("dilation", dilation)
        self.padding = padding if isinstance(padding, str) else _pair("padding", padding)
        self.padding_mode = padding_mode
        before, self._after = _padding(self.padding, self.kernel_size, self.stride, self.dilation)
        self.geometry = Geometry(self.kernel_size, self.stride, before, self.dilation, groups)
        shape = (out_channels, in_channels // groups, *self.kernel_size)
        self.weight = nn.Parameter(torch.empty(shape, device=device, dtype=dtype))
        self.bias = nn.Parameter(torch.empty(out_channels, device=device, dtype=dtype)) if bias else None
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw weight and bias anew."""
        window = self.weight[0].numel() if len(self.weight) else 0
        if not window:
            return
        for parameter in (self.weight, self.bias):
            if parameter is not None:
                nn.init.uniform_(parameter, -1 / math.sqrt(window), 1 / math.sqrt(window))

    def forward(self, x: Tensor) -> Tensor:
        """From (N, in_channels, H, W) to (N, out_channels, P, Q); or both without N.

        Raises:
            RuntimeError: for what nn.Conv2d refuses, naming the shapes.
        """
        if any(self._after):
            x = F.pad(x, (0, self._after[1], 0, self._after[0]))
        return convolve(x, self.weight, self.bias, self.geometry, self.implementation)

    def extra_repr(self) -> str:
        """What nn.Conv2d shows, and the implementation."""
        parts = [f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"]
        if self.padding != (0, 0):
            parts.append(f"padding={self.padding!r}")
        if self.dilation != (1, 1):
            parts.append(f"dilation={self.dilation}")
        if self.groups != 1:
            parts.append(f"groups={self.groups}")
        if self.bias is None:
            parts.append("bias=False")
        return ", ".join([*parts, f"implementation={self.implementation}"])


def implemented_by(implementation: str) -> Callable[..., MyConv2D]:
    """What is called like nn.Conv2d, argument for argument, and makes layers that one rung computes."""
    return functools.partial(MyConv2D, implementation=implementation)


def _check_channels(in_channels: int, out_channels: int, groups: int) -> None:
    if groups <= 0:
        raise ValueError(f"groups must be a positive integer, but got groups={groups}")
    if in_channels % groups:
        raise ValueError(f"in_channels must be divisible by groups, but got {in_channels} and groups={groups}")
    if out_channels % groups:
        raise ValueError(f"out_channels must be divisible by groups, but got {out_channels} and groups={groups}")


def _pair(name: str, value: int | Pair) -> Pair:
    pair = (value, value) if isinstance(value, int) else tuple(value)
    if len(pair) != 2 or not all(isinstance(number, int) for number in pair):
        raise ValueError(f"{name} must be a single integer or a pair of integers, but got {name}={value}")
    return pair[0], pair[1]


def _padding(padding: str | Pair, kernel: Pair, stride: Pair, dilation: Pair) -> tuple[Pair, Pair]:
    """Zeros on both sides, and those to be added at the bottom and right alone."""
    if not isinstance(padding, str):
        return padding, (0, 0)
    if padding not in ("same", "valid"):
        raise ValueError(f"Invalid padding string {padding!r}, should be one of {{'valid', 'same'}}")
    if padding == "valid":
        return (0, 0), (0, 0)
    if stride != (1, 1):
        raise ValueError(f"padding='same' is not supported for strided convolutions, but got stride={stride}")
    tall, wide = (kernel[0] - 1) * dilation[0], (kernel[1] - 1) * dilation[1]
    return (tall // 2, wide // 2), (tall % 2, wide % 2)
