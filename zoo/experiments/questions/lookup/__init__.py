"""Why does a table from grey level to color beat networks in pixel accuracy, and which figure is to be trusted?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from zoo.api.experiment import Claim, Conditions, Experiment, Findings, Measured, Part
from zoo.api.spread import EQUAL_RULE, RULE

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CLOSE_SHARE, CLOSE_NATS = 0.01, 0.02
"""How far accuracy and loss may be from the best that there is and still count as the same."""


class Lookup(Experiment):
    """The table beside the networks."""

    name = "lookup"
    summary = "Why does a table beat networks in pixel accuracy, and what to trust instead?"
    claims = (
        Claim(
            "beats",
            "A table that sees one pixel's grey level at a time is right at more pixels than the course's networks.",
            "It holds if the table's accuracy is above that of each of the three, in part if above that of some, and "
            f"is refuted if above none, but for less than the margin, {CLOSE_SHARE:.0%}. {RULE} {EQUAL_RULE}",
        ),
        Claim(
            "why",
            "It wins on grey pixels alone, on chromatic ones the networks win; and most pixels are grey.",
            "It holds if more than half of the pixels are grey and, for each of the course's networks that the table "
            "beats, the table is above it on pixels whose true palette color is a grey and below it on chromatic ones; "
            "in part if that is so for some of them; it is refuted if for none, but for less than the margin, "
            f"{CLOSE_SHARE:.0%}. {RULE} {EQUAL_RULE}",
        ),
        Claim(
            "best",
            "No other function of a pixel's own grey level could do better.",
            "Counted, so no spread is needed. The best accuracy and the smallest cross-entropy that any function of "
            "the grey level can have on the validation pixels follow from counting these pixels by level and color; "
            "the second is the conditional entropy. It holds if the table, which never saw them, is within "
            f"{CLOSE_SHARE:.0%} of all pixels of the first and within {CLOSE_NATS:g} nats of the second, with every "
            "seed; in part if within one of them; otherwise it is refuted.",
        ),
        Claim(
            "trust",
            "Chromatic accuracy, balanced accuracy and CIEDE2000 rank the predictors alike, and pixel accuracy ranks "
            "them otherwise.",
            "Two figures contradict each other if some two predictors lie apart in both and are ranked oppositely. It "
            "holds if no two of the three contradict each other and pixel accuracy contradicts them all; in part if "
            "pixel accuracy contradicts at least one of them; and is refuted if it contradicts none. " + RULE,
        ),
    )
    method = (
        "Equal: data, the course's palette, seeds, and for the course's networks batch size 100, Adam and epochs. "
        "Compared: the lookup table, the baseline at learning rates 0.3 and 0.001, the U-Net at 0.001, and the same "
        "U-Net by the zoo's default recipe. A palette color is chromatic if the largest of its R, G and B exceeds the "
        "smallest by 51 or more, and a grey otherwise. Counted on the pixels themselves: entropies of color, alone and "
        "given the grey level, and the best that any function of the level can reach. The table's loss is measured "
        "besides as that of any network is, by running it."
    )

    def parts(self, conditions: Conditions) -> Mapping[str, Part]:
        """A training and a look for every predictor and seed, and a description of the data for every seed."""
        from zoo.experiments.questions.predictors.parts import parts

        return parts(conditions)

    def conclude(self, measured: Mapping[str, Measured], conditions: Conditions) -> Findings:
        """Split accuracy by the truth, compare counts with measurements, and figures with each other."""
        from zoo.experiments.questions.lookup.tables import remarks, tables
        from zoo.experiments.questions.lookup.verdicts import verdicts
        from zoo.experiments.questions.predictors.numbers import Numbers

        numbers = Numbers.of(measured, conditions)
        return Findings(verdicts(numbers), tables(numbers), remarks(numbers))

    def draw(self, measured: Mapping[str, Measured], conditions: Conditions) -> Mapping[str, Figure]:
        """Accuracy on grey and on chromatic pixels; places of the predictors by every figure."""
        from zoo.experiments.questions.lookup.charts import draw_places, draw_split
        from zoo.experiments.questions.predictors.numbers import Numbers

        numbers = Numbers.of(measured, conditions)
        return {"grey-and-chromatic": draw_split(numbers), "places": draw_places(numbers)}
