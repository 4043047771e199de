"""What `double-input` measures: networks and their training steps at a size, and at twice that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from zoo.api.experiment import Conditions, Context, Measured, Measurement
from zoo.experiments import steps

if TYPE_CHECKING:
    from zoo.complexity.deriving.subject import Subject

BATCH = 4

NETWORKS: dict[str, dict[str, Any]] = {
    "baseline": {"settings": {}, "layers": []},
    "unet": {"settings": {}, "layers": []},
    "finetune": {"settings": {"weights": "random"}, "layers": ["head"]},
}
"""Networks of the zoo, their settings, and layers from which on training is weighed beside all and the last."""

ONCE, TWICE = "once", "twice"
"""The height and width as they are, and doubled."""


def weigh_doubled(
    context: Context, *, name: str, settings: dict[str, Any], layers: list[str], size: int, batch: int, rounds: int
) -> Measured:
    """What a network and a training step of it cost at a size and at twice that.

    Returns:
        ``size``, ``batch`` and ``threads``; ``counts``, a formula in H and W and both values by what is counted;
        ``trained``, by what is trained and item a formula in N, H and W and what was measured at both sizes, and the
        ``time`` at both. Or ``left_out``: why there is no such network here.
    """
    import torch

    from zoo.complexity.algebra.notation import PYTHON, write
    from zoo.complexity.deriving.result import make_report
    from zoo.complexity.deriving.subject import of_module
    from zoo.complexity.training_cost.finetune import make_ledger
    from zoo.complexity.training_cost.ledger import scopes
    from zoo.errors import UserError

    try:
        module, channels = steps.network(context, name, **settings)
    except (UserError, ImportError) as error:
        return {"left_out": str(error)}
    subjects = {ONCE: of_module(module, channels, size, size, name)}
    subjects[TWICE] = of_module(module, channels, 2 * size, 2 * size, name)
    report = make_report(subjects[ONCE])
    ledger = make_ledger(report, batch, layers, measured=False)
    formulas = {
        column.scope: {item: write(e.formula, PYTHON) if e.formula else None for item, e in column.entries.items()}
        for column in ledger.columns
    }
    trained: dict[str, Any] = {}
    turns = {}
    for at, subject in subjects.items():
        for scope in scopes(subject, layers):
            measured = steps.weigh(subject, batch, scope)["measured"]
            for item, value in measured.items():
                pair = trained.setdefault(scope.name, {}).setdefault(item, {"formula": formulas[scope.name].get(item)})
                pair[at] = value
            turns[f"{at} {scope.name}"] = steps.make_step(subject, batch, scope)
    times = steps.take_turns(turns, rounds)
    for turn, seconds in times.items():
        at, _, scope_name = turn.partition(" ")
        trained[scope_name].setdefault("time", {})[at] = seconds
    return {
        "size": size,
        "batch": batch,
        "threads": torch.get_num_threads(),
        "counts": _counts(subjects),
        "trained": trained,
    }


def _counts(subjects: Mapping[str, Subject]) -> dict[str, Any]:
    """Parameters, outputs and connections of a forward pass, taps on padding counted and not."""
    from zoo.complexity.algebra.notation import PYTHON, write
    from zoo.complexity.deriving.conventions import Conventions
    from zoo.complexity.deriving.result import make_report

    counts: dict[str, Any] = {}
    for at, subject in subjects.items():
        padded, unpadded = (
            make_report(subject, Conventions(padding=padding), formulas=at == ONCE) for padding in (True, False)
        )
        cells = {
            "weights": padded.totals["weights"],
            "biases": padded.totals["biases"],
            "outputs": padded.totals["outputs"],
            "connections": padded.totals["connections"],
            "unpadded": unpadded.totals["connections"],
        }
        for name, cell in cells.items():
            pair = counts.setdefault(name, {})
            pair[at] = cell.value
            if at == ONCE:
                pair["formula"] = write(cell.formula, PYTHON) if cell.formula else None
    weights, biases = counts.pop("weights"), counts.pop("biases")
    parameters = {at: weights[at] + biases[at] for at in subjects}
    return {"parameters": {**parameters, "formula": str(parameters[ONCE])}, **counts}


def parts(conditions: Conditions) -> dict[str, Measurement]:
    """A part for each network, with both sizes in it, so that they can be timed in turns."""
    size = {"baseline": 32, "unet": 32, "finetune": 64 if conditions.quick else 128}
    rounds = 2 if conditions.quick else 11
    return {
        name: Measurement(
            weigh_doubled,
            {"name": name, **options, "size": size[name], "batch": BATCH, "rounds": rounds},
            uses=(name, *steps.TASKS),
        )
        for name, options in NETWORKS.items()
    }
