"""Resizing of pictures whose sizes stand for all their values; torch's own function reads them as plain numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from zoo.complexity.algebra.expression import UnprovableError
from zoo.complexity.counting.symbolic import rounded_down


class _Handler:
    """See `zoo.complexity.counting.meta`: a handler that a mode defines itself is wrapped at the cost of an import."""

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        if func is torch.nn.functional.interpolate:
            return _interpolate(*args, **(kwargs or {}))
        return func(*args, **(kwargs or {}))


class SymbolicFunctions(_Handler, TorchFunctionMode):
    """While this mode is on, functions that torch only knows for numbers are computed here."""


_aten = torch.ops.aten
_RESIZING: dict[tuple[str, int], Callable[..., torch.Tensor]] = {
    ("nearest", 1): lambda x, size, align: _aten.upsample_nearest1d(x, size),
    ("nearest", 2): lambda x, size, align: _aten.upsample_nearest2d(x, size),
    ("nearest", 3): lambda x, size, align: _aten.upsample_nearest3d(x, size),
    ("nearest-exact", 2): lambda x, size, align: _aten._upsample_nearest_exact2d(x, size),
    ("linear", 1): lambda x, size, align: _aten.upsample_linear1d(x, size, align),
    ("bilinear", 2): lambda x, size, align: _aten.upsample_bilinear2d(x, size, align),
    ("bicubic", 2): lambda x, size, align: _aten.upsample_bicubic2d(x, size, align),
    ("trilinear", 3): lambda x, size, align: _aten.upsample_trilinear3d(x, size, align),
}


def _interpolate(
    input: torch.Tensor,  # noqa: A002 -- torch's name
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    *rest: Any,
    **options: Any,
) -> torch.Tensor:
    """``F.interpolate`` with a size that is computed exactly; torch's reads it as a plain number."""
    lengths = input.shape[2:]
    if size is None:
        factors = scale_factor if isinstance(scale_factor, list | tuple) else [scale_factor] * len(lengths)
        size = [rounded_down(length * factor) for length, factor in zip(lengths, factors, strict=True)]
    elif not isinstance(size, list | tuple):
        size = [size] * len(lengths)
    if (mode, len(lengths)) not in _RESIZING or any(options.values()):
        raise UnprovableError(f"it resizes by {mode}")
    return _RESIZING[mode, len(lengths)](input, list(size), bool(align_corners))
