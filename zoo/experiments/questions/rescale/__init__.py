"""A4: does it matter whether a network is fed x or ax + b?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from zoo.api.experiment import Claim, Conditions, Experiment, Findings, Measured, Part
from zoo.api.spread import EQUAL_RULE
from zoo.experiments.questions.rescale.measure import TINY_EPS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SAME_LOGIT, SAME_LOSS = 1e-9, 1e-6
"""Up to these differences, in double precision, functions are the same, and so are training losses."""

FELT_LOSS, FELT_ACCURACY = 0.02, 0.01
"""From these differences on, an end of training is another one, and so is a trained network's accuracy."""


class Rescale(Experiment):
    """The argument that training absorbs a rescaled input, step by step."""

    name = "rescale"
    summary = "Does feeding a network ax + b in place of x change anything?"
    asked = "A4"
    claims = (
        Claim(
            "absorbed",
            "A network on ax + b can compute what it computed on x: other weights w' and biases b' of its first layer "
            "do it.",
            "In double precision, w' = w/a and b' = b0 - (b/a) (sum of w) are put into trained networks (in the U-Net, "
            "into the last convolution as well, which sees the picture too). It holds if no logit changes by more "
            f"than {SAME_LOGIT:g} under any rescaling with the course's zero padding, in both networks; holds in part "
            "if so under some rescalings only; and is refuted if under none.",
        ),
        Claim(
            "steps",
            "Batch normalization takes a rescaled input out, so that training makes the same steps.",
            "Trained side by side in double precision, with batch normalization that adds next to nothing "
            f"({TINY_EPS:g}) to the variance. It "
            f"holds if no loss differs by more than {SAME_LOSS:g} from that on x, in any step, for any rescaling and "
            "in both networks; holds in part if so for some; and is refuted if for none. (Ours: the write-up does not "
            "name batch normalization.)",
        ),
        Claim(
            "training",
            "Training on ax + b ends where training on x ends.",
            "Judged with batch normalization, as the course has it, by the validation loss at the end of training "
            f"less that on x; the margin is {FELT_LOSS:g}. A rescaling changes the end if the 90% interval of the "
            "difference lies wholly beyond the margin. It holds if all ends are equal in both networks; holds in part "
            "if some rescalings change the end, and is refuted if each does so in one of them at least; else it is not "
            "decided. " + EQUAL_RULE,
        ),
        Claim(
            "after",
            "A network that was trained on x does not mind either.",
            "A trained network, in evaluation mode, minds a rescaling if accuracy changes by "
            f"{FELT_ACCURACY:.0%} of the pixels or more, with every seed, and does not if it changes by less with "
            "every seed. It holds if neither network minds any; is refuted if both mind all; holds in part if some are "
            "not minded; else it is not decided. Two seeds at least are needed. (Ours, to go with the claim that there "
            "is no effect at all.)",
        ),
    )
    method = (
        "Pixel values x, from 0 to 1, become 2x, x/10, -x or x + 0.3, the last with zeros around the picture, as the "
        "course pads, and with 0.3 around it. Equal: initial weights and order of pictures for each seed, data, "
        "palette, batch size 100, Adam at 0.001, single precision. First without training: predictions of equal "
        "weights; then side by side for some steps in double precision; then trained, with batch normalization by all "
        "seeds and without by the first; and last, networks that were trained on x are fed the other inputs."
    )

    def parts(self, conditions: Conditions) -> Mapping[str, Part]:
        """Trainings for every network, rescaling and seed; and what is measured before and after them."""
        from zoo.experiments.questions.rescale.parts import parts

        return parts(conditions)

    def conclude(self, measured: Mapping[str, Measured], conditions: Conditions) -> Findings:
        """Compare with what the networks do on x, exactly where that can be, and over seeds elsewhere."""
        from zoo.experiments.questions.rescale.numbers import Numbers
        from zoo.experiments.questions.rescale.tables import tables
        from zoo.experiments.questions.rescale.verdicts import verdicts

        numbers = Numbers(measured, conditions)
        return Findings(verdicts(numbers), tables(numbers))

    def draw(self, measured: Mapping[str, Measured], conditions: Conditions) -> Mapping[str, Figure]:
        """Predictions that change, steps side by side, losses after training, and accuracies of trained networks."""
        from zoo.experiments.questions.rescale import charts
        from zoo.experiments.questions.rescale.numbers import Numbers

        numbers = Numbers(measured, conditions)
        return {
            "predictions-changed": charts.draw_untrained(numbers),
            "side-by-side": charts.draw_steps(numbers),
            "losses": charts.draw_losses(numbers),
            "after-training": charts.draw_trained(numbers),
        }
