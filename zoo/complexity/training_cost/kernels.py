"""What the CPU computes by other operations than the meta device does: fused attention, and bfloat16 autocast."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

from zoo.complexity.counting.pointwise import names

LOW = names(
    """
    conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d conv_tbc linear matmul __matmul__
    __rmatmul__ mm bmm addmm addbmm baddbmm einsum scaled_dot_product_attention prelu
    """
)
"""What autocast computes in bfloat16 on the CPU, by https://docs.pytorch.org/docs/stable/amp.html."""

HIGH = names(
    """
    avg_pool3d binary_cross_entropy binary_cross_entropy_with_logits cross_entropy_loss nll_loss mse_loss l1_loss
    smooth_l1_loss huber_loss kl_div grid_sampler cdist prod trace quantile
    """
)
"""What it computes in float32."""

WIDEST = frozenset({"cat", "stack", "index_copy"})
"""What takes the widest of its inputs' types."""


class _Handler:
    """See `zoo.complexity.counting.meta`: a handler that a mode defines itself is wrapped at the cost of an import."""

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        return self.call(func, args, dict(kwargs or {}))  # type: ignore[attr-defined]


class CpuKernels(_Handler, TorchFunctionMode):
    """While this mode is on, meta tensors take the ways that tensors on the CPU take.

    Args:
        autocast: whether contractions are computed in bfloat16, as by ``torch.autocast``.
    """

    def __init__(self, autocast: bool) -> None:
        super().__init__()
        self._autocast = autocast
        self._casts: dict[int, tuple[Tensor, Tensor]] = {}

    def call(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call a function, its arguments cast."""
        name = getattr(func, "__name__", "")
        if func is F.multi_head_attention_forward:
            with self:  # what it calls is seen, too
                return _attention()(*args, **kwargs)
        if self._autocast:
            to = torch.bfloat16 if name in LOW else torch.float32 if name in HIGH else _widest(name, args)
            if to is not None:
                args, kwargs = self._cast(args, to), self._cast(kwargs, to)
        if name == "scaled_dot_product_attention" and _is_fused(*args, **kwargs):
            return _fused(*args, **kwargs)
        return func(*args, **kwargs)

    def _cast(self, value: Any, to: torch.dtype) -> Any:
        if isinstance(value, Tensor):
            return self._cast_tensor(value, to)
        if isinstance(value, list | tuple):
            return type(value)(self._cast(item, to) for item in value) if type(value) in (list, tuple) else value
        return {key: self._cast(item, to) for key, item in value.items()} if isinstance(value, dict) else value

    def _cast_tensor(self, x: Tensor, to: torch.dtype) -> Tensor:
        """A tensor in another type; of weights that are trained, autocast keeps the copy for their next use."""
        if x.dtype not in (torch.float32, torch.bfloat16, torch.float16) or x.dtype == to:
            return x
        kept = to == torch.bfloat16 and x.is_leaf and x.requires_grad
        if kept and id(x) in self._casts:
            return self._casts[id(x)][1]
        cast = x.to(to)
        if kept:
            self._casts[id(x)] = (x, cast)
        return cast


def _widest(name: str, args: tuple[Any, ...]) -> torch.dtype | None:
    if name not in WIDEST or not isinstance(args[0], list | tuple):
        return None
    kinds = {x.dtype for x in args[0]}
    return torch.float32 if torch.float32 in kinds and torch.bfloat16 in kinds else None


@cache
def _attention() -> Callable[..., Any]:
    """``F.multi_head_attention_forward`` without its question for modes, lest it come back here for ever."""
    func: Any = F.multi_head_attention_forward
    scope = {**func.__globals__, "has_torch_function": lambda tensors: False}
    copy = types.FunctionType(func.__code__, scope, func.__name__, func.__defaults__, func.__closure__)
    copy.__kwdefaults__ = func.__kwdefaults__
    return copy


def _is_fused(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> bool:
    """Whether the CPU has a fused kernel for this attention (ATen/native/transformers/sdp_utils_cpp.cpp)."""
    alike = query.dim() == key.dim() == value.dim() == 4 and query.shape[-1] == key.shape[-1] == value.shape[-1]
    learned = attn_mask is not None and attn_mask.requires_grad
    return alike and query.is_meta and not (dropout_p or learned or enable_gqa)


def _fused(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Tensor:
    out: Tensor = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu(
        query, key, value, dropout_p, is_causal, attn_mask=attn_mask, scale=scale
    )[0]
    return out
