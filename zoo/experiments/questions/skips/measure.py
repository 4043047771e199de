"""What `skips` trains."""

from __future__ import annotations

from zoo.api.experiment import Conditions, Training
from zoo.experiments.questions.course import course_training

RATES = (0.3, 0.001)
"""Learning rates: what the course's starter code trained the baseline at, and the U-Net."""

ARMS: dict[str, tuple[str, dict[str, str]]] = {
    "no skips": ("baseline", {}),
    "zeroed": ("unet", {"skips": "zeroed"}),
    "added": ("unet", {"skips": "added"}),
    "concatenated": ("unet", {"skips": "concatenated"}),
}
"""Architecture and settings of what is compared.

The U-Net's weights without its detail are `zeroed`, its detail without its weights is `added`.
"""


def parts(conditions: Conditions) -> dict[str, Training]:
    """A training for every learning rate, kind of skip connection and seed."""
    return {
        label(rate, arm, seed): course_training(architecture, conditions, seed, lr=rate, settings=settings)
        for seed in conditions.seeds
        for rate in RATES
        for arm, (architecture, settings) in ARMS.items()
    }


def label(rate: float, arm: str, seed: int) -> str:
    """The label of a training."""
    return f"lr {rate:g}, {arm}, seed {seed}"
