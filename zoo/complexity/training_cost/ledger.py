"""What training costs: bytes kept and work done in one step, predicted without data.

Bytes are those of weights, gradients, Adam's state and the activations that autograd keeps for backward; work is
counted in FLOPs, two for a multiply-add. All are formulas in the batch size N and the picture's H and W.
"""

from __future__ import annotations

from collections.abc import Sequence
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
from zoo.errors import UserError
from zoo.freezing import layers_from, parameters_of, train_only, weighted_layers

ITEMS = ("weights", "gradients", "optimizer", "saved", "forward", "backward")
"""Bytes of the first four; FLOPs of the last two."""

LOSS = "(loss)"
"""The row of what the loss function keeps."""

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
    """Cross-entropy of logits (N, K) or (N, K, H, W), against classes that are all zero."""
    logits = tensors_in(output)[0]
    targets = torch.zeros((logits.shape[0], *logits.shape[2:]), dtype=torch.int64, device=logits.device)
    return F.cross_entropy(logits, targets)


def predict(subject: Subject, point: Point, batch: int, scope: Scope) -> Step:
    """One training step at a point, on the meta device: nothing is computed, but autograd keeps what it would keep."""
    module = subject.module(point)
    trained = prepare(module, scope)
    count = Count()
    stack = ModuleStack(module, count)
    counter = Counter(stack, count, follow_padding=False)
    inputs = torch.empty(subject.input_shape(point, batch), device="meta")
    counter.see_input(inputs)
    step = Step(standing_bytes(module, trained))

    def save(size_bytes: int) -> None:
        layer = stack.where()
        step.saved[layer] = step.saved.get(layer, 0) + size_bytes

    try:
        with stack, counter, torch.enable_grad():
            with saved_memory(save, apart_from=(*module.parameters(), *module.buffers())):
                output = module(inputs)
                forward = _connections(count)
                stack.enter_loss(LOSS)
                loss = loss_of(output)
            loss.backward()  # type: ignore[no-untyped-call]
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


def _connections(count: Count) -> int:
    return count.standing + sum(row.connections for row in count.rows.values())


def standing_bytes(module: nn.Module, trained: Sequence[nn.Parameter]) -> dict[str, int]:
    """Bytes that do not depend on the picture: weights, gradients, and what Adam keeps.

    Adam keeps two values a weight, and for every tensor of weights a step count of four bytes.
    """
    gradients = sum(parameter.nbytes for parameter in trained)
    return {
        "weights": sum(parameter.nbytes for parameter in module.parameters()),
        "gradients": gradients,
        "optimizer": 2 * gradients + 4 * len(trained),
    }
