"""Rung 7: one matrix product a tap, on slices that are no copies, added up in place.

A. Anderson, A. Vasudevan, C. Keane and D. Gregg (2017), Low-memory GEMM-based convolution algorithms for deep neural
networks, arXiv:1709.03395 (kn2row). It is `shifted` again, on the layout of `zoo_myconv.rungs.tuned.rows`, in which a
shifted picture is a matrix that a matrix product takes as it stands. Memory beyond input and output: a padded copy of
each.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from torch import Tensor

from zoo_myconv.geometry import Geometry, split_weight
from zoo_myconv.rungs.tuned.blocks import Method
from zoo_myconv.rungs.tuned.rows import Layout, Scratch


@dataclass(frozen=True)
class Plan:
    """Where a batch of N pictures (H, W) and its outputs (P, Q) lie, and which rows each tap sees."""

    source: Layout
    target: Layout
    valid: int  # rows of a line of the target up to the last output; what follows is seam
    geometry: Geometry

    @classmethod
    def of(cls, geometry: Geometry, pictures: int, height: int, width: int) -> Plan:
        """As many lines and rows as the last tap of the last output needs; what a stride never reads is left out."""
        p, q = geometry.output_size(height, width)
        (down, right), (reach_h, reach_w) = geometry.stride, geometry.reach
        columns = max(-(-(width + geometry.padding[1]) // right), q)
        more = max(0, q + reach_w // right - columns)
        source = Layout(geometry.stride, geometry.padding, p + reach_h // down, columns, more)
        target = Layout((1, 1), (0, 0), p, columns)
        return cls(source, target, (pictures - 1) * columns + q, geometry)

    def taps(self, buffer: Tensor) -> Iterator[tuple[int, int, Tensor]]:
        """Every tap (i, j), with what it sees: a view (P, valid, channels) of the source's buffer."""
        for i, j in self.geometry.taps():
            line, a = divmod(i * self.geometry.dilation[0], self.geometry.stride[0])
            row, b = divmod(j * self.geometry.dilation[1], self.geometry.stride[1])
            yield i, j, buffer[a, b, line : line + self.target.lines, row : row + self.valid]

    def results(self, buffer: Tensor) -> Tensor:
        """The view (P, valid, channels) of the target's buffer that is computed."""
        return buffer[0, 0, :, : self.valid]


def prepare(weight_OCIJ: Tensor, geometry: Geometry) -> Tensor:
    """A matrix (C, O) for every tap and group: (I, J, G, C, O)."""
    return split_weight(weight_OCIJ, geometry.groups).permute(3, 4, 0, 2, 1).contiguous()


def finish(kernels_IJGCO: Tensor, geometry: Geometry) -> Tensor:
    """The way back: (G*O, C, I, J)."""
    per_group: Tensor = kernels_IJGCO.permute(2, 4, 3, 0, 1)
    return per_group.flatten(0, 1).contiguous()


def forward(y: Tensor, x: Tensor, kernels: Tensor, bias: Tensor | None, geometry: Geometry, scratch: Scratch) -> None:
    """Fill y: the sum over taps of (rows that the tap sees) @ kernel."""
    plan = Plan.of(geometry, len(x), *x.shape[2:])
    rows = plan.target.buffer(scratch, "y", x, y.shape[1])
    sums = plan.results(rows).chunk(geometry.groups, dim=-1)
    for i, j, shifted in plan.taps(plan.source.write(x, scratch, "x")):
        for total, part, kernel in zip(sums, shifted.chunk(geometry.groups, dim=-1), kernels[i, j], strict=True):
            total.baddbmm_(part, kernel.expand(len(part), -1, -1), beta=0 if i == j == 0 else 1)
    plan.target.read(rows, y, bias)


def backward(
    gx: Tensor | None, g: Tensor, x: Tensor | None, kernels: Tensor, geometry: Geometry, scratch: Scratch
) -> Tensor | None:
    """Rows that a tap saw get g @ kernel'; the kernel gets rows' @ g. The seams of g are zero."""
    like = gx if x is None else x
    assert like is not None
    plan = Plan.of(geometry, len(g), *like.shape[2:])
    parts = plan.results(plan.target.write(g, scratch, "g")).chunk(geometry.groups, dim=-1)
    gk = None
    if x is not None:
        gk = kernels.new_empty(kernels.shape)
        for i, j, shifted in plan.taps(plan.source.write(x, scratch, "x")):
            for group, (part, saw) in enumerate(zip(parts, shifted.chunk(geometry.groups, dim=-1), strict=True)):
                gk[i, j, group] = (saw.mT @ part).sum(dim=0)
    if gx is not None:
        rows = plan.source.buffer(scratch, "gx", gx, gx.shape[1]).zero_()
        for i, j, shifted in plan.taps(rows):
            for saw, part, kernel in zip(shifted.chunk(geometry.groups, dim=-1), parts, kernels[i, j], strict=True):
                saw.baddbmm_(part, kernel.t().expand(len(part), -1, -1))
        plan.source.read(rows, gx)
    return gk


KN2ROW = Method(prepare, forward, backward, finish)
