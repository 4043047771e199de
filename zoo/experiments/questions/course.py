"""The course's training, which several questions share."""

from __future__ import annotations

from collections.abc import Mapping

from zoo.api.experiment import Conditions, Training

QUICK_STEPS = 15
"""Optimizer steps of a quick training."""


def course_training(
    architecture: str,
    conditions: Conditions,
    seed: int,
    *,
    lr: float = 0.001,
    settings: Mapping[str, str] | None = None,
) -> Training:
    """The course's training, shorter, and in the precision that the processor is quick at; experiments share these."""
    epochs = conditions.epochs or (1 if conditions.quick else 10)
    short = {"recipe.max_steps": QUICK_STEPS} if conditions.quick else {}
    return Training(
        architecture,
        data=conditions.data,
        seed=seed,
        settings={
            **(settings or {}),
            "task.palette": "course",
            "recipe.lr": lr,
            "recipe.epochs": epochs,
            "recipe.precision": "auto",
            **short,
        },
        recipe="course",
    )
