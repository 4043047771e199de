"""`im2col` as `fast` uses it: columns copied out of the strided view, products written straight into the output."""

from __future__ import annotations

import torch
from torch import Tensor

from zoo_myconv.geometry import Geometry, crop, pad, tap_view
from zoo_myconv.rungs.teaching.strided import windows
from zoo_myconv.rungs.tuned.blocks import Method
from zoo_myconv.rungs.tuned.rows import Scratch


def prepare(weight_OCIJ: Tensor, geometry: Geometry) -> Tensor:
    """A matrix (O, K) for every group, K = C*I*J: (G, O, K)."""
    return weight_OCIJ.reshape(geometry.groups, len(weight_OCIJ) // geometry.groups, -1)


def finish(kernels_GOK: Tensor, geometry: Geometry) -> Tensor:
    """The way back: (G*O, C, I, J)."""
    return torch.unflatten(kernels_GOK.flatten(0, 1), 1, (-1, *geometry.kernel))


def _columns(x: Tensor, geometry: Geometry, scratch: Scratch) -> Tensor:
    """(G, N, K, L): every window a column; see `zoo_myconv.rungs.teaching.im2col`."""
    view = windows(pad(x, geometry), geometry, geometry.output_size(*x.shape[2:])).permute(1, 0, 2, 5, 6, 3, 4)
    return scratch.take("columns", x, view.shape).copy_(view).flatten(5, 6).flatten(2, 4)


def forward(y: Tensor, x: Tensor, kernels: Tensor, bias: Tensor | None, geometry: Geometry, scratch: Scratch) -> None:
    """Compute y = bias + kernels @ columns, group by group; y may have its channels last."""
    columns = _columns(x, geometry, scratch)
    start = y.new_zeros(len(kernels) * kernels.shape[1]) if bias is None else bias
    for out, constant, kernel, column in zip(
        y.flatten(2).chunk(geometry.groups, dim=1), start.chunk(geometry.groups), kernels, columns, strict=True
    ):
        torch.baddbmm(constant[:, None].expand_as(out), kernel.expand(len(x), -1, -1), column, out=out)


def backward(
    gx: Tensor | None, g: Tensor, x: Tensor | None, kernels: Tensor, geometry: Geometry, scratch: Scratch
) -> Tensor | None:
    """Fold kernels' @ g up into gx; the kernels get g @ columns', computed as its transpose, which was faster."""
    parts = g.flatten(2).chunk(geometry.groups, dim=1)
    if gx is not None:
        transposed = kernels.mT.unsqueeze(1).expand(-1, len(g), -1, -1)
        columns = torch.cat([torch.bmm(kernel, part) for kernel, part in zip(transposed, parts, strict=True)], dim=1)
        seen_NCIJPQ = columns.view(*gx.shape[:2], *geometry.kernel, *g.shape[2:])
        gx_padded = pad(gx.new_zeros(gx.shape), geometry)
        for i, j in geometry.taps():
            tap_view(gx_padded, geometry, i, j, (g.shape[2], g.shape[3])).add_(seen_NCIJPQ[:, :, i, j])
        gx.copy_(crop(gx_padded, geometry, gx.shape[2], gx.shape[3]))
    if x is None:
        return None
    pairs = zip(_columns(x, geometry, scratch), parts, strict=True)
    return torch.stack([(column @ part.mT).sum(dim=0).t() for column, part in pairs])


COLUMNS = Method(prepare, forward, backward, finish)
