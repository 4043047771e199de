"""What training costs: bytes kept and work done in one step, predicted without data.

Bytes are those of weights, gradients, the optimizer's state and the activations that autograd keeps for backward;
work is counted in FLOPs, two for a multiply-add. All are formulas in the batch size N and the picture's H and W.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from zoo.api.memory import saved_memory
from zoo.complexity.counting.counter import Counter
from zoo.complexity.counting.rows import Count
from zoo.complexity.counting.rules import tensors_in
from zoo.complexity.counting.stack import ModuleStack
from zoo.complexity.deriving.axes import Point
from zoo.complexity.deriving.subject import Subject
from zoo.complexity.training_cost.kernels import CpuKernels
from zoo.errors import UserError
from zoo.freezing import layers_from, parameters_of, train_only, weighted_layers

ITEMS = ("weights", "gradients", "optimizer", "saved", "forward", "backward")
"""Bytes of the first four; FLOPs of the last two."""

LOSS = "(loss)"
"""The row of what the loss function keeps."""

OPTIMIZERS: Mapping[str, tuple[int, int]] = {"adam": (2, 4), "adamw": (2, 4), "sgd": (0, 0), "sgd-momentum": (1, 0)}
"""What an optimizer keeps: values a weight, and bytes a tensor of weights, which Adam's count of steps takes."""

EVERYTHING, LAST = "everything", "last layer"


@dataclass(frozen=True)
class Scope:
    """What is trained.

    Attributes:
        name: what it is called.
        parameters: names of the parameters that are trained.
    """

    name: str
    parameters: frozenset[str]


@dataclass(frozen=True)
class Setup:
    """How a step is made.

    Attributes:
        optimizer: one of `OPTIMIZERS`.
        precision: ``fp32``, or ``bf16`` for autocast, as `zoo.api.Recipe.precision`.
    """

    optimizer: str = "adam"
    precision: str = "fp32"


ADAM = Setup()


@dataclass
class Step:
    """One training step.

    Attributes:
        values: bytes and FLOPs, by item.
        saved: bytes kept for backward, by the layer that keeps them.
    """

    values: dict[str, int]
    saved: dict[str, int] = field(default_factory=dict)


def scopes(subject: Subject, layers: Sequence[str] = ()) -> list[Scope]:
    """Train everything, the last layer only, and from each of the named layers on, as ``recipe.train`` does.

    Raises:
        UserError: if there is nothing to train, or no layer of a name has weights.
    """
    subject.now()  # says what is wrong if the network does not run
    module = subject.module(subject.point)
    names = weighted_layers(module)
    if not names:
        raise UserError(f"{subject.name} has no weights to fine-tune.")
    chosen = {EVERYTHING: names, LAST: names[-1:]}
    chosen |= {f"from {layer}": layers_from(module, layer) for layer in layers}
    return [Scope(name, parameters_of(module, kept)) for name, kept in chosen.items()]


def prepare(module: nn.Module, scope: Scope) -> list[nn.Parameter]:
    """Set a module up for training what is in scope, as training does.

    Returns:
        The parameters that are trained.
    """
    module.train()
    for frozen in train_only(module, scope.parameters):
        frozen.eval()
    for parameter in module.parameters():
        parameter.grad = None
    return [parameter for parameter in module.parameters() if parameter.requires_grad]


def loss_of(output: Any) -> Tensor:
    """Cross-entropy in float32 of logits (N, K) or (N, K, H, W), against classes that are all zero."""
    logits = tensors_in(output)[0].float()
    targets = torch.zeros((logits.shape[0], *logits.shape[2:]), dtype=torch.int64, device=logits.device)
    return F.cross_entropy(logits, targets)


def predict(subject: Subject, point: Point, batch: int, scope: Scope, setup: Setup = ADAM) -> Step:
    """One training step at a point, on the meta device: nothing is computed, but autograd keeps what it would keep."""
    return run_step(subject.module(point), subject.input_shape(point, batch), scope, setup)


def run_step(module: nn.Module, shape: Sequence[Any], scope: Scope, setup: Setup) -> Step:
    """One training step of a module on the meta device, on an input of a shape whose sizes may be symbols."""
    trained = prepare(module, scope)
    count = Count()
    stack = ModuleStack(module, count)
    counter = Counter(stack, count, follow_padding=False)
    inputs = torch.empty(tuple(shape), device="meta")
    counter.see_input(inputs)
    step = Step(standing_bytes(module, trained, setup))

    def save(size_bytes: int) -> None:
        layer = stack.where()
        step.saved[layer] = step.saved.get(layer, 0) + size_bytes

    try:
        with stack, counter, torch.enable_grad():
            with saved_memory(save, apart_from=(*module.parameters(), *module.buffers())):
                with CpuKernels(setup.precision == "bf16"):
                    output = module(inputs)
                forward = _connections(count)
                stack.enter_loss(LOSS)
                loss = loss_of(output)
            _backward(loss, setup)
    finally:
        for parameter in module.parameters():
            parameter.grad = None
            parameter.requires_grad_(True)
        module.eval()
    step.values |= {
        "saved": sum(step.saved.values()),
        "forward": 2 * forward,
        "backward": 2 * (_connections(count) - forward),
    }
    return step


def _backward(loss: Tensor, setup: Setup) -> None:
    try:
        loss.backward()  # type: ignore[no-untyped-call]
    except RuntimeError as error:
        if setup.precision == "fp32":
            raise
        raise UserError(  # autocast is followed in forward only
            f"backward under bf16 cannot be predicted ({' '.join(str(error).split())[:80]}), as where a network "
            "computes checkpoints again; fp32 can."
        ) from error


def _connections(count: Count) -> int:
    return count.standing + sum(row.connections for row in count.rows.values())


def standing_bytes(module: nn.Module, trained: Sequence[nn.Parameter], setup: Setup = ADAM) -> dict[str, int]:
    """Bytes that do not depend on the picture: weights, gradients, and what the optimizer keeps."""
    gradients = _bytes(trained)
    values, count_bytes = OPTIMIZERS[setup.optimizer]
    return {
        "weights": _bytes(module.parameters()),
        "gradients": gradients,
        "optimizer": values * gradients + count_bytes * len(trained),
    }


def _bytes(parameters: Iterable[nn.Parameter]) -> int:
    return sum(parameter.numel() * parameter.element_size() for parameter in parameters)
