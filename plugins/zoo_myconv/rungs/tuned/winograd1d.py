"""Rung 8: Winograd's trick down the columns, `kn2row` along the rows: half the multiplications, and few other costs.

The two-dimensional transform of `winograd` makes four numbers of every pixel, which costs more time than it saves. In
one dimension with larger tiles, F(4, 3), six lines of input make four of output with 6 products in place of 12, and
the transforms only make 1.5 numbers of one (A. Lavin and S. Gray (2015), arXiv:1509.09308, section 4.3, is the same
tile in two dimensions; S. Winograd (1980), Arithmetic Complexity of Computations, has the construction).

On the layout of `zoo_myconv.rungs.tuned.rows`, a line of all pictures is one long row of memory. So both transforms are
products of a small matrix with the lines of a tile, and each of a tile's six products is a kn2row of its own, with a
kernel of one line:

    V = B' X           (6 lines from 4t .. 4t+5)
    M[a] = sum over j of (V[a] shifted by j) @ U[a, j],    U = G w
    Y = A' M           (4 lines)

Backward reads the same chain from its other end: gM = A g, gX = B gV with gV[a] += gM[a] @ U[a, j]' where forward
read, and gU[a, j] = (V[a] shifted by j)' @ gM[a], gw = G' gU.

Rule: a kernel of three lines (any width), at stride and dilation 1, in one group. Everything else is done by `kn2row`.
The constants up to 8 cost precision: errors are three to five times those of a direct sum in the same type.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from zoo_myconv.geometry import Geometry
from zoo_myconv.rungs.tuned.blocks import Method
from zoo_myconv.rungs.tuned.kn2row import KN2ROW
from zoo_myconv.rungs.tuned.rows import Layout, Scratch

TILE = 4  # lines of output of a tile
TAPS = 3  # lines of the kernel
LINES = TILE + TAPS - 1  # lines of input of a tile, which is also its number of products

B_T = [
    [4, 0, -5, 0, 1, 0],
    [0, -4, -4, 1, 1, 0],
    [0, 4, -4, -1, 1, 0],
    [0, -2, -1, 2, 1, 0],
    [0, 2, -1, -2, 1, 0],
    [0, 4, 0, -5, 0, 1],
]
G = [
    [1 / 4, 0, 0],
    [-1 / 6, -1 / 6, -1 / 6],
    [-1 / 6, 1 / 6, -1 / 6],
    [1 / 24, 1 / 12, 1 / 6],
    [1 / 24, -1 / 12, 1 / 6],
    [0, 0, 1],
]
A_T = [[1, 1, 1, 1, 1, 0], [0, 1, -1, 2, -2, 0], [0, 1, 1, 4, 4, 0], [0, 1, -1, 8, -8, 1]]


def applies(geometry: Geometry) -> bool:
    """Whether F(4, 3) can do it: three lines of kernel, at stride and dilation 1, and one group."""
    plain = geometry.stride == (1, 1) and geometry.dilation == (1, 1) and geometry.groups == 1
    return plain and geometry.kernel[0] == TAPS


def prepare(weight_OCIJ: Tensor, geometry: Geometry) -> Tensor:
    """U = G w: a matrix (C, O) for each of the six products and each horizontal tap: (J, 6, C, O)."""
    weight_JICO = weight_OCIJ.permute(3, 2, 1, 0)
    kernels = weight_OCIJ.new_tensor(G) @ weight_JICO.reshape(*weight_JICO.shape[:2], -1)
    return kernels.view(-1, LINES, *weight_JICO.shape[2:])


def finish(kernels_JACO: Tensor, geometry: Geometry) -> Tensor:
    """The way back, gw = G' gU: (O, C, I, J)."""
    weight_JICO = (kernels_JACO.new_tensor(G).t() @ kernels_JACO.flatten(2)).view(-1, TAPS, *kernels_JACO.shape[2:])
    return weight_JICO.permute(3, 2, 1, 0).contiguous()


# --- transforms: a line is one long row of numbers, so that all its pixels and channels are transformed at once ---


def _flat(buffer: Tensor) -> Tensor:
    """A view (lines, values) of a buffer (lines, rows, channels): the values of a line in the order of memory."""
    return (buffer if buffer.is_contiguous() else buffer.mT).view(len(buffer), -1)


def _transform(matrix: Tensor, tiles: Tensor, out: Tensor) -> Tensor:
    """Every matrix @ tile, for tiles (T, lines, values), into a buffer of T * len(matrix) lines."""
    torch.bmm(matrix.expand(len(tiles), -1, -1), tiles, out=_tiles(out, len(matrix), len(matrix)))
    return out


def _tiles(buffer: Tensor, length: int, step: int) -> Tensor:
    """A view (T, length, values): a tile begins every `step` lines; longer ones overlap."""
    return _flat(buffer).unfold(0, length, step).mT


def _add_tiles_up(products: Tensor, lines: Tensor) -> Tensor:
    """Compute gX = B gV: of the six lines of a tile, four are its own, and two are added to the next tile's first."""
    b = products.new_tensor(B_T).t()
    tiles, grid = _tiles(products, LINES, LINES), _tiles(lines, TILE, TILE)
    grid[-1] = 0
    torch.bmm(b[:TILE].expand(len(tiles), -1, -1), tiles, out=grid[:-1])
    grid[1:, : LINES - TILE].baddbmm_(b[TILE:].expand(len(tiles), -1, -1), tiles)
    return lines


# --- the method ---


@dataclass(frozen=True)
class Plan:
    """Where lines (x, y) and products (V, M) of a batch lie, and how many of a line's rows are computed."""

    lines: Layout
    products: Layout
    sums: Layout
    outputs: Layout
    tiles: int
    valid: int  # up to the last output; what follows is seam

    @classmethod
    def of(cls, geometry: Geometry, pictures: int, height: int, width: int) -> Plan:
        """For N pictures (H, W)."""
        p, q = geometry.output_size(height, width)
        tiles, columns = -(-p // TILE), max(width + geometry.padding[1], q)
        outputs = Layout((1, 1), (0, 0), tiles * TILE, columns)
        lines = Layout((1, 1), geometry.padding, (tiles + 1) * TILE, columns, max(0, q + geometry.reach[1] - columns))
        products, sums = replace(lines, lines=tiles * LINES), replace(outputs, lines=tiles * LINES)
        return cls(lines, products, sums, outputs, tiles, (pictures - 1) * columns + q)

    def transformed_input(self, x: Tensor, scratch: Scratch) -> Tensor:
        """V: (tiles * 6, rows, C)."""
        lines = self.lines.write(x, scratch, "lines")[0, 0]
        products = self.products.buffer(scratch, "products", x, x.shape[1])[0, 0]
        return _transform(x.new_tensor(B_T), _tiles(lines, LINES, TILE), products)

    def transformed_gradient(self, g: Tensor, scratch: Scratch) -> Tensor:
        """gM: (tiles * 6, rows up to the last output, O)."""
        outputs = self.outputs.write(g, scratch, "g")[0, 0]
        sums = self.sums.buffer(scratch, "g sums", g, g.shape[1])[0, 0]
        return _transform(g.new_tensor(A_T).t(), _tiles(outputs, TILE, TILE), sums)[:, : self.valid]

    def per_tile(self, kernels_JACO: Tensor) -> Tensor:
        """The kernels beside the products: (J, tiles * 6, C, O)."""
        return kernels_JACO.repeat(1, self.tiles, 1, 1)


def forward(y: Tensor, x: Tensor, kernels: Tensor, bias: Tensor | None, geometry: Geometry, scratch: Scratch) -> None:
    """Fill y = A' [sum over j of V shifted by j @ U[j]]."""
    plan = Plan.of(geometry, len(x), *x.shape[2:])
    products, valid = plan.transformed_input(x, scratch), plan.valid
    sums = plan.sums.buffer(scratch, "sums", x, y.shape[1])[0, 0]
    for j, kernel in enumerate(plan.per_tile(kernels)):
        sums[:, :valid].baddbmm_(products[:, j : j + valid], kernel, beta=1 if j else 0)
    outputs = plan.outputs.buffer(scratch, "outputs", x, y.shape[1])
    _transform(x.new_tensor(A_T), _tiles(sums, LINES, LINES), outputs[0, 0])
    plan.outputs.read(outputs, y, bias)


def backward(
    gx: Tensor | None, g: Tensor, x: Tensor | None, kernels: Tensor, geometry: Geometry, scratch: Scratch
) -> Tensor | None:
    """With gM = A g: gU[j] = (V shifted by j)' @ gM; gV shifted by j += gM @ U[j]'; gx = B gV."""
    like = gx if x is None else x
    assert like is not None
    plan = Plan.of(geometry, len(g), *like.shape[2:])
    g_sums, valid, gk = plan.transformed_gradient(g, scratch), plan.valid, None
    if x is not None:
        products, gk = plan.transformed_input(x, scratch), torch.empty_like(kernels)
        for j, kernel in enumerate(gk):
            each = products[:, j : j + valid].mT @ g_sums
            torch.sum(torch.unflatten(each, 0, (plan.tiles, LINES)), dim=0, out=kernel)
    if gx is not None:
        products = plan.products.buffer(scratch, "products", gx, gx.shape[1])[0, 0].zero_()
        for j, kernel in enumerate(plan.per_tile(kernels)):
            products[:, j : j + valid].baddbmm_(g_sums, kernel.mT)
        lines = plan.lines.buffer(scratch, "g lines", gx, gx.shape[1])
        _add_tiles_up(products, lines[0, 0])
        plan.lines.read(lines, gx)
    return gk


WINOGRAD1D = Method(prepare, forward, backward, finish)


def choose(x: Tensor, weight_shape: Sequence[int], geometry: Geometry) -> Method:
    """This method where it applies, else `kn2row`."""
    return WINOGRAD1D if applies(geometry) else KN2ROW
