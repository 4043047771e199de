"""What `finetune-cost` measures: training steps of stacks by depth, and of networks of the zoo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zoo.api.experiment import Conditions, Context, Measured, Measurement
from zoo.experiments import steps

if TYPE_CHECKING:
    from torch import nn

    from zoo.complexity.deriving.subject import Subject

DEPTHS = (1, 2, 4, 8, 16, 32)
QUICK_DEPTHS = (1, 2, 4, 8)
CHANNELS, SIZE, BATCH = 32, 32, 4
"""Channels of every layer of the stack, height and width of its pictures, pictures in a batch."""

NETWORKS: dict[str, dict[str, Any]] = {
    "baseline": {"settings": {}, "layers": []},
    "unet": {"settings": {}, "layers": []},
    "finetune": {"settings": {"weights": "random"}, "layers": ["head"]},
}
"""Networks of the zoo that are weighed too: their settings, and layers from which on training is weighed as well."""

WHOLE, LAST = "everything", "last layer"


def parts(conditions: Conditions) -> dict[str, Measurement]:
    """A stack of every depth, and networks of the zoo."""
    rounds = 3 if conditions.quick else 15
    stacks = {
        label(depth): Measurement(
            weigh_stack, {"depth": depth, "channels": CHANNELS, "size": SIZE, "batch": BATCH, "rounds": rounds}
        )
        for depth in depths(conditions)
    }
    size = {"baseline": 32, "unet": 32, "finetune": 64 if conditions.quick else 128}
    networks = {
        name: Measurement(
            weigh_network,
            {"name": name, **options, "size": size[name], "batch": BATCH, "rounds": rounds},
            uses=(name, *steps.TASKS),
        )
        for name, options in NETWORKS.items()
    }
    return {**stacks, **networks}


def depths(conditions: Conditions) -> tuple[int, ...]:
    """How many layers the stacks have."""
    return QUICK_DEPTHS if conditions.quick else DEPTHS


def label(depth: int) -> str:
    """The label of a stack."""
    return f"depth {depth}"


def make_stack(depth: int, channels: int) -> nn.Module:
    """Equal 3x3 convolutions one after another, with ReLU between them."""
    from torch import nn

    layers: list[nn.Module] = []
    for _ in range(depth):
        layers += [nn.Conv2d(channels, channels, 3, padding=1), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def weigh_stack(context: Context, *, depth: int, channels: int, size: int, batch: int, rounds: int) -> Measured:
    """What training a stack costs; see `_weigh`."""
    from zoo.complexity.deriving.subject import of_module

    return _weigh(of_module(make_stack(depth, channels), channels, size, size, "stack"), batch, [], rounds)


def weigh_network(
    context: Context, *, name: str, settings: dict[str, Any], layers: list[str], size: int, batch: int, rounds: int
) -> Measured:
    """What training a network of the zoo costs, see `_weigh`; or ``left_out``, why it cannot be had here."""
    from zoo.complexity.deriving.subject import of_module
    from zoo.errors import UserError

    try:
        module, channels = steps.network(context, name, **settings)
    except (UserError, ImportError) as error:
        return {"left_out": str(error)}
    return _weigh(of_module(module, channels, size, size, name), batch, layers, rounds)


def _weigh(subject: Subject, batch: int, layers: list[str], rounds: int) -> Measured:
    """Bytes, FLOPs and seconds of a step, by what is trained, and the number of ``layers`` with connections."""
    import torch

    from zoo.complexity.training_cost.ledger import scopes

    by_name = {scope.name: scope for scope in scopes(subject, layers)}
    weighed = {name: steps.weigh(subject, batch, scope) for name, scope in by_name.items()}
    times = steps.take_turns({n: steps.make_step(subject, batch, scope) for n, scope in by_name.items()}, rounds)
    return {
        "layers": sum(row.kind == "connected" for row in subject.now().rows.values()),
        "threads": torch.get_num_threads(),
        "trained": {name: {**weighed[name], "time": times[name]} for name in by_name},
    }
