"""A2: what do the baseline's colors look like, and why?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from zoo.api.experiment import Claim, Conditions, Context, Experiment, Findings, Measured, Part
from zoo.api.spread import EQUAL_RULE, RULE

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from zoo.runs.samples import Rows

FAINT = 0.5
"""A figure below this share of the truth's counts as far too small."""

NOTICED = 1.0
"""Up to this difference in CIEDE2000, about one that can just be noticed, pictures count as equally far."""

MARGIN = 0.1
"""What one figure must exceed another by, as a share of it, to be called more than it."""


class Looks(Experiment):
    """The baseline's pictures, measured."""

    name = "looks"
    summary = "What do the baseline's colors look like, and why?"
    asked = "A2"
    claims = (
        Claim(
            "grey",
            "The baseline's pictures are closer to the grey input than to the photos' right colors.",
            "Taken at its word, for the baseline at learning rate 0.3, as the write-up had it. It holds if the mean "
            "CIEDE2000 difference of its pictures to the grey input is smaller than to the photos; if not, it holds in "
            f"part if their mean Lab chroma is below {FAINT:.0%} of the photos' with every seed; otherwise it is "
            f"refuted if the difference is the other way, or less than the margin, {NOTICED:g}. {RULE} {EQUAL_RULE}",
        ),
        Claim(
            "choice",
            "The pictures are dull not because the network expects no color, but because the most probable color of a "
            "pixel is mostly a grey.",
            "For the baseline at learning rate 0.001. It holds if it gives a chromatic color to fewer pixels than the "
            f"probability that it puts on chromatic colors, by at least {MARGIN:.0%} of that with every seed, while "
            f"this probability is within {MARGIN:.0%} of the true share of chromatic pixels; if only the first is so, "
            "it holds in part; it is refuted if the first is so with no seed; else it is not decided. Needs two seeds.",
        ),
        Claim(
            "blocks",
            "The baseline's pictures come out coarse and in blocks, because all that it knows of a pixel has passed "
            "through maps of a quarter of the height and width.",
            "For the baseline at learning rate 0.001, with two signs. Coarse: the variance of its lightness inside "
            f"cells of 4 by 4 pixels is below {FAINT:.0%} of the truth's with every seed, and below the U-Net's, which "
            "has detail that went round the small maps. Blocks: neighbors differ in color more often at some of the "
            f"four places of a cell than at others, by at least {MARGIN:.0%} more than in the truth with every seed. "
            "It holds if both are there, in part if one is, is refuted if neither is with any seed, and else is not "
            "decided. " + RULE,
        ),
        Claim(
            "eye",
            "Of two predictors the one that is right at more pixels makes the pictures that look more like the photos.",
            "All pairs of predictors are compared that lie apart in accuracy. It holds if the more accurate one has "
            "the smaller mean CIEDE2000 difference in all of them, in part if it has in more than half, and is refuted "
            "otherwise. " + RULE,
        ),
    )
    method = (
        "Equal: data, the course's palette, seeds, and for the course's networks batch size 100, Adam and epochs. "
        "Compared: the lookup table from grey level to commonest color, the baseline at learning rates 0.3 and 0.001, "
        "the U-Net at 0.001, and the same U-Net by the zoo's default recipe. Measured on the validation pictures: "
        "CIEDE2000 to the photo and to the grey input, Lab chroma, how much probability and how many pixels go to "
        "chromatic colors (largest minus smallest of R, G, B at least 51), and the lightness inside cells of 4 by 4 "
        "pixels. Beside them stands what any predictor could reach: the truth in palette colors, and the grey input "
        "itself, handed back."
    )

    def parts(self, conditions: Conditions) -> Mapping[str, Part]:
        """A training and a look for every predictor and seed, and a description of the data for every seed."""
        from zoo.experiments.questions.predictors.parts import parts

        return parts(conditions)

    def conclude(self, measured: Mapping[str, Measured], conditions: Conditions) -> Findings:
        """Compare distances, chroma, probabilities and detail."""
        from zoo.experiments.questions.looks.tables import remarks, tables
        from zoo.experiments.questions.looks.verdicts import verdicts
        from zoo.experiments.questions.predictors.numbers import Numbers

        numbers = Numbers.of(measured, conditions)
        return Findings(verdicts(numbers), tables(numbers), remarks(numbers))

    def draw(self, measured: Mapping[str, Measured], conditions: Conditions) -> Mapping[str, Figure]:
        """Distances to input and photo; probability of color beside its choice; accuracy against the eye."""
        from zoo.experiments.questions.looks import charts
        from zoo.experiments.questions.predictors.numbers import Numbers

        numbers = Numbers.of(measured, conditions)
        return {
            "distances": charts.draw_distances(numbers),
            "color": charts.draw_color(numbers),
            "accuracy-eye": charts.draw_eye(numbers),
        }

    def sheets(self, context: Context, conditions: Conditions) -> Mapping[str, Rows]:
        """Predictions of the first seed: the pictures that every run shows, and those that accuracy and eye dispute."""
        from zoo.experiments.questions.looks.sheets import UNET, disputed_sheet
        from zoo.experiments.questions.predictors.parts import PREDICTORS, TABLE, run_label
        from zoo.experiments.sheets import prediction_sheet

        seed = conditions.seeds[0]
        labels = {predictor.replace(", ", "\n"): run_label(predictor, seed) for predictor in PREDICTORS}
        rivals = {name: context.runs.get(run_label(name, seed)) for name in (TABLE, UNET)}
        sheets = {"pictures": prediction_sheet(context.runs, labels)}
        disputed = disputed_sheet(context, {name: run for name, run in rivals.items() if run is not None})
        return {**sheets, "disputed": disputed} if disputed else sheets
