"""Rung 9: the best of the ladder for each layer, a few pictures at a time.

Which method: with few values in a window (the first layer of a network for grey pictures has nine) the products of
`kn2row` are too thin to be worth their calls, and columns are small: `im2col`, as `columns` does it. A kernel of three
lines at stride 1: `winograd1d`. Everything else: `kn2row`.

A few pictures at a time: the buffers of a whole batch are tens of megabytes, which every transform and product would
fetch from main memory again. Those of a block stay in the processor's cache.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from torch import Tensor

from zoo_myconv.geometry import Geometry
from zoo_myconv.rungs.tuned import winograd1d
from zoo_myconv.rungs.tuned.blocks import Method
from zoo_myconv.rungs.tuned.columns import COLUMNS

THIN_WINDOW = 32
"""Windows of so few values (C*I*J) are written out as columns."""

SCRATCH_BYTES = 4 * 2**20
"""Input and output of a block, for every thread; its buffers take four times that. Half as much was 13% slower."""


def choose(x: Tensor, weight_shape: Sequence[int], geometry: Geometry) -> Method:
    """The method that suits a layer; the README has the figures."""
    if math.prod(weight_shape[1:]) <= THIN_WINDOW:
        return COLUMNS
    return winograd1d.choose(x, weight_shape, geometry)
