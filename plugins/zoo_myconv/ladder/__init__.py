"""The experiment `conv-ladder`: what each way of computing a convolution costs, beside nn.Conv2d."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from zoo.api import Claim, Conditions, Experiment, Findings, Measured, Measurement, Part
from zoo_myconv.names import IMPLEMENTATIONS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TORCH = "nn.Conv2d"


class ConvLadder(Experiment):
    """Every rung on every layer of the course's network."""

    name = "conv-ladder"
    summary = "How much does each way of computing a convolution cost?"
    claims = (
        Claim(
            "connections",
            "However a convolution is computed, it makes the same connections.",
            "Every way computes each layer on ones, with weights that are ones, and the outputs are added up: that is "
            "the number of connections. It holds if all are k² C O H W on every layer, and is refuted otherwise.",
        ),
        Claim(
            "columns",
            "Writing windows out as columns takes k k = 9 times the memory.",
            "The most bytes that tensors take at one time, of im2col over nn.Conv2d. It holds if that is from 6 to 12 "
            "times on every layer, holds in part if the geometric mean over the layers is, and is refuted otherwise.",
        ),
        Claim(
            "kept",
            "No way need keep more for backward than nn.Conv2d does.",
            "Bytes that autograd keeps between forward and backward. It holds if every way keeps at most 1.01 times "
            "what nn.Conv2d keeps on every layer, holds in part if some do, and is refuted otherwise.",
        ),
        Claim(
            "fast",
            "A convolution made of torch's matrix products can keep up with nn.Conv2d.",
            "Median time of forward and backward of `fast` over nn.Conv2d's in the same turns. It holds if the "
            "geometric mean over the layers is at most 1.5, holds in part if half of the layers are below that, and is "
            "refuted otherwise; with --quick it is not decided.",
        ),
        Claim(
            "winograd",
            "Fewer multiplications mean less time: winograd, with 16 in place of 36, beats im2col.",
            "The same times of `winograd` and of `im2col`. It holds if winograd's geometric mean is the lower, holds "
            "in part if it is lower on half of the layers, and is refuted otherwise; with --quick it is not decided.",
        ),
    )
    method = (
        "Equal: the six 3x3 convolutions of the course's baseline at NF = 32, NC = 24 and 32x32, weights, random "
        "pictures, float32, CPU; with --quick two of them on few pictures. Varied: what computes them, the rungs of "
        "MyConv2D and nn.Conv2d. Forward and backward are timed turn and turn about, the median counts (`loops` is "
        "timed once, for it takes seconds); times mean something in ratio to nn.Conv2d's only. Peak bytes are those of "
        "tensors that operations return, inputs and weights excepted; what a kernel takes within itself is not seen."
    )
    uses_data = False
    uses_seeds = False

    def parts(self, conditions: Conditions) -> Mapping[str, Part]:
        """A part for each layer, in which all rungs take turns."""
        from zoo_myconv.ladder.measure import COURSE_LAYERS, climb

        layers = COURSE_LAYERS[3:5] if conditions.quick else COURSE_LAYERS
        batch_size, rounds = (4, 3) if conditions.quick else (100, 9)
        return {
            layer.name: Measurement(
                climb,
                {
                    "layer": [layer.inputs, layer.outputs, layer.size],
                    "first": layer.first,
                    "rungs": list(IMPLEMENTATIONS),
                    "batch_size": batch_size,
                    "rounds": rounds,
                },
            )
            for layer in layers
        }

    def conclude(self, measured: Mapping[str, Measured], conditions: Conditions) -> Findings:
        """Divide what each rung takes by what nn.Conv2d takes."""
        from zoo_myconv.ladder.tables import means_table, times_table
        from zoo_myconv.ladder.verdicts import verdicts

        layers = list(measured.values())
        remarks = [f"Threads: {layers[0]['threads']}."]
        return Findings(verdicts(layers, conditions), [means_table(layers), times_table(layers)], remarks)

    def draw(self, measured: Mapping[str, Measured], conditions: Conditions) -> Mapping[str, Figure]:
        """Time and peak bytes of every rung."""
        from zoo_myconv.ladder.charts import draw_ladder

        return {"ladder": draw_ladder(list(measured.values()))}
