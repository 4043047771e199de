"""The rungs as differentiable functions: where their hand-written gradients meet autograd.

A convolution is linear in x and linear in the weight, so all that its backward can be differentiated by is one of the
same three maps again. With a and b what comes back for the gradients of x and of the weight,

    L = <g, conv(a, w)> + <g, conv(x, b)>      has      dL/dg = conv(a, w) + conv(x, b)
                                                        dL/dx = input_gradient(g, b),  dL/dw = weight_gradient(g, a)

so second derivatives, and all further ones, cost no further code.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from zoo_myconv.geometry import Geometry
from zoo_myconv.rungs import TABLE, Rung


class _Convolve(torch.autograd.Function):
    """y from x, weight and bias. Keeps x and the weight, as torch's own convolution does, and nothing else."""

    @staticmethod
    def forward(x: Tensor, weight: Tensor, bias: Tensor | None, geometry: Geometry, rung: Rung) -> Tensor:
        with _plain_types(x):
            return rung.forward(x, weight, bias, geometry)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
        x, weight, _, ctx.geometry, ctx.rung = inputs
        ctx.save_for_backward(x, weight)

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Tensor) -> tuple[Tensor | None, ...]:
        (g,), (x, weight) = grad_outputs, ctx.saved_tensors
        wants_x, wants_weight, wants_bias = ctx.needs_input_grad[:3]
        gx, gw = None, None
        if wants_x or wants_weight:
            gx, gw = _Gradients.apply(g, x, weight, ctx.geometry, ctx.rung, (wants_x, wants_weight))
        return gx, gw, g.sum(dim=(0, 2, 3)) if wants_bias else None, None, None


class _Gradients(torch.autograd.Function):
    """The gradients of x and of the weight from g, those that are wanted."""

    @staticmethod
    def forward(
        g: Tensor, x: Tensor, weight: Tensor, geometry: Geometry, rung: Rung, wanted: tuple[bool, bool]
    ) -> tuple[Tensor | None, Tensor | None]:
        with _plain_types(x):
            return rung.gradients(g, x, weight, geometry, wanted)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
        g, x, weight, ctx.geometry, ctx.rung, _ = inputs
        ctx.save_for_backward(g, x, weight)
        ctx.set_materialize_grads(False)

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Tensor | None) -> tuple[Tensor | None, ...]:
        (a, b), (g, x, weight) = grad_outputs, ctx.saved_tensors
        gg = gx = gw = None
        if ctx.needs_input_grad[0]:
            pairs = ((u, v) for u, v in ((a, weight), (x, b)) if u is not None and v is not None)
            terms = [_Convolve.apply(u, v, None, ctx.geometry, ctx.rung) for u, v in pairs]
            gg = sum(terms[1:], terms[0]) if terms else None
        if b is not None and ctx.needs_input_grad[1]:
            gx, _ = _Gradients.apply(g, x, b, ctx.geometry, ctx.rung, (True, False))
        if a is not None and ctx.needs_input_grad[2]:
            _, gw = _Gradients.apply(g, a, weight, ctx.geometry, ctx.rung, (False, True))
        return gg, gx, gw, None, None, None


def _plain_types(x: Tensor) -> torch.autocast:
    """Types were settled in `convolve`; autocast is not to change them in the middle of a sum."""
    return torch.autocast(x.device.type, enabled=False)


def convolve(x: Tensor, weight: Tensor, bias: Tensor | None, geometry: Geometry, implementation: str) -> Tensor:
    """Convolve by one of the rungs of `zoo_myconv.rungs.TABLE`.

    Under `torch.autocast` it computes in autocast's type, as F.conv2d does. On the meta device, where there are shapes
    but no values to compute, it gives itself out as what it is, a convolution: so whoever counts operations there finds
    the same layer, and derives the same formulas, whichever way it is computed elsewhere.

    Args:
        x: (N, G*C, H, W), or (G*C, H, W) for one picture.
        weight: (G*O, C, I, J).
        bias: (G*O,) or None.
        geometry: stride, padding and so on.
        implementation: name of the rung.

    Returns:
        (N, G*O, P, Q), or (G*O, P, Q).

    Raises:
        RuntimeError: for shapes that do not go together; see `Geometry.check`.
    """
    if x.dim() not in (3, 4):
        raise RuntimeError(
            f"Expected 3D (unbatched) or 4D (batched) input to conv2d, but got input of size: {list(x.shape)}"
        )
    if x.dim() == 3:
        return convolve(x.unsqueeze(0), weight, bias, geometry, implementation).squeeze(0)
    if not x.is_meta and torch.is_autocast_enabled(x.device.type) and x.dtype != torch.float64:
        dtype = torch.get_autocast_dtype(x.device.type)
        x, weight, bias = x.to(dtype), weight.to(dtype), None if bias is None else bias.to(dtype)
    geometry.check(x, weight)
    if x.is_meta:
        return F.conv2d(x, weight, bias, geometry.stride, geometry.padding, geometry.dilation, geometry.groups)
    result: Tensor = _Convolve.apply(x, weight, bias, geometry, TABLE[implementation])
    return result
