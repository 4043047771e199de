"""One real training step on the CPU, measured: what the ledger's predictions are held against."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.graph import saved_tensors_hooks
from torch.utils.flop_counter import FlopCounterMode

from zoo.complexity.counting.rules import conv_backward_connections
from zoo.complexity.deriving.axes import Point
from zoo.complexity.deriving.subject import Subject, random_input
from zoo.complexity.training_cost.ledger import Scope, Step, loss_of, prepare

aten = torch.ops.aten


def _conv_backward_flops(*args: Any, out_val: Any = None, **kwargs: Any) -> int:
    return 2 * conv_backward_connections(args, out_val)


_conv_backward_flops._get_raw = True  # type: ignore[attr-defined]

MENDED: Mapping[Any, Callable[..., int]] = {aten.convolution_backward: _conv_backward_flops}
"""For ``FlopCounterMode(custom_mapping=MENDED)``: torch's own rule forgets the groups of a convolution in backward."""


def measure(subject: Subject, point: Point, batch: int, scope: Scope) -> Step:
    """Train one step with Adam on random pictures, and look at what is there.

    Args:
        subject: the network.
        point: its configuration.
        batch: pictures in the batch.
        scope: what is trained.
    """
    module = subject.real_module(point)
    trained = prepare(module, scope)
    optimizer = torch.optim.Adam(trained)
    inputs = random_input(subject, point, batch)
    kept: dict[int, int] = {}
    with torch.enable_grad():
        with FlopCounterMode(display=False, custom_mapping=dict(MENDED)) as forward, _kept(module, kept):
            loss = loss_of(module(inputs))
        with FlopCounterMode(display=False, custom_mapping=dict(MENDED)) as backward:
            loss.backward()  # type: ignore[no-untyped-call]
    optimizer.step()
    state = [value for values in optimizer.state.values() for value in values.values()]
    values = {
        "weights": sum(parameter.nbytes for parameter in module.parameters()),
        "gradients": sum(p.grad.nbytes for p in module.parameters() if p.grad is not None),
        "optimizer": sum(value.nbytes for value in state if isinstance(value, Tensor)),
        "saved": sum(kept.values()),
        "forward": forward.get_total_flops(),
        "backward": backward.get_total_flops(),
    }
    return Step(values)


def _kept(module: nn.Module, kept: dict[int, int]) -> saved_tensors_hooks:
    """Record the memory that autograd keeps, by its address, apart from weights and buffers."""
    own = {tensor.untyped_storage().data_ptr() for tensor in (*module.parameters(), *module.buffers())}

    def pack(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in own:
            kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    return saved_tensors_hooks(pack, lambda tensor: tensor)
