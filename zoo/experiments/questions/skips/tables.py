"""The table of `skips`."""

from __future__ import annotations

from zoo.api import Table
from zoo.experiments.questions.skips.measure import ARMS, RATES
from zoo.experiments.questions.skips.numbers import Numbers


def results_table(numbers: Numbers) -> Table:
    """Weights, accuracy and loss by learning rate and kind of skip connection."""
    rows = []
    for rate in RATES:
        for arm in ARMS:
            weights = numbers.weights(rate, arm)
            accuracy, loss, chromatic = (
                numbers.result(rate, arm, figure) for figure in ("accuracy", "loss", "chromatic_accuracy")
            )
            cells = [accuracy.format("{:.1%}"), f"{loss.mean:.3f}", f"{chromatic.mean:.1%}"]
            rows.append([arm, f"{rate:g}", f"{weights:,}" if weights else "-", *cells])
    return Table(
        ["skips", "rate", "weights", "accuracy", "loss", "chromatic"],
        rows,
        f"Validation, mean over seeds {', '.join(map(str, numbers.seeds))}; of accuracy also (lowest to highest)",
    )
