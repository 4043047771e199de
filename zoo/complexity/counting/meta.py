"""Run modules without data: shapes only, no memory and next to no time."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import torch
from torch import nn
from torch.nn.parameter import is_lazy
from torch.utils._python_dispatch import TorchDispatchMode  # documented under "Extending PyTorch", despite its name

from zoo.complexity.counting.pointwise import POINTWISE, is_symbolic, pointwise
from zoo.complexity.counting.shapes import SHAPES
from zoo.complexity.counting.strided import STRIDED, pointwise_strided


@cache
def name_of(func: Any) -> tuple[str, bool]:
    """An operation's name without overload and namespace ``aten``, and whether it works in place."""
    name: str = func.name()
    name = name.removeprefix("aten::").partition(".")[0]
    in_place = name.endswith("_") and not name.startswith("__")
    return (name[:-1], True) if in_place else (name, False)


def run(func: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """Run an operation on meta tensors, by our own rule for its shape if there is one that applies."""
    name, in_place = name_of(func)
    out: Any = NotImplemented
    if in_place:
        if isinstance(args[0], torch.Tensor) and args[0].is_meta and _keeps_its_shape(name):
            return args[0]
    elif name in POINTWISE:
        if all(a.is_meta for a in args if isinstance(a, torch.Tensor)):
            out = pointwise(args)
            if out is NotImplemented and any(is_symbolic(a) for a in args if isinstance(a, torch.Tensor)):
                out = pointwise_strided(args)
    elif name in SHAPES and _on_meta(args):
        out = _try(SHAPES[name], args, kwargs)
    elif name in STRIDED and _asks_for_symbols(args):
        out = _try(STRIDED[name], args, kwargs)
    return func(*args, **kwargs) if out is NotImplemented else out


def _asks_for_symbols(args: Sequence[Any]) -> bool:
    """Whether a tensor, or a size that is asked for, stands for all its values."""
    flat = [item for a in args for item in (a if isinstance(a, list | tuple) else [a])]
    return any(is_symbolic(a) if isinstance(a, torch.Tensor) else isinstance(a, torch.SymInt) for a in flat)


def _try(rule: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    try:
        return rule(*args, **kwargs)
    except TypeError:  # an overload with other arguments
        return NotImplemented


def _on_meta(args: Sequence[Any]) -> bool:
    first = args[0][0] if isinstance(args[0], list | tuple) and args[0] else args[0]
    return isinstance(first, torch.Tensor) and first.is_meta


def _keeps_its_shape(name: str) -> bool:
    """In-place operations that write values and nothing else; on meta tensors there is nothing to do."""
    return name in POINTWISE or name in ("uniform", "normal", "fill", "zero", "bernoulli", "random")


class _Handler:
    """Where modes enter. torch wraps a handler that a mode defines itself in dynamo, whose import takes 4 s."""

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        return self.operation(func, args, kwargs or {})

    def operation(self, func: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Run one operation."""
        return run(func, args, kwargs)


class MetaMode(_Handler, TorchDispatchMode):  # type: ignore[no-untyped-call]
    """While this mode is on, operations on meta tensors are run by `run`: fast, also where a module is built."""


def meta_copy(module: nn.Module) -> nn.Module:
    """A copy without data. Unlike with ``module.to("meta")``, weights that layers share stay shared."""
    light: dict[int, object] = {}
    for child in module.modules():  # weights that were computed, as by pruning, are attributes like any other
        computed = [value for value in vars(child).values() if isinstance(value, torch.Tensor) and value.dim()]
        for tensor in computed:
            light[id(tensor)] = torch.empty_like(tensor, device="meta", requires_grad=False)
    for parameter in module.parameters():
        if is_lazy(parameter):
            light[id(parameter)] = _lazy(nn.UninitializedParameter)
        else:
            empty = torch.empty_like(parameter, device="meta")
            light[id(parameter)] = nn.Parameter(empty, requires_grad=parameter.requires_grad)
    for buffer in module.buffers():
        lazy = is_lazy(buffer)
        light[id(buffer)] = _lazy(nn.UninitializedBuffer) if lazy else torch.empty_like(buffer, device="meta")
    return copy.deepcopy(module, light)


def _lazy(kind: Any) -> Any:
    """A weight whose size is not known yet."""
    return kind(device="meta")
