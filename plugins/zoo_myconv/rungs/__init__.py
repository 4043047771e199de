"""The ladder: one file per rung, each with the same three functions; `teaching` to be read from `loops` upwards.

Forward, with the letters of `zoo_myconv.geometry`, s the stride, d the dilation and x zero outside the picture::

    y[n,o,p,q] = bias[o] + sum over c,i,j of  weight[o,c,i,j] * x[n, c, p*s + i*d - padding, q*s + j*d - padding]

Every term is one weight times one input, added to one output. So with g = dL/dy the chain rule reads, term by term:

    dL/dx:       what the window read, it now writes:  x-place  += weight * g        `input_gradient`
    dL/dweight:  what a weight met, summed:            weight   += x * g             `weight_gradient`
    dL/dbias:    the bias met a one everywhere:        bias      = sum of g          (in `zoo_myconv.autograd`)

All three are sums over the same terms; they differ in which of x, weight and y is summed over. That is why each rung
needs no more than its own trick, used three times.
"""

from __future__ import annotations

from zoo_myconv.rungs.rung import Rung
from zoo_myconv.rungs.teaching import fft, im2col, loops, shifted, strided, winograd
from zoo_myconv.rungs.tuned import fast, kn2row, winograd1d
from zoo_myconv.rungs.tuned.blocks import Blockwise

TABLE: dict[str, Rung] = {
    "loops": Rung(loops.forward, loops.input_gradient, loops.weight_gradient),
    "shifted": Rung(shifted.forward, shifted.input_gradient, shifted.weight_gradient),
    "im2col": Rung(im2col.forward, im2col.input_gradient, im2col.weight_gradient),
    "strided": Rung(strided.forward, strided.input_gradient, strided.weight_gradient),
    "fft": Rung(fft.forward, fft.input_gradient, fft.weight_gradient),
    "winograd": Rung(winograd.forward, winograd.input_gradient, winograd.weight_gradient),
    "kn2row": Blockwise(lambda *_: kn2row.KN2ROW).rung(),
    "winograd1d": Blockwise(winograd1d.choose).rung(),
    "fast": Blockwise(fast.choose, fast.SCRATCH_BYTES).rung(),
}
"""Every implementation by its name, in the order in which they are taught."""

__all__ = ["TABLE", "Rung"]
