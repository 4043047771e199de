"""Where a convolution looks: sizes, padding, windows, and what it refuses.

The letters behind the names, here and in every rung: N pictures; C input and O output channels, of one group;
G groups; H and W height and width of the input, P and Q of the output; I and J of the kernel.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

Pair = tuple[int, int]


@dataclass(frozen=True)
class Geometry:
    """Everything about a convolution but its values. Pairs are vertical, then horizontal, in pixels.

    Attributes:
        kernel: height and width of the kernel, I and J.
        stride: from one window to the next.
        padding: zeros on each side of the picture.
        dilation: from one tap of the kernel to the next.
        groups: how many convolutions stand side by side, each with its share of the channels.
    """

    kernel: Pair
    stride: Pair = (1, 1)
    padding: Pair = (0, 0)
    dilation: Pair = (1, 1)
    groups: int = 1

    @property
    def reach(self) -> Pair:
        """From the first tap of a window to its last."""
        return (self.kernel[0] - 1) * self.dilation[0], (self.kernel[1] - 1) * self.dilation[1]

    def output_size(self, height: int, width: int) -> Pair:
        """P and Q: how many windows fit, below each other and side by side."""
        tall, wide = height + 2 * self.padding[0] - self.reach[0], width + 2 * self.padding[1] - self.reach[1]
        return (tall - 1) // self.stride[0] + 1, (wide - 1) // self.stride[1] + 1

    def taps(self) -> Iterator[Pair]:
        """Every place (i, j) of the kernel, row by row."""
        return ((i, j) for i in range(self.kernel[0]) for j in range(self.kernel[1]))

    def connections(self, x_shape: Sequence[int], weight_shape: Sequence[int]) -> int:
        """Multiply-adds of one forward pass, padding taps counted: O * C * I * J for each of the N * P * Q places.

        They belong to the layer, not to how it is computed: `count_connections` of `zoo_myconv.ladder.measure` finds
        this very number in every rung. (Some rungs need fewer multiplications, some waste a few; that is time, not
        connections.)
        """
        return int(x_shape[0] * math.prod(weight_shape) * math.prod(self.output_size(x_shape[2], x_shape[3])))

    def check(self, x: Tensor, weight: Tensor) -> None:
        """Refuse what nn.Conv2d refuses, in its words.

        Args:
            x: (N, G*C, H, W).
            weight: (G*O, C, I, J).

        Raises:
            RuntimeError: if the shapes do not go together; the message names them.
        """
        for name, pair in (("stride", self.stride), ("dilation", self.dilation), ("kernel size", self.kernel)):
            if min(pair) <= 0:
                raise RuntimeError(f"non-positive {name} is not supported: got {list(pair)}")
        if min(self.padding) < 0:
            raise RuntimeError(f"negative padding is not supported: got {list(self.padding)}")
        if x.shape[1] != weight.shape[1] * self.groups:
            raise RuntimeError(
                f"Given groups={self.groups}, weight of size {list(weight.shape)}, expected input{list(x.shape)} "
                f"to have {weight.shape[1] * self.groups} channels, but got {x.shape[1]} channels instead"
            )
        padded = tuple(size + 2 * pad for size, pad in zip(x.shape[2:], self.padding, strict=True))
        needed = (self.reach[0] + 1, self.reach[1] + 1)
        if padded[0] < needed[0] or padded[1] < needed[1]:
            raise RuntimeError(
                f"Calculated padded input size per channel: ({padded[0]} x {padded[1]}). "
                f"Kernel size: ({needed[0]} x {needed[1]}). Kernel size can't be greater than actual input size"
            )
        if x.dtype != weight.dtype:
            raise RuntimeError(f"Input type ({x.dtype}) and weight type ({weight.dtype}) should be the same")


# --- moves that several rungs make ---


def pad(x_NCHW: Tensor, geometry: Geometry) -> Tensor:
    """The picture with its zeros around it: (N, C, H + 2 padding, W + 2 padding)."""
    vertical, horizontal = geometry.padding
    return F.pad(x_NCHW, (horizontal, horizontal, vertical, vertical))


def crop(padded: Tensor, geometry: Geometry, height: int, width: int) -> Tensor:
    """Undo `pad`, or send a gradient back through it: what fell on the padding fell on nothing."""
    top, left = geometry.padding
    return padded[..., top : top + height, left : left + width]


def tap_view(padded: Tensor, geometry: Geometry, i: int, j: int, size: Pair) -> Tensor:
    """What tap (i, j) of the kernel sees from all P x Q places at once: a view (..., P, Q) of the padded picture."""
    (down, right), (p, q) = geometry.stride, size
    top, left = i * geometry.dilation[0], j * geometry.dilation[1]
    return padded[..., top : top + (p - 1) * down + 1 : down, left : left + (q - 1) * right + 1 : right]


def split_channels(x_NCHW: Tensor, groups: int) -> Tensor:
    """A view (N, G, C, H, W)."""
    return torch.unflatten(x_NCHW, 1, (groups, x_NCHW.shape[1] // groups))


def split_weight(weight_OCIJ: Tensor, groups: int) -> Tensor:
    """A view (G, O, C, I, J)."""
    return torch.unflatten(weight_OCIJ, 0, (groups, weight_OCIJ.shape[0] // groups))


def add_bias(y_NOPQ: Tensor, bias: Tensor | None) -> Tensor:
    """Add a bias per output channel, in place."""
    return y_NOPQ if bias is None else y_NOPQ.add_(bias[:, None, None])


def is_channels_last(tensor: Tensor) -> bool:
    """Whether the channels of a pixel lie side by side in memory (with one channel, its strides must say so)."""
    return tensor.is_contiguous(memory_format=torch.channels_last) and tensor.stride(1) == 1
