"""The numbers that `rescale` is judged by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from zoo.api.experiment import Conditions, Measured
from zoo.api.spread import Spread, differences, over_seeds
from zoo.experiments.questions.rescale.parts import arms, label


class Numbers:
    """What the parts left, by network.

    Args:
        measured: what every part left, by label.
        conditions: fixes which parts there are.
    """

    def __init__(self, measured: Mapping[str, Measured], conditions: Conditions) -> None:
        self.measured, self.conditions = measured, conditions

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seeds of the trainings."""
        return self.conditions.seeds

    @property
    def arms(self) -> tuple[str, ...]:
        """The rescalings that were trained on."""
        return arms(self.conditions)

    def changed(self, of: str, norm: str, arm: str) -> Spread:
        """Share of an untrained network's predictions that a rescaling changes."""
        labels = [label("untrained", of, seed) for seed in self.seeds]
        return over_seeds(self.measured, labels, norm, arm, "changed")

    def differences(self, of: str, eps: str, arm: str) -> list[float]:
        """By how much each step's loss differs from that on x."""
        steps: list[float] = self.measured[label(f"side by side{eps}", of, self.seeds[0])]["off"][arm]
        return steps

    def result(self, of: str, norm: str, arm: str, figure: str, seeds: Sequence[int] | None = None) -> Spread:
        """A figure at the end of training, with all seeds unless some are named."""
        labels = [label(norm, of, seed, arm) for seed in seeds or self.seeds]
        return over_seeds(self.measured, labels, "result", figure)

    def change(self, of: str, arm: str) -> Spread:
        """By how much the loss at the end of training on a rescaled input is above that on x, seed by seed."""
        pairs = [(label("BN", of, seed, arm), label("BN", of, seed, "x")) for seed in self.seeds]
        return differences(self.measured, pairs, "result", "loss")

    def after(self, of: str, *path: str) -> Spread:
        """A figure of `trained`, by the keys that lead to it; seeds whose training failed have none."""
        return over_seeds(self.measured, [label("trained", of, seed) for seed in self.seeds], *path)

    def trainings(self, of: str) -> int:
        """How many networks trained on x to an end."""
        return len(self.after(of, "accuracy").values)
