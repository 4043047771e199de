"""C5: what does fine-tuning cost when the height and width of the pictures are doubled?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from zoo.api.experiment import Claim, Conditions, Experiment, Findings, Measured, Part
from zoo.experiments.questions.double_input.measure import BATCH

if TYPE_CHECKING:
    from matplotlib.figure import Figure


CLOSE, NEAR = 0.1, 0.25
"""Up to these shares of 4, a step takes four times as long, and about four times."""


class DoubleInput(Experiment):
    """Twice the height and width."""

    name = "double-input"
    summary = "Does fine-tuning cost more if the pictures are twice as high and wide?"
    asked = "C5"
    claims = (
        Claim(
            "features",
            "Doubling height and width multiplies the memory of feature maps by four.",
            "It holds if, for every network, the values that its layers put out, as counted, and the bytes kept for "
            "backward when everything is trained, as measured, both become 3.8 to 4.2 times as many; holds in part if "
            "that is so for some networks; and is refuted otherwise.",
        ),
        Claim(
            "parameters",
            "The number of parameters stays the same.",
            "It holds if no network has more parameters for the larger pictures, nor more bytes of weights, gradients "
            "or Adam's state as measured, whatever is trained; and is refuted otherwise.",
        ),
        Claim(
            "complexity",
            "So the complexity of fine-tuning is not affected.",
            "Bytes and FLOPs of a whole step, as measured, for every network, training everything and training only "
            "the last layer. It holds if none of them grows by more than a tenth; is refuted if FLOPs more than double "
            "and bytes grow by more than a tenth everywhere; and holds in part otherwise.",
        ),
        Claim(
            "work",
            "The work of a step becomes four times as much.",
            "Ours. It holds if FLOPs as measured, and connections counted with and without taps on padding, become "
            "exactly four times as many for every network; holds in part if that is so with these taps only; and is "
            "refuted otherwise.",
        ),
        Claim(
            "time",
            "A step takes four times as long.",
            "Ours. Median times of steps on the larger and the smaller pictures, taken in turns. It holds if every "
            f"ratio is within {CLOSE:.0%} of 4, holds in part if every one is within {NEAR:.0%}, and is refuted "
            "otherwise; with --quick it is not decided.",
        ),
    )
    method = (
        f"Equal: the networks, with random weights, for these change neither bytes nor FLOPs; {BATCH} pictures a "
        "batch, float32, Adam, cross-entropy, CPU. Varied: height and width, H and 2H; and what is trained: "
        "everything, only the last layer, and the whole head of the fine-tuner. Counts are of one forward pass; "
        "formulas in N, H and W are derived by running the network without data, and tested at other sizes; measured "
        "are the tensors of a real step, and FLOPs by torch's FlopCounterMode, whose rule for the backward pass of "
        "grouped convolutions is replaced, for it forgets the groups. Times are medians."
    )
    uses_data = False
    uses_seeds = False

    def parts(self, conditions: Conditions) -> Mapping[str, Part]:
        """A part for each network, with both sizes in it, so that they can be timed in turns."""
        from zoo.experiments.questions.double_input.measure import parts

        return parts(conditions)

    def conclude(self, measured: Mapping[str, Measured], conditions: Conditions) -> Findings:
        """Divide every figure at twice the size by the same at once."""
        from zoo.experiments.questions.double_input.numbers import networks_of
        from zoo.experiments.questions.double_input.tables import remarks, tables
        from zoo.experiments.questions.double_input.verdicts import verdicts

        networks = networks_of(measured)
        return Findings(verdicts(networks, conditions), tables(networks), remarks(measured))

    def draw(self, measured: Mapping[str, Measured], conditions: Conditions) -> Mapping[str, Figure]:
        """By how much memory, work and time grow, for every network and what is trained of it."""
        from zoo.experiments.questions.double_input.charts import draw_growth
        from zoo.experiments.questions.double_input.numbers import networks_of

        return {"growth": draw_growth(networks_of(measured))}
