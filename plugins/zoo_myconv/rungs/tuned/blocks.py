"""Convolve a batch a few pictures at a time, so that what is computed in between stays in the processor's cache.

Pictures do not depend on each other: outputs and input gradients are made block by block, weight gradients are summed.
Pictures in half precision are widened block by block: long sums keep their digits, and memory stays half as large.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from zoo_myconv.geometry import Geometry
from zoo_myconv.rungs.rung import Rung
from zoo_myconv.rungs.tuned.rows import Scratch, like_input


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
        scratch_bytes: how much a block may take in input and output together, for every thread, each of which has a
            cache of its own; None for the whole batch at once.
    """

    choose: Choose
    scratch_bytes: int | None = None

    def _blocks(self, *batches: Tensor | None) -> Iterator[slice]:
        """Slices of nearly equal length that cover the batch."""
        there = [batch for batch in batches if batch is not None]
        pictures = len(there[0])
        total = sum(batch.numel() * max(4, batch.element_size()) for batch in there)
        count = math.ceil(total / (self.scratch_bytes * torch.get_num_threads())) if self.scratch_bytes else 1
        length = math.ceil(pictures / max(1, min(count, pictures)))
        return (slice(start, start + length) for start in range(0, pictures, max(1, length)))

    def forward(self, x: Tensor, weight: Tensor, bias: Tensor | None, geometry: Geometry) -> Tensor:
        """Block by block into one output."""
        method = self.choose(x, weight.shape, geometry)
        kernels, scratch = method.prepare(_wide(weight), geometry), Scratch()
        wide_bias = None if bias is None else _wide(bias)
        y = like_input(x, len(weight), geometry.output_size(x.shape[2], x.shape[3]))
        for block in self._blocks(x, y):
            part = _wide(y[block])
            method.forward(part, _wide(x[block]), kernels, wide_bias, geometry, scratch)
            _keep(part, y[block])
        return y

    def input_gradient(self, g: Tensor, weight: Tensor, x_shape: Sequence[int], geometry: Geometry) -> Tensor:
        """Block by block into one gradient."""
        gx = like_input(g, x_shape[1], (x_shape[2], x_shape[3]))
        self._backward(gx, g, None, weight, geometry)
        return gx

    def weight_gradient(self, g: Tensor, x: Tensor, geometry: Geometry) -> Tensor:
        """The sum of the blocks' gradients."""
        weight = x.new_zeros(g.shape[1], x.shape[1] // geometry.groups, *geometry.kernel)
        return self._backward(None, g, x, weight, geometry)

    def both_gradients(self, g: Tensor, x: Tensor, weight: Tensor, geometry: Geometry) -> tuple[Tensor, Tensor]:
        """Both from one pass over the blocks, which lays g out only once."""
        gx = torch.empty_like(x)
        return gx, self._backward(gx, g, x, weight, geometry)

    def _backward(self, gx: Tensor | None, g: Tensor, x: Tensor | None, weight: Tensor, geometry: Geometry) -> Tensor:
        """Fill gx, if it is wanted, and return the gradient of the weight, which is zero without x."""
        if gx is not None and geometry.stride != (1, 1):
            gx.zero_()  # a stride may leave the last pixels unread, and no block writes their gradient
        method = self.choose(g, weight.shape, geometry)
        kernels, scratch = method.prepare(_wide(weight), geometry), Scratch()
        total = torch.zeros_like(kernels)
        for block in self._blocks(gx, g, x):
            part = None if gx is None else _wide(gx[block])
            block_x = None if x is None else _wide(x[block])
            gk = method.backward(part, _wide(g[block]), block_x, kernels, geometry, scratch)
            if gk is not None:
                total += gk
            if part is not None and gx is not None:
                _keep(part, gx[block])
        return method.finish(total, geometry).to(weight.dtype)

    def rung(self) -> Rung:
        """As the ladder has it."""
        return Rung(self.forward, self.input_gradient, self.weight_gradient, self.both_gradients)


def _wide(tensor: Tensor) -> Tensor:
    """The tensor itself, or a copy in single precision of one in half."""
    return tensor if tensor.element_size() >= 4 else tensor.float()


def _keep(part: Tensor, place: Tensor) -> None:
    """Copy what was computed to where it belongs, unless it was computed there."""
    if part.dtype != place.dtype:
        place.copy_(part)
