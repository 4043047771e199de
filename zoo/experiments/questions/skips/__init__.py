"""B3: what do skip connections do, once the learning rate is the same?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from zoo.api.experiment import Claim, Conditions, Context, Experiment, Findings, Measured, Part
from zoo.api.spread import EQUAL_RULE, RULE

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from zoo.runs.samples import Rows


MARGIN = 0.01
"""Up to this difference, one point of accuracy, networks count as equally accurate."""

WHOLE = 0.9
"""From this share of the lift on, it is due to the skip connections."""


class Skips(Experiment):
    """The confound of the write-up's comparison, taken apart."""

    name = "skips"
    summary = "Are skip connections what lifts accuracy from 30% to 50%?"
    asked = "B3"
    claims = (
        Claim(
            "lift",
            "Going from the baseline to the U-Net lifts accuracy from 30% to 50%, thanks to its skip connections.",
            "The whole lift is from the baseline at learning rate 0.3 to the U-Net at 0.001, for so the course's "
            "starter code trains them; the skip connections' part of it is what they add at the same learning rate, "
            f"0.001. It holds if they add at least {WHOLE:.0%} of the lift, holds in part if they add something, and "
            f"is refuted if they add nothing, or less than {MARGIN:.0%}. {RULE} {EQUAL_RULE}",
        ),
        Claim(
            "weights",
            "One reason is that the U-Net has more weights.",
            "It holds if the U-Net whose skip connections carry only zeros, which has the same number of weights, is "
            "more accurate than the baseline at learning rate 0.001; it is refuted if it is less accurate, or more by "
            f"less than the margin, {MARGIN:.0%}. {RULE} {EQUAL_RULE}",
        ),
        Claim(
            "detail",
            "One reason is that skip connections restore detail that pooling has thrown away.",
            "It holds if the U-Nets with concatenated and with added skip connections are more accurate than the one "
            "whose skip connections carry only zeros, at learning rate 0.001; if only one is, it holds in part; it is "
            f"refuted if neither is, but for less than the margin, {MARGIN:.0%}. {RULE} {EQUAL_RULE}",
        ),
    )
    method = (
        "Equal: data, palette, batch size 100, Adam, epochs, seeds. Varied: the learning rate (0.3, 0.001) and the "
        "skip connections: none (the baseline); concatenated, but carrying only zeros; added; concatenated (the "
        "U-Net). Judged by pixel accuracy on the validation pictures."
    )

    def parts(self, conditions: Conditions) -> Mapping[str, Part]:
        """A training for every learning rate, kind of skip connection and seed."""
        from zoo.experiments.questions.skips.measure import parts

        return parts(conditions)

    def conclude(self, measured: Mapping[str, Measured], conditions: Conditions) -> Findings:
        """Compare accuracies at one learning rate, and across."""
        from zoo.experiments.questions.skips.numbers import Numbers
        from zoo.experiments.questions.skips.tables import results_table
        from zoo.experiments.questions.skips.verdicts import verdicts

        numbers = Numbers(measured, conditions.seeds)
        return Findings(verdicts(numbers), [results_table(numbers)])

    def draw(self, measured: Mapping[str, Measured], conditions: Conditions) -> Mapping[str, Figure]:
        """Accuracy of every run."""
        from zoo.experiments.questions.skips.charts import draw_accuracy
        from zoo.experiments.questions.skips.numbers import Numbers

        return {"accuracy": draw_accuracy(Numbers(measured, conditions.seeds))}

    def sheets(self, context: Context, conditions: Conditions) -> Mapping[str, Rows]:
        """Predictions of the first seed's runs, beside each other."""
        from zoo.experiments.questions.skips.measure import ARMS, RATES, label
        from zoo.experiments.sheets import prediction_sheet

        labels = {f"{arm}\n{rate:g}": label(rate, arm, conditions.seeds[0]) for rate in RATES for arm in ARMS}
        return {"pictures": prediction_sheet(context.runs, labels)}
