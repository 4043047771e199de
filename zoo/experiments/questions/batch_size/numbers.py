"""The numbers that `batch-size` is judged by."""

from __future__ import annotations

from collections.abc import Mapping

from zoo.api.experiment import Conditions, Measured
from zoo.api.spread import Spread
from zoo.experiments.questions.batch_size.measure import label, modes, sizes


class Numbers:
    """The figures of all trainings, by name.

    Args:
        measured: what the trainings left, by label.
        conditions: fixes which trainings there are.
    """

    def __init__(self, measured: Mapping[str, Measured], conditions: Conditions) -> None:
        self.measured, self.conditions = measured, conditions

    def value(self, name: str, mode: str, size: int, seed: int) -> float | None:
        """One figure of one training: ``updates``, ``speed`` (pictures a second), ``train_loss`` or one of its result.

        A training whose loss was no number has none.
        """
        record = self.measured[label(mode, size, seed)]
        if "failed" in record:
            return None
        result, last = record["result"], record["epochs"][-1]
        derived: dict[str, float] = {
            "updates": last["steps"],
            "train_loss": last["train_loss"],
            "speed": last["steps"] * size / result["train_s"],
        }
        return float(derived[name] if name in derived else result[name])

    @property
    def modes(self) -> tuple[str, ...]:
        """What was held equal."""
        return modes(self.conditions)

    def sizes(self, mode: str) -> tuple[int, ...]:
        """The batch sizes of a mode."""
        return sizes(self.conditions, mode)

    def spread(self, name: str, mode: str, size: int) -> Spread:
        """One figure over the seeds."""
        return Spread.of([self.value(name, mode, size, seed) for seed in self.conditions.seeds])

    def less(self, name: str, one: tuple[str, int], other: tuple[str, int]) -> Spread:
        """A figure of one mode and size less that of another, seed by seed."""
        pairs = [(self.value(name, *one, seed), self.value(name, *other, seed)) for seed in self.conditions.seeds]
        return Spread.of([a - b for a, b in pairs if a is not None and b is not None])

    def ranks(self, name: str, mode: str) -> Spread:
        """Spearman's rank correlation of a figure with the batch size, over the seeds with which no training failed.

        It is 0 for a figure that is the same at every size.
        """
        from scipy.stats import spearmanr

        sizes, ranks = self.sizes(mode), []
        for seed in self.conditions.seeds:
            values = [value for size in sizes if (value := self.value(name, mode, size, seed)) is not None]
            if len(values) == len(sizes):
                ranks.append(float(spearmanr(sizes, values).statistic) if len(set(values)) > 1 else 0.0)
        return Spread.of(ranks)
