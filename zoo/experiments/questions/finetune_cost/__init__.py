"""C4: what does fine-tuning everything cost beside fine-tuning only the last layer, as the network gets deeper?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from zoo.api.experiment import Claim, Conditions, Experiment, Findings, Measured, Part
from zoo.experiments.questions.finetune_cost.measure import BATCH, CHANNELS, NETWORKS, SIZE, depths, label

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class FinetuneCost(Experiment):
    """Memory and work of fine-tuning, by depth."""

    name = "finetune-cost"
    summary = "How much more does it cost to fine-tune a whole network than only its last layer?"
    asked = "C4"
    claims = (
        Claim(
            "memory",
            "Fine-tuning a network of n layers takes n times the memory of fine-tuning only its last layer.",
            "Bytes found in a real step on a stack of n equal layers: weights, gradients, Adam's state, and "
            "activations kept for backward. The claim holds if all of them together are at least 0.9 n times as many "
            "for the whole network at every depth; holds in part if that is so only of some of the four; and is "
            "refuted otherwise.",
        ),
        Claim(
            "compute",
            "Both have the same forward pass, so both compute as much.",
            "FLOPs of a whole step on the same stack, counted while it runs. It holds if the whole network's are at "
            "most 1.1 times the last layer's at every depth; is refuted if they are more than 1.5 times at the "
            "greatest depth; and holds in part otherwise.",
        ),
        Claim(
            "formulas",
            "Memory and work can be written down before anything runs.",
            "Ours. It holds if every formula in n, N, C, H and W, derived by hand, gives exactly the bytes and FLOPs "
            "that are found in a real step at every depth; holds in part if none is off by more than 2%; and is "
            "refuted otherwise.",
        ),
        Claim(
            "time",
            "The time of a step is proportional to its FLOPs.",
            "Ours. The whole network's median time is divided by the last layer's in the same run. It holds if that is "
            "within a quarter of the ratio of FLOPs at every depth, holds in part if at half of the depths or more, "
            "and is refuted otherwise; with --quick it is not decided.",
        ),
    )
    method = (
        f"Equal: a stack of 3x3 convolutions from {CHANNELS} to {CHANNELS} channels with ReLU between them, {BATCH} "
        f"pictures of {SIZE}x{SIZE}, float32, Adam, cross-entropy, CPU. Varied: the depth n, and what is trained, all "
        "layers or only the last; what is frozen needs no gradient. Bytes are those of the tensors that are there "
        "after a step, activations those that autograd keeps, by address, each once. FLOPs are counted by torch's "
        "FlopCounterMode, whose rule for the backward pass of grouped convolutions is replaced, for it forgets the "
        "groups. Times are medians of turns taken one after the other. The same is done with networks of the zoo, the "
        "fine-tuner with random weights, for these change neither bytes nor FLOPs."
    )
    uses_data = False
    uses_seeds = False

    def parts(self, conditions: Conditions) -> Mapping[str, Part]:
        """A stack of every depth, and networks of the zoo."""
        from zoo.experiments.questions.finetune_cost.measure import parts

        return parts(conditions)

    def conclude(self, measured: Mapping[str, Measured], conditions: Conditions) -> Findings:
        """Divide what the whole takes by what the last layer takes."""
        from zoo.experiments.questions.finetune_cost.tables import remarks, tables
        from zoo.experiments.questions.finetune_cost.verdicts import verdicts

        stacks = {depth: measured[label(depth)] for depth in depths(conditions)}
        networks = {name: measured[name] for name in NETWORKS if "left_out" not in measured[name]}
        return Findings(verdicts(stacks, conditions), tables(stacks, networks), remarks(measured, stacks))

    def draw(self, measured: Mapping[str, Measured], conditions: Conditions) -> Mapping[str, Figure]:
        """What the whole takes over what the last layer takes, by depth: lines are formulas, dots measured."""
        from zoo.experiments.questions.finetune_cost.charts import draw_compute, draw_memory

        stacks = {depth: measured[label(depth)] for depth in depths(conditions)}
        return {"memory": draw_memory(stacks), "compute": draw_compute(stacks)}
