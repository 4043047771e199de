"""The tables of `batch-size`."""

from __future__ import annotations

from zoo.api import Table
from zoo.experiments.questions.batch_size.measure import MODES
from zoo.experiments.questions.batch_size.numbers import Numbers


def correlations_table(numbers: Numbers) -> Table:
    """How every figure goes with the batch size."""
    labels = {
        "loss": "validation loss",
        "train_loss": "training loss",
        "accuracy": "accuracy",
        "chromatic_accuracy": "chromatic accuracy",
        "ciede2000": "CIEDE2000",
        "train_s": "time",
    }
    modes = numbers.modes
    rows = []
    for name, label in labels.items():
        ranks = [numbers.ranks(name, mode) for mode in modes]
        rows.append([label, *(f"{rank.low:+.2f} to {rank.high:+.2f}" for rank in ranks)])
    return Table(["figure", *modes], rows, "Spearman's rank correlation with the batch size, lowest to highest seed")


def figures_table(numbers: Numbers, mode: str) -> Table:
    """Loss, accuracy and time at every batch size."""
    patterns = {"updates": "{:.0f}", "loss": "{:.3f}", "accuracy": "{:.1%}", "train_s": "{:.1f}", "speed": "{:.0f}"}
    rows = [
        [
            str(size),
            *(
                numbers.spread(name, mode, size).format(pattern)
                if name == "loss"
                else pattern.format(numbers.spread(name, mode, size).mean)
                for name, pattern in patterns.items()
            ),
        ]
        for size in numbers.sizes(mode)
    ]
    head = ["batch", "updates", "validation loss", "accuracy", "seconds", "pictures/s"]
    return Table(head, rows, f"{MODES[mode].capitalize()}: mean over seeds (lowest to highest)")


def quality_table(numbers: Numbers) -> Table:
    """How good the pictures are at every batch size."""
    patterns = {"train_loss": "{:.3f}", "chromatic_accuracy": "{:.1%}", "ciede2000": "{:.2f}"}
    rows = [
        [str(size), *(numbers.spread(name, "equal epochs", size).format(pattern) for name, pattern in patterns.items())]
        for size in numbers.sizes("equal epochs")
    ]
    return Table(["batch", "training loss", "chromatic", "CIEDE2000"], rows, "Equal epochs: the pictures")
