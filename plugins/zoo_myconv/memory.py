"""What a layer's memory costs: bytes that autograd keeps, and the most that are in use at one time."""

from __future__ import annotations

import weakref
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode  # documented under "Extending PyTorch", despite its name
from torch.utils._pytree import tree_leaves

from zoo.api import saved_memory


def wanted(x: Tensor, conv: nn.Module) -> list[Tensor]:
    """What gradients are taken of: the weights, and the input where it needs one."""
    return [*([x] if x.requires_grad else []), *conv.parameters()]


def saved_bytes(conv: nn.Module, x: Tensor) -> int:
    """Bytes that autograd keeps for backward, shared memory counted once."""
    saved: list[int] = []
    with saved_memory(saved.append):
        conv(x)
    return sum(saved)


class _LiveBytes(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Follows the memory of every tensor that an operation returns until the last tensor on it is gone."""

    def __init__(self, excluded: Iterable[Tensor]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.peak: int = 0
        self._live = 0
        self._known = {tensor.untyped_storage().data_ptr() for tensor in excluded}
        self._holders: dict[int, set[int]] = {}

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        out = func(*args, **(kwargs or {}))
        for leaf in tree_leaves(out):
            if isinstance(leaf, Tensor):
                self._see(leaf)
        return out

    def _see(self, tensor: Tensor) -> None:
        memory = tensor.untyped_storage()
        place, size = memory.data_ptr(), memory.nbytes()
        if place in self._known or not size:
            return
        holders = self._holders.setdefault(place, set())
        if id(tensor) in holders:
            return
        if not holders:
            self._live += size
            self.peak = max(self.peak, self._live)
        holders.add(id(tensor))
        weakref.finalize(tensor, self._drop, place, id(tensor), size)

    def _drop(self, place: int, holder: int, size: int) -> None:
        self._holders[place].discard(holder)
        if not self._holders[place]:
            del self._holders[place]
            self._live -= size


def peak_bytes(conv: nn.Module, x: Tensor, g: Tensor) -> int:
    """The most bytes that tensors took at one time, forward and backward; see `zoo_myconv.ladder.measure`."""
    live = _LiveBytes([x, g, *conv.parameters()])
    with live:
        torch.autograd.grad(conv(x), wanted(x, conv), g)
    return live.peak
