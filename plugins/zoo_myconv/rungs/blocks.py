"""Convolve a batch a few pictures at a time, so that what is computed in between stays in the processor's cache.

Pictures do not depend on each other: outputs and input gradients are made block by block, weight gradients are summed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from zoo_myconv.geometry import Geometry
from zoo_myconv.rungs.rows import Scratch, like_input
from zoo_myconv.rungs.rung import Rung


@dataclass(frozen=True)
class Method:
    """A convolution that writes into memory given to it; `kernels` is the weight in whatever form it likes best.

    Attributes:
        prepare: (weight, geometry) -> kernels.
        forward: (y to fill, x, kernels, bias or None, geometry, scratch).
        backward: (gx to fill or None, g, x or None, kernels, geometry, scratch) -> gradient of the kernels, or
            None without x.
        finish: (gradient of the kernels, geometry) -> gradient of the weight.
    """

    prepare: Callable[[Tensor, Geometry], Tensor]
    forward: Callable[[Tensor, Tensor, Tensor, Tensor | None, Geometry, Scratch], None]
    backward: Callable[[Tensor | None, Tensor, Tensor | None, Tensor, Geometry, Scratch], Tensor | None]
    finish: Callable[[Tensor, Geometry], Tensor]


Choose = Callable[[Tensor, Sequence[int], Geometry], Method]


@dataclass(frozen=True)
class Blockwise:
    """The three functions of a rung (see `zoo_myconv.rungs.rung`) out of a method.

    Attributes:
        choose: (x or g, shape of the weight, geometry) -> method.
        scratch_bytes: how much a block may take in input and output together; None for the whole batch at once.
    """

    choose: Choose
    scratch_bytes: int | None = None

    def _blocks(self, *batches: Tensor | None) -> Iterator[slice]:
        """Slices of nearly equal length that cover the batch."""
        there = [batch for batch in batches if batch is not None]
        pictures = len(there[0])
        total = sum(batch.numel() * batch.element_size() for batch in there)
        count = math.ceil(total / self.scratch_bytes) if self.scratch_bytes else 1
        length = math.ceil(pictures / max(1, min(count, pictures)))
        return (slice(start, start + length) for start in range(0, pictures, max(1, length)))

    def forward(self, x: Tensor, weight: Tensor, bias: Tensor | None, geometry: Geometry) -> Tensor:
        """Block by block into one output."""
        method = self.choose(x, weight.shape, geometry)
        kernels, scratch = method.prepare(weight, geometry), Scratch()
        y = like_input(x, len(weight), geometry.output_size(x.shape[2], x.shape[3]))
        for block in self._blocks(x, y):
            method.forward(y[block], x[block], kernels, bias, geometry, scratch)
        return y

    def input_gradient(self, g: Tensor, weight: Tensor, x_shape: Sequence[int], geometry: Geometry) -> Tensor:
        """Block by block into one gradient."""
        method = self.choose(g, weight.shape, geometry)
        kernels, scratch = method.prepare(weight, geometry), Scratch()
        gx = _unread_is_zero(like_input(g, x_shape[1], (x_shape[2], x_shape[3])), geometry)
        for block in self._blocks(gx, g):
            method.backward(gx[block], g[block], None, kernels, geometry, scratch)
        return gx

    def weight_gradient(self, g: Tensor, x: Tensor, geometry: Geometry) -> Tensor:
        """The sum of the blocks' gradients."""
        shape = (g.shape[1], x.shape[1] // geometry.groups, *geometry.kernel)
        method = self.choose(x, shape, geometry)
        kernels, scratch = method.prepare(x.new_zeros(shape), geometry), Scratch()
        total = torch.zeros_like(kernels)
        for block in self._blocks(x, g):
            total += _given(method.backward(None, g[block], x[block], kernels, geometry, scratch))
        return method.finish(total, geometry)

    def both_gradients(self, g: Tensor, x: Tensor, weight: Tensor, geometry: Geometry) -> tuple[Tensor, Tensor]:
        """Both from one pass over the blocks, which lays g out only once."""
        method = self.choose(x, weight.shape, geometry)
        kernels, scratch = method.prepare(weight, geometry), Scratch()
        gx, total = _unread_is_zero(torch.empty_like(x), geometry), torch.zeros_like(kernels)
        for block in self._blocks(x, g):
            total += _given(method.backward(gx[block], g[block], x[block], kernels, geometry, scratch))
        return gx, method.finish(total, geometry)

    def rung(self) -> Rung:
        """As the ladder has it."""
        return Rung(self.forward, self.input_gradient, self.weight_gradient, self.both_gradients)


def _unread_is_zero(gx: Tensor, geometry: Geometry) -> Tensor:
    """A stride may leave the last pixels unread; no block writes their gradient."""
    return gx if geometry.stride == (1, 1) else gx.zero_()


def _given(gradient: Tensor | None) -> Tensor:
    assert gradient is not None  # backward returns one where it is given x
    return gradient
