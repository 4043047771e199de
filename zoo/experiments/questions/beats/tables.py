"""The table of `beats`."""

from __future__ import annotations

from zoo.api import Table
from zoo.experiments.questions.beats.measure import ARMS
from zoo.experiments.questions.beats.numbers import Numbers


def results_table(numbers: Numbers) -> Table:
    """All figures of every arm."""
    rows = []
    for arm in ARMS:
        loss = numbers.result(arm, "loss")
        shares = (numbers.result(arm, f"{kind}accuracy").mean for kind in ("", "chromatic_", "balanced_"))
        distances = (numbers.result(arm, figure).mean for figure in ("ciede2000", "as_colored"))
        cells = [*(f"{share:.1%}" for share in shares), *(f"{distance:.2f}" for distance in distances)]
        weights = numbers.weights(arm)
        rows.append([arm, f"{weights:,}" if weights else "-", loss.format("{:.3f}"), *cells])
    return Table(
        ["chroma", "weights", "loss", "accuracy", "chromatic", "balanced", "CIEDE2000", "as colored"],
        rows,
        f"Validation, mean over seeds {', '.join(map(str, numbers.seeds))}; of loss also (lowest to highest)",
    )
