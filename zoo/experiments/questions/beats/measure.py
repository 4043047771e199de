"""What `beats` trains."""

from __future__ import annotations

from zoo.api.experiment import Conditions, Training
from zoo.config import Value
from zoo.experiments.questions.course import QUICK_STEPS

TABLE, NETWORK, BOTH = "table alone", "network alone", "table and network"
"""The two halves of chroma, and the whole."""

WITHOUT: dict[str, dict[str, Value]] = {
    NETWORK: {"table": False},
    "half resolution": {"full_resolution": False},
    "no position": {"position": False},
    "not mirrored": {"recipe.augment": "none"},
    "half the channels": {"width": 16},
}
"""Chroma without one of its parts, by settings."""

PARTS = ("half resolution", "no position", "not mirrored")
"""Of these, what the claim of that name is about."""

ARMS = (TABLE, BOTH, *WITHOUT)

EPOCHS = 3
"""A quarter of the recipe's."""


def parts(conditions: Conditions) -> dict[str, Training]:
    """A training for every arm and seed."""
    return {label(arm, seed): training(arm, conditions, seed) for seed in conditions.seeds for arm in ARMS}


def training(arm: str, conditions: Conditions, seed: int) -> Training:
    """How one of `ARMS` is trained."""
    palette: dict[str, Value] = {"task.palette": "course"}
    if arm == TABLE:
        return Training("lookup", conditions.data, seed, palette)
    epochs = conditions.epochs or (1 if conditions.quick else EPOCHS)
    short: dict[str, Value] = {"recipe.max_steps": QUICK_STEPS} if conditions.quick else {}
    settings = {**palette, "recipe.epochs": epochs, **short, **WITHOUT.get(arm, {})}
    return Training("chroma", conditions.data, seed, settings)


def label(arm: str, seed: int) -> str:
    """The label of a training."""
    return f"{arm}, seed {seed}"
