"""Checks of training: gradients, learning, and weights that are saved."""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import functional as F

from zoo.api import Architecture, Entry, Task
from zoo.network import Network
from zoo.testing.promise import classes_of, network_of, pictures, require

STEPS, RATE = 20, 1e-2
"""Of Adam, on the same eight pictures."""


def check_gradients(entry: Entry[Architecture[Any]], task: Task[Any]) -> None:
    """Every weight gets a gradient that is not zero, in one of the first three steps."""
    if entry.value.closed_form == "all":
        return
    network = network_of(entry, task)
    moved = {name for name, parameter in network.model.named_parameters() if not parameter.requires_grad}
    for _, gradients in _train(entry, network, task, 3):
        moved |= gradients
    still = [name for name, _ in network.model.named_parameters() if name not in moved]
    require(not still, f"{', '.join(still[:3])} gets no gradient", "use it in forward(), and multiply it by no zero")


def check_learns(entry: Entry[Architecture[Any]], task: Task[Any]) -> None:
    """Its loss falls on eight pictures, in twenty steps or, where it fits in closed form, by its fit."""
    network = network_of(entry, task)
    picture = _lesson(task)
    with torch.no_grad():
        before = float(F.cross_entropy(network.train()(picture), classes_of(picture).long()))
    if entry.value.closed_form == "all":
        entry.value.fit(network.model, [(network.preprocess.encode(picture), classes_of(picture))])
        with torch.no_grad():
            after = float(F.cross_entropy(network(picture), classes_of(picture).long()))
    else:
        *_, (after, _) = _train(entry, network, task, STEPS)
    observed = f"the loss went from {before:.3f} to {after:.3f} on eight pictures"
    require(after < before, observed, "look for a gradient of the wrong sign, or values that explode")


def check_state(entry: Entry[Architecture[Any]], task: Task[Any]) -> None:
    """Weights that are saved and loaded into a fresh network give the same logits."""
    first = network_of(entry, task)
    with torch.no_grad():
        for parameter in first.model.parameters():
            parameter.add_(0.01)
    second = network_of(entry, task, seed=1)
    second.load_state_dict(first.state_dict(), strict=True)
    picture = pictures(task, 1)
    with torch.inference_mode():
        equal = torch.equal(first.eval()(picture), second.eval()(picture))
    change = "keep everything that forward() computes with as parameters or buffers"
    require(equal, "a network with another's weights computes something else", change)


def _train(
    entry: Entry[Architecture[Any]], network: Network, task: Task[Any], steps: int
) -> list[tuple[float, set[str]]]:
    """Train on eight pictures: the loss before every step, and the weights whose gradient was not zero."""
    picture = _lesson(task)
    target = classes_of(picture)
    if entry.value.closed_form == "part":
        entry.value.fit(network.model, [(network.preprocess.encode(picture), target)])
    trained = [parameter for parameter in network.parameters() if parameter.requires_grad]
    optimizer = torch.optim.Adam(trained, lr=RATE)
    log = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = F.cross_entropy(network.train()(picture), target.long())
        torch.autograd.backward(loss)
        optimizer.step()
        named = network.model.named_parameters()
        log.append((float(loss.detach()), {name for name, p in named if p.grad is not None and bool(p.grad.any())}))
    return log


def _lesson(task: Task[Any]) -> torch.Tensor:
    torch.manual_seed(1)
    return pictures(task, 8)
