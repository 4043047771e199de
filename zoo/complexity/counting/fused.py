"""Operations that torch does in one step, counted as the products and sums that they consist of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

Run = Callable[..., Any]
"""Runs one operation, and counts it: takes the operation, its arguments and its options."""

_aten = torch.ops.aten


def _scaled(run: Run, x: Tensor, factor: Any) -> Tensor:
    scaled: Tensor = x if factor == 1 else run(_aten.mul.Tensor, (x, factor), {})
    return scaled


def _added(run: Run, name: str, start: Tensor, product: Tensor) -> Tensor:
    operation = _aten.add_.Tensor if name.endswith("_") else _aten.add.Tensor
    total: Tensor = run(operation, (start, product), {})
    return total


def _addcmul(run: Run, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Tensor:
    operation = _aten.div.Tensor if name.startswith("addcdiv") else _aten.mul.Tensor
    product = run(operation, tuple(args[1:3]), {})
    return _added(run, name, args[0], _scaled(run, product, kwargs.get("value", 1)))


def _lerp(run: Run, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Tensor:
    difference = run(_aten.sub.Tensor, (args[1], args[0]), {})
    return _added(run, name, args[0], run(_aten.mul.Tensor, (difference, args[2]), {}))


def _addr(run: Run, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Tensor:
    column = run(_aten.unsqueeze.default, (args[1], 1), {})
    product = _scaled(run, run(_aten.mul.Tensor, (column, args[2]), {}), kwargs.get("alpha", 1))
    return _added(run, name, _scaled(run, args[0], kwargs.get("beta", 1)), product)


def _power(run: Run, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    exponent = args[1] if len(args) > 1 else 2
    if not isinstance(exponent, int | float) or exponent not in (2, 3, 4):
        return NotImplemented
    operation = _aten.mul_.Tensor if name.endswith("_") else _aten.mul.Tensor
    return run(operation, (args[0], args[0]), {})


FUSED: dict[str, Callable[[Run, str, Sequence[Any], Mapping[str, Any]], Any]] = {
    "addcmul": _addcmul,
    "addcdiv": _addcmul,
    "lerp": _lerp,
    "addr": _addr,
    "square": _power,
    "pow": _power,
}
"""By name; a rule that does not apply returns NotImplemented."""
