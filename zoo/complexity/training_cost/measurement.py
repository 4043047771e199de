"""One real training step on the CPU, measured: what the ledger's predictions are held against."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from zoo.api.memory import saved_memory
from zoo.complexity.counting.rules import conv_backward_connections
from zoo.complexity.deriving.axes import Point
from zoo.complexity.deriving.subject import Subject, random_input
from zoo.complexity.training_cost.ledger import ADAM, Scope, Setup, Step, loss_of, prepare

aten = torch.ops.aten


def _conv_backward_flops(*args: Any, out_val: Any = None, **kwargs: Any) -> int:
    return 2 * int(conv_backward_connections(args, out_val))


_conv_backward_flops._get_raw = True  # type: ignore[attr-defined]

MENDED: Mapping[Any, Callable[..., int]] = {aten.convolution_backward: _conv_backward_flops}
"""For ``FlopCounterMode(custom_mapping=MENDED)``: torch's own rule forgets the groups of a convolution in backward."""


OPTIMIZERS: Mapping[str, Callable[[Any], torch.optim.Optimizer]] = {
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
    "sgd": partial(torch.optim.SGD, lr=1e-3),
    "sgd-momentum": partial(torch.optim.SGD, lr=1e-3, momentum=0.9),
}


def measure(subject: Subject, point: Point, batch: int, scope: Scope, setup: Setup = ADAM) -> Step:
    """Train one step on random pictures, and look at what is there.

    Args:
        subject: the network.
        point: its configuration.
        batch: pictures in the batch.
        scope: what is trained.
        setup: optimizer and precision.
    """
    module = subject.real_module(point)
    trained = prepare(module, scope)
    optimizer = OPTIMIZERS[setup.optimizer](trained)
    inputs = random_input(subject, point, batch)
    saved: list[int] = []
    weights = (*module.parameters(), *module.buffers())
    forward, backward = (FlopCounterMode(display=False, custom_mapping=dict(MENDED)) for _ in range(2))
    with torch.enable_grad():
        with forward, saved_memory(saved.append, apart_from=weights):
            with torch.autocast("cpu", torch.bfloat16, enabled=setup.precision == "bf16"):
                output = module(inputs)
            loss = loss_of(output)
        with backward:
            loss.backward()  # type: ignore[no-untyped-call]
    optimizer.step()
    state = [value for values in optimizer.state.values() for value in values.values()]
    values = {
        "weights": sum(parameter.nbytes for parameter in module.parameters()),
        "gradients": sum(p.grad.nbytes for p in module.parameters() if p.grad is not None),
        "optimizer": sum(value.nbytes for value in state if isinstance(value, Tensor)),
        "saved": sum(saved),
        "forward": forward.get_total_flops(),
        "backward": backward.get_total_flops(),
    }
    return Step(values)
