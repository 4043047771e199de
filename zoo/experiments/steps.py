"""Training steps that experiments weigh and time: what is predicted of one, what is measured, how long it takes.

Times are medians of turns that are taken one after the other by all that is compared, so that a machine that is slow
for a while is slow for all of them; they mean something only in ratio to one another.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import nn

    from zoo.api.experiment import Context
    from zoo.complexity.deriving.subject import Subject
    from zoo.complexity.training_cost.ledger import Scope

MEMORY = ("weights", "gradients", "optimizer", "saved")
"""Bytes of a training step; their sum is its memory."""

WORK = ("forward", "backward")
"""FLOPs of a training step."""

TASKS = ("colorization", "segmentation")
"""Tasks that say how many channels a network reads."""

CLASSES = {"segmentation": 2}
"""Classes by task, where they are not the 24 colors of the course."""


def network(context: Context, name: str, **settings: Any) -> tuple[nn.Module, int]:
    """An architecture with random weights, and the number of channels that it reads.

    Args:
        context: has the registry.
        name: the architecture's name.
        **settings: changes to its settings.

    Raises:
        UserError: if there is no such architecture.
        ImportError: if a package that it needs is not installed.
    """
    import torch

    architecture = context.registry.architecture(name).value
    config = context.registry.configure(architecture.config(), settings)
    task = architecture.tasks[0]
    channels = architecture.preprocess(config, context.registry.task(task).value).channels
    torch.manual_seed(0)
    return architecture.build(config, channels, CLASSES.get(task, 24)), channels


def weigh(subject: Subject, batch: int, scope: Scope) -> dict[str, dict[str, int]]:
    """Bytes and FLOPs of one step, ``predicted`` without running it and ``measured`` in a real one on the CPU."""
    from zoo.complexity.training_cost.ledger import predict
    from zoo.complexity.training_cost.measurement import measure

    return {
        "predicted": predict(subject, subject.point, batch, scope).values,
        "measured": measure(subject, subject.point, batch, scope).values,
    }


def memory(values: Mapping[str, int]) -> int:
    """All bytes of a step."""
    return sum(values[item] for item in MEMORY)


def work(values: Mapping[str, int]) -> int:
    """All FLOPs of a step."""
    return sum(values[item] for item in WORK)


def make_step(subject: Subject, batch: int, scope: Scope) -> Callable[[], tuple[float, float]]:
    """A training step with Adam on random pictures, to be repeated; it returns seconds of forward and of everything."""
    import torch

    from zoo.complexity.deriving.subject import random_input
    from zoo.complexity.training_cost.ledger import loss_of, prepare

    module = subject.real_module(subject.point)
    trained = prepare(module, scope)
    optimizer = torch.optim.Adam(trained)
    inputs = random_input(subject, subject.point, batch)

    def step() -> tuple[float, float]:
        optimizer.zero_grad()
        start = time.perf_counter()
        with torch.enable_grad():
            loss = loss_of(module(inputs))
            middle = time.perf_counter()
            loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        return middle - start, time.perf_counter() - start

    return step


def take_turns(steps: Mapping[str, Callable[[], tuple[float, float]]], rounds: int) -> dict[str, dict[str, float]]:
    """Time steps turn and turn about; the first turn warms up and does not count.

    Args:
        steps: what is compared, by name.
        rounds: how often each is timed, at least twice.

    Returns:
        By name, seconds: ``forward_s`` and ``step_s``, medians, and ``low_s`` and ``high_s``, the quartiles of a step.
    """
    seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in steps}
    for turn in range(rounds + 1):
        for name, step in steps.items():
            elapsed_s = step()
            if turn:
                seconds[name].append(elapsed_s)
    summaries = {}
    for name, turns in seconds.items():
        whole = [turn[1] for turn in turns]
        low, _, high = quantiles(whole, n=4, method="inclusive")
        summaries[name] = {
            "forward_s": median(turn[0] for turn in turns),
            "step_s": median(whole),
            "low_s": low,
            "high_s": high,
        }
    return summaries
