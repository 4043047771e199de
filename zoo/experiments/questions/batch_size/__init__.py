"""B4: what does a larger batch do, and is it the batch that does it?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from zoo.api.experiment import Claim, Conditions, Context, Experiment, Findings, Measured, Part
from zoo.api.spread import RULE
from zoo.experiments.questions.batch_size.measure import RATE, SIZES, SMALLEST_SCALED, USUAL

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from zoo.runs.samples import Rows

STRONG = 0.8
"""Spearman's rank correlation with the batch size from which on a figure grows with it; below minus that it falls."""


LOSS_MARGIN = 0.02
"""Up to this difference, in nats, losses count as equal."""


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
            f"{STRONG} with every seed, of which two at least are needed; of eight sizes in random order, 1 in 92 has "
            "that. It holds if both losses grow, holds in part if one does, is refuted if neither does with any seed, "
            "and else is not decided.",
        ),
        Claim(
            "time",
            "Training takes less time at larger batch sizes.",
            f"At equal epochs. It holds if the rank correlation of batch size and time in training is -{STRONG} or "
            "less with every seed, two at least; holds in part if that is not so, but the largest batch takes less "
            "time than the smallest; is refuted if it is so with no seed; and else is not decided. " + RULE,
        ),
        Claim(
            "pictures",
            "Pictures are of lower quality at larger batch sizes.",
            "At equal epochs, judged by CIEDE2000, the mean difference of color to the eye, and by the share of "
            "colorful pixels that are right (chromatic accuracy). It holds if with every seed, two at least, the rank "
            f"correlation with batch size is {STRONG} or more for the one and -{STRONG} or less for the other; holds "
            "in part if one of these is so; is refuted if neither is with any seed; and else is not decided.",
        ),
        Claim(
            "updates",
            "What raises the loss is fewer updates, not the larger batch.",
            "At equal numbers of updates. It holds if the rank correlation of batch size and validation loss is 0 or "
            "less with every seed, two at least; holds in part if it is smaller there than at equal epochs; is refuted "
            "if it is above 0 with every seed; and else is not decided. (Ours.) " + RULE,
        ),
        Claim(
            "rate",
            "A learning rate that grows with the batch size makes up for fewer updates.",
            f"At equal epochs, the rate being {RATE:g} at a batch of {USUAL} and in proportion to it. It holds if at "
            f"every batch size above {USUAL} the validation loss is lower than at the unscaled rate, and the upper end "
            f"of the 90% interval less than {LOSS_MARGIN:g} above the loss at a batch of {USUAL}; holds in part if it "
            "is lower at some; is refuted if lower at none, but for less than the margin; else it is not decided. "
            "(Ours; Goyal et al. 2017, arXiv:1706.02677, for stochastic gradient descent.) " + RULE,
        ),
    )
    method = (
        f"The course's U-Net, palette and optimizer: Adam at a constant rate, {RATE:g}. Varied: pictures per step, "
        f"from {SIZES[0]} to {SIZES[-1]}; at equal epochs, so that larger batches make fewer updates; at equal numbers "
        "of updates, so that larger batches see more pictures; and at equal epochs with a learning rate in proportion "
        f"to the batch size, {RATE:g} at {USUAL}, from a batch of {SMALLEST_SCALED} on. "
        "Time is that of the training steps alone, without judging."
    )

    def parts(self, conditions: Conditions) -> Mapping[str, Part]:
        """A training for every batch size, seed, and way of holding things equal."""
        from zoo.experiments.questions.batch_size.measure import parts

        return parts(conditions)

    def conclude(self, measured: Mapping[str, Measured], conditions: Conditions) -> Findings:
        """Rank correlations of every figure with the batch size, one for each seed, and what they amount to."""
        from zoo.experiments.questions.batch_size import tables
        from zoo.experiments.questions.batch_size.numbers import Numbers
        from zoo.experiments.questions.batch_size.verdicts import verdicts

        numbers = Numbers(measured, conditions)
        by_mode = [tables.figures_table(numbers, mode) for mode in numbers.modes]
        return Findings(
            verdicts(numbers), [tables.correlations_table(numbers), *by_mode, tables.quality_table(numbers)]
        )

    def draw(self, measured: Mapping[str, Measured], conditions: Conditions) -> Mapping[str, Figure]:
        """Loss and accuracy, and time and speed, by batch size: a column for each mode."""
        from zoo.experiments.questions.batch_size.charts import draw_figures
        from zoo.experiments.questions.batch_size.numbers import Numbers

        numbers = Numbers(measured, conditions)
        return {
            "loss-and-accuracy": draw_figures(numbers, ("loss", "accuracy")),
            "time": draw_figures(numbers, ("train_s", "speed")),
        }

    def sheets(self, context: Context, conditions: Conditions) -> Mapping[str, Rows]:
        """Predictions of the first seed at equal epochs, a row for each batch size."""
        from zoo.experiments.questions.batch_size.measure import label, sizes
        from zoo.experiments.sheets import prediction_sheet

        seed = conditions.seeds[0]
        labels = {f"batch {size}": label("equal epochs", size, seed) for size in sizes(conditions, "equal epochs")}
        return {"pictures": prediction_sheet(context.runs, labels)}
