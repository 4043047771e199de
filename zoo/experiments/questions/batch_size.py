"""B4: what does a larger batch do, and is it the batch that does it?"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from zoo.api.experiment import (
    Bench,
    Claim,
    Conditions,
    Experiment,
    Findings,
    Measured,
    Part,
    Training,
    Verdict,
    prediction_sheet,
)
from zoo.experiments.spread import RULE, Spread, above, decided

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from zoo.api import Table
    from zoo.runs.samples import Rows

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

STRONG = 0.8
"""Spearman's rank correlation with the batch size from which on a figure grows with it; below minus that it falls."""


class BatchSize(Experiment):
    """The batch, the number of updates and the learning rate taken apart."""

    name = "batch-size"
    summary = "What do larger batches do to loss, time and pictures, and is it the batch?"
    asked = "B4"
    claims = (
        Claim(
            "loss",
            "With everything else unchanged, training and validation loss are larger at larger batch sizes.",
            "At equal epochs. A figure grows with the batch size if Spearman's rank correlation of the two is at least "
            f"{STRONG} with every seed, of which two at least are needed. It holds if both losses grow, holds in part "
            "if one does, and is refuted otherwise.",
        ),
        Claim(
            "time",
            "Training takes less time at larger batch sizes.",
            f"At equal epochs. It holds if the rank correlation of batch size and time in training is -{STRONG} or "
            "less with every seed, two at least; holds in part if that is not so, but the largest batch takes less "
            "time than the smallest; and is refuted otherwise. " + RULE,
        ),
        Claim(
            "pictures",
            "Pictures are of lower quality at larger batch sizes.",
            "At equal epochs, judged by CIEDE2000, the mean difference of color to the eye, and by the share of "
            "colorful pixels that are right (chromatic accuracy). It holds if with every seed, two at least, the rank "
            f"correlation with batch size is {STRONG} or more for the one and -{STRONG} or less for the other; holds "
            "in part if one of these is so; and is refuted otherwise.",
        ),
        Claim(
            "updates",
            "What raises the loss is fewer updates, not the larger batch.",
            "At equal numbers of updates. It holds if the rank correlation of batch size and validation loss is 0 or "
            "less with every seed, two at least; holds in part if it is smaller there than at equal epochs; "
            "and is refuted otherwise. (Ours.) " + RULE,
        ),
        Claim(
            "rate",
            "A learning rate that grows with the batch size makes up for fewer updates.",
            f"At equal epochs, the rate being {RATE:g} at a batch of {USUAL} and in proportion to it. It holds if at "
            f"every batch size above {USUAL} the validation loss is lower than at the unscaled rate, and not higher "
            f"than at a batch of {USUAL}; holds in part if it is lower at some; and is refuted otherwise. (Ours; "
            "Goyal et al. 2017, arXiv:1706.02677, for stochastic gradient descent.) " + RULE,
        ),
    )
    method = (
        f"The course's U-Net, palette and optimizer: Adam at a constant rate, {RATE:g}. Varied: pictures a step, from "
        f"{SIZES[0]} to {SIZES[-1]}; at equal epochs, so that larger batches make fewer updates; at equal numbers of "
        "updates, so that larger batches see more pictures; and at equal epochs with a learning rate in proportion to "
        f"the batch size, {RATE:g} at {USUAL}, from a batch of {SMALLEST_SCALED} on. "
        "Time is that of the training steps alone, without judging."
    )

    def parts(self, conditions: Conditions) -> Mapping[str, Part]:
        """A training for every batch size, seed, and way of holding things equal."""
        return {
            _label(mode, size, seed): _training(mode, size, conditions, seed)
            for seed in conditions.seeds
            for mode in _modes(conditions)
            for size in _sizes(conditions, mode)
        }

    def conclude(self, measured: Mapping[str, Measured], conditions: Conditions) -> Findings:
        """Rank correlations of every figure with the batch size, a seed each, and what they amount to."""
        sweep = Sweep(measured, conditions)
        tables = [_correlations(sweep), *(_figures_table(sweep, mode) for mode in _modes(conditions))]
        tables.append(_quality_table(sweep))
        ranked = [sweep.ranks("loss", mode) for mode in _modes(conditions)]
        if conditions.quick or not decided(*ranked):
            undecided = Verdict(
                "not decided at this size", "it takes whole epochs, and two seeds at least that all trained to an end."
            )
            return Findings({claim.name: undecided for claim in self.claims}, tables)
        return Findings(_verdicts(sweep), tables)

    def draw(self, measured: Mapping[str, Measured], conditions: Conditions) -> Mapping[str, Figure]:
        """Loss and accuracy, and time and speed, by batch size: a column a mode."""
        sweep = Sweep(measured, conditions)
        return {"loss-and-accuracy": _draw(sweep, ("loss", "accuracy")), "time": _draw(sweep, ("train_s", "speed"))}

    def sheets(self, bench: Bench, conditions: Conditions) -> Mapping[str, Rows]:
        """Predictions of the first seed at equal epochs, a row a batch size."""
        sizes, seed = _sizes(conditions, "equal epochs"), conditions.seeds[0]
        labels = {f"batch {size}": _label("equal epochs", size, seed) for size in sizes}
        return {"pictures": prediction_sheet(bench.runs, labels)}


class Sweep:
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
        record = self.measured[_label(mode, size, seed)]
        if "failed" in record:
            return None
        result, last = record["result"], record["epochs"][-1]
        derived: dict[str, float] = {
            "updates": last["steps"],
            "train_loss": last["train_loss"],
            "speed": last["steps"] * size / result["train_s"],
        }
        return float(derived[name] if name in derived else result[name])

    def sizes(self, mode: str) -> tuple[int, ...]:
        """The batch sizes of a mode."""
        return _sizes(self.conditions, mode)

    def spread(self, name: str, mode: str, size: int) -> Spread:
        """One figure over the seeds."""
        return Spread.of([self.value(name, mode, size, seed) for seed in self.conditions.seeds])

    def ranks(self, name: str, mode: str) -> Spread:
        """Spearman's rank correlation of a figure with the batch size, over the seeds of which no training failed."""
        sizes, ranks = self.sizes(mode), []
        for seed in self.conditions.seeds:
            values = [value for size in sizes if (value := self.value(name, mode, size, seed)) is not None]
            if len(values) == len(sizes):
                ranks.append(spearman(sizes, values))
        return Spread.of(ranks)


def spearman(one: Sequence[float], other: Sequence[float]) -> float:
    """Spearman's rank correlation, from -1 to 1: the correlation of the ranks, equal values sharing their mean rank.

    It is 0 where all values of a side are equal.
    """
    x, y = _ranks(one), _ranks(other)
    middle = (len(x) + 1) / 2
    both = sum((a - middle) * (b - middle) for a, b in zip(x, y, strict=True))
    each = sum((a - middle) ** 2 for a in x) * sum((b - middle) ** 2 for b in y)
    return both / math.sqrt(each) if each else 0.0


def _ranks(values: Sequence[float]) -> list[float]:
    """Ranks from 1; equal values share their mean rank."""
    return [
        sum(other < value for other in values) + (sum(other == value for other in values) + 1) / 2 for value in values
    ]


def _training(mode: str, size: int, conditions: Conditions, seed: int) -> Training:
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


def _sizes(conditions: Conditions, mode: str) -> tuple[int, ...]:
    low = SMALLEST_SCALED if mode == "scaled rate" else 1
    return tuple(size for size in (QUICK_SIZES if conditions.quick else SIZES) if size >= low)


def _modes(conditions: Conditions) -> tuple[str, ...]:
    return tuple(MODES)[:2] if conditions.quick else tuple(MODES)


def _label(mode: str, size: int, seed: int) -> str:
    return f"{mode}, batch {size}, seed {seed}"


def _verdicts(sweep: Sweep) -> dict[str, Verdict]:
    """The claims, judged; see their rules."""
    epochs, updates, scaled = MODES
    named = {
        name: sweep.ranks(name, epochs) for name in ("train_loss", "loss", "train_s", "ciede2000", "chromatic_accuracy")
    }
    grows = {name: rank.low >= STRONG for name, rank in named.items()}
    falls = {name: rank.high <= -STRONG for name, rank in named.items()}
    ends = sweep.sizes(epochs)[0], sweep.sizes(epochs)[-1]
    slow, quick = (sweep.spread("train_s", epochs, size) for size in ends)
    at_updates = sweep.ranks("loss", updates)
    smaller = above(named["loss"], at_updates)
    lower, made_up = [], []
    for size in (size for size in sweep.sizes(scaled) if size > USUAL):
        found = sweep.spread("loss", scaled, size)
        lower.append(above(sweep.spread("loss", epochs, size), found))
        made_up.append(not above(found, sweep.spread("loss", epochs, USUAL)))
    words: tuple[Any, ...] = ("refuted", "holds in part", "holds")
    both = grows["ciede2000"] + falls["chromatic_accuracy"]

    def at(name: str, mode: str, pattern: str) -> str:
        """A figure at the smallest batch and at the largest."""
        means = (pattern.format(sweep.spread(name, mode, size).mean) for size in ends)
        return " to ".join(means)

    def rank(name: str) -> str:
        return f"rank correlation {named[name].format('{:+.2f}')}"

    return {
        "loss": Verdict(
            words[grows["train_loss"] + grows["loss"]],
            f"from a batch of {ends[0]} to one of {ends[1]}, validation loss goes from {at('loss', epochs, '{:.3f}')}, "
            f"{rank('loss')}; training loss from {at('train_loss', epochs, '{:.3f}')}, {rank('train_loss')}.",
        ),
        "time": Verdict(
            "holds" if falls["train_s"] else "holds in part" if above(slow, quick) else "refuted",
            f"{at('train_s', epochs, '{:.1f}')} s from the smallest to the largest batch, {rank('train_s')}.",
        ),
        "pictures": Verdict(
            words[both],
            f"CIEDE2000 goes from {at('ciede2000', epochs, '{:.1f}')}, {rank('ciede2000')}; chromatic accuracy from "
            f"{at('chromatic_accuracy', epochs, '{:.1%}')}, {rank('chromatic_accuracy')}.",
        ),
        "updates": Verdict(
            "holds" if at_updates.high <= 0 else "holds in part" if smaller else "refuted",
            f"at equal updates the rank correlation is {at_updates.format('{:+.2f}')}, the loss goes from "
            f"{at('loss', updates, '{:.3f}')}; at equal epochs {named['loss'].format('{:+.2f}')}.",
        ),
        "rate": Verdict(
            "holds" if all(lower) and all(made_up) else "holds in part" if any(lower) else "refuted",
            f"lower than at the unscaled rate at {sum(lower)} of {len(lower)} sizes above {USUAL}, not above the loss "
            f"at {USUAL} at {sum(made_up)}; at {ends[1]}: {sweep.spread('loss', scaled, ends[1]).mean:.3f} against "
            f"{sweep.spread('loss', epochs, ends[1]).mean:.3f}, and {sweep.spread('loss', epochs, USUAL).mean:.3f} at "
            f"{USUAL}.",
        ),
    }


def _correlations(sweep: Sweep) -> Table:
    from zoo.api import Table

    shown = {
        "loss": "validation loss",
        "train_loss": "training loss",
        "accuracy": "accuracy",
        "chromatic_accuracy": "chromatic accuracy",
        "ciede2000": "CIEDE2000",
        "train_s": "time",
    }
    modes = _modes(sweep.conditions)
    rows = []
    for name, label in shown.items():
        ranks = [sweep.ranks(name, mode) for mode in modes]
        rows.append([label, *(f"{rank.low:+.2f} to {rank.high:+.2f}" for rank in ranks)])
    return Table(["figure", *modes], rows, "Spearman's rank correlation with the batch size, lowest to highest seed")


def _figures_table(sweep: Sweep, mode: str) -> Table:
    from zoo.api import Table

    patterns = {"updates": "{:.0f}", "loss": "{:.3f}", "accuracy": "{:.1%}", "train_s": "{:.1f}", "speed": "{:.0f}"}
    rows = [
        [
            str(size),
            *(
                sweep.spread(name, mode, size).format(pattern)
                if name == "loss"
                else pattern.format(sweep.spread(name, mode, size).mean)
                for name, pattern in patterns.items()
            ),
        ]
        for size in sweep.sizes(mode)
    ]
    head = ["batch", "updates", "validation loss", "accuracy", "seconds", "pictures/s"]
    return Table(head, rows, f"{MODES[mode].capitalize()}: mean over seeds (lowest to highest)")


def _quality_table(sweep: Sweep) -> Table:
    from zoo.api import Table

    patterns = {"train_loss": "{:.3f}", "chromatic_accuracy": "{:.1%}", "ciede2000": "{:.2f}"}
    rows = [
        [str(size), *(sweep.spread(name, "equal epochs", size).format(pattern) for name, pattern in patterns.items())]
        for size in sweep.sizes("equal epochs")
    ]
    return Table(["batch", "training loss", "chromatic", "CIEDE2000"], rows, "Equal epochs: the pictures")


LABELS = {
    "loss": "validation loss",
    "accuracy": "accuracy",
    "train_s": "seconds in training",
    "speed": "pictures a second",
}
"""Axes of the charts."""


def _draw(sweep: Sweep, names: Sequence[str]) -> Figure:
    from matplotlib.figure import Figure

    modes = _modes(sweep.conditions)
    figure = Figure(figsize=(7, 2.1 * len(names) + 0.4))
    panels = figure.subplots(len(names), len(modes), sharex=True, sharey="row", squeeze=False)
    for row, name in zip(panels, names, strict=True):
        for color, (mode, axes) in enumerate(zip(modes, row, strict=True)):
            _panel(axes, sweep, name, mode, f"C{color}")
        row[0].set_ylabel(LABELS[name])
    for axes, mode in zip(panels[0], modes, strict=True):
        axes.set_title(MODES[mode])
    for axes in panels[-1]:
        axes.set_xlabel("pictures a step")
    return figure


def _panel(axes: Axes, sweep: Sweep, name: str, mode: str, color: str) -> None:
    """A figure by batch size: the mean as a line, a dot a seed."""
    from matplotlib.ticker import LogLocator, NullFormatter

    sizes = sweep.sizes(mode)
    spreads = [sweep.spread(name, mode, size) for size in sizes]
    axes.plot(sizes, [spread.mean for spread in spreads], "-", color=color, alpha=0.6)
    for size, spread in zip(sizes, spreads, strict=True):
        axes.plot([size] * len(spread.values), spread.values, "o", color=color, markersize=3)
    axes.set_xscale("log")
    axes.set_xticks([5, 50, 500], ["5", "50", "500"])
    if name == "accuracy":
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    if name == "train_s":
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.yaxis.set_major_formatter("{x:g}")
        axes.yaxis.set_minor_formatter(NullFormatter())
