"""The memory that autograd keeps between forward and backward."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


@contextmanager
def saved_memory(on_save: Callable[[int], object], *, apart_from: Iterable[Tensor] = ()) -> Iterator[None]:
    """While the body runs, follow what autograd saves for backward, on any device, meta included.

    Args:
        on_save: called with the size of every piece of memory that is saved, in bytes; once where several saved tensors
            share it.
        apart_from: tensors that are there anyway, such as weights, and do not count.
    """
    from torch.autograd.graph import saved_tensors_hooks

    counted = {storage_key(tensor) for tensor in apart_from}
    alive = []  # lest an address be used twice

    def pack(tensor: Tensor) -> Tensor:
        memory = storage_key(tensor)
        if memory not in counted:
            counted.add(memory)
            alive.append(tensor.detach())
            on_save(tensor.untyped_storage().nbytes())
        return tensor

    with saved_tensors_hooks(pack, lambda tensor: tensor):
        yield


def storage_key(tensor: Tensor) -> int:
    """What tells memory apart: equal for a tensor and its views, on the meta device too, where there is no address."""
    return int(tensor.untyped_storage()._cdata)
