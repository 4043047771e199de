"""How does a network beat the table, and what does each of its parts buy?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from zoo.api.experiment import Claim, Conditions, Context, Experiment, Findings, Measured, Part
from zoo.api.spread import EQUAL_RULE, RULE

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from zoo.runs.samples import Rows

MARGIN_NATS = 0.005
"""Up to this difference in loss, networks count as equally good."""


class Beats(Experiment):
    """A network on top of the table, with and without each of its parts."""

    name = "beats"
    summary = "How does a network beat the table, and what does each of its parts buy?"
    claims = (
        Claim(
            "table",
            "A network that starts from the table beats it in every figure.",
            "It holds if chroma is better than the lookup in all of loss, accuracy, chromatic and balanced accuracy, "
            "CIEDE2000 of the most probable color and as colored; in part if in some, and is refuted if in none. "
            f"{RULE}",
        ),
        Claim(
            "both",
            "It takes both: the same network without the table stays behind, trained for as long.",
            "It holds if the network alone has a larger loss than network and table together, and is refuted if its "
            f"loss is smaller, or larger by less than the margin, {MARGIN_NATS:g} nats. {RULE} {EQUAL_RULE}",
        ),
        Claim(
            "parts",
            "Full resolution, the pixel's position and mirrored training pictures each lower the loss.",
            "For each of the three, chroma without it must have a larger loss. It holds if all three have, in part if "
            f"some have, and is refuted if none has, but for less than the margin, {MARGIN_NATS:g} nats. "
            f"{RULE} {EQUAL_RULE}",
        ),
        Claim(
            "width",
            "Twice the channels lower the loss.",
            "It holds if chroma with half the channels has a larger loss, and is refuted if its loss is smaller, or "
            f"larger by less than the margin, {MARGIN_NATS:g} nats. {RULE} {EQUAL_RULE}",
        ),
    )
    method = (
        "Equal: data, course palette, chroma's recipe, epochs, seeds. Varied, one at a time: the table, the network, "
        "full resolution, position, mirrored pictures, the number of channels. The training is a quarter of the "
        "recipe's, so that all of it fits into half an hour, or what `--epochs` says. Judged on the validation "
        "pictures."
    )

    def parts(self, conditions: Conditions) -> Mapping[str, Part]:
        """A training for every arm and seed."""
        from zoo.experiments.questions.beats.measure import parts

        return parts(conditions)

    def conclude(self, measured: Mapping[str, Measured], conditions: Conditions) -> Findings:
        """Compare chroma with the table, and with itself without each of its parts."""
        from zoo.experiments.questions.beats.numbers import Numbers
        from zoo.experiments.questions.beats.tables import results_table
        from zoo.experiments.questions.beats.verdicts import verdicts

        numbers = Numbers(measured, conditions.seeds)
        return Findings(verdicts(numbers), [results_table(numbers)])

    def draw(self, measured: Mapping[str, Measured], conditions: Conditions) -> Mapping[str, Figure]:
        """The loss of every run, and what leaving out each part costs."""
        from zoo.experiments.questions.beats.charts import draw_loss
        from zoo.experiments.questions.beats.numbers import Numbers

        return {"loss": draw_loss(Numbers(measured, conditions.seeds))}

    def sheets(self, context: Context, conditions: Conditions) -> Mapping[str, Rows]:
        """Predictions of the first seed's runs, beside each other."""
        from zoo.experiments.questions.beats.measure import BOTH, NETWORK, TABLE, label
        from zoo.experiments.sheets import prediction_sheet

        labels = {arm.replace(" ", "\n"): label(arm, conditions.seeds[0]) for arm in (TABLE, NETWORK, BOTH)}
        return {"pictures": prediction_sheet(context.runs, labels)}
