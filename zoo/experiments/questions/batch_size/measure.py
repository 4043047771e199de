"""What `batch-size` trains."""

from __future__ import annotations

from typing import Any

from zoo.api.experiment import Conditions, Training

SIZES, QUICK_SIZES = (5, 10, 20, 50, 100, 200, 500, 1000), (20, 100, 500)
"""Pictures a step."""

SMALLEST_SCALED = 20
"""The smallest batch at which the scaled rate is tried: smaller ones take long, and no claim is about them."""

RATE, USUAL = 0.001, 100
"""The course's learning rate and batch size."""

EPOCHS, UPDATES = 3, 150
"""Of a full training: passes over the pictures, or steps; 150 are what 5,000 pictures give in 3 passes, by 100."""

QUICK_UPDATES = 10
"""Steps of a quick training at equal updates."""

MODES = {
    "equal epochs": "equal epochs",
    "equal updates": "equal updates",
    "scaled rate": "equal epochs, rate scaled",
}
"""What is held equal, as in labels and as in headings."""


def parts(conditions: Conditions) -> dict[str, Training]:
    """A training for every batch size, seed, and way of holding things equal."""
    return {
        label(mode, size, seed): training(mode, size, conditions, seed)
        for seed in conditions.seeds
        for mode in modes(conditions)
        for size in sizes(conditions, mode)
    }


def training(mode: str, size: int, conditions: Conditions, seed: int) -> Training:
    """A training of the course's U-Net, in the precision and memory layout that the processor is quick at."""
    epochs = conditions.epochs or (1 if conditions.quick else EPOCHS)
    changes: dict[str, Any] = {"batch_size": size, "lr": RATE, "precision": "auto", "channels_last": True}
    if mode == "equal updates":
        updates = QUICK_UPDATES if conditions.quick else UPDATES * epochs // EPOCHS
        changes |= {"epochs": updates, "max_steps": updates}  # every epoch has at least one step, so steps decide
    else:
        changes["epochs"] = epochs
    if mode == "scaled rate":
        changes["lr"] = RATE * size / USUAL
    return Training(
        "unet",
        data=conditions.data,
        seed=seed,
        settings={"task.palette": "course", **{f"recipe.{name}": value for name, value in changes.items()}},
        recipe="course",
    )


def sizes(conditions: Conditions, mode: str) -> tuple[int, ...]:
    """The batch sizes that are trained with."""
    low = SMALLEST_SCALED if mode == "scaled rate" else 1
    return tuple(size for size in (QUICK_SIZES if conditions.quick else SIZES) if size >= low)


def modes(conditions: Conditions) -> tuple[str, ...]:
    """What is held equal, of `MODES`."""
    return tuple(MODES)[:2] if conditions.quick else tuple(MODES)


def label(mode: str, size: int, seed: int) -> str:
    """The label of a training."""
    return f"{mode}, batch {size}, seed {seed}"
