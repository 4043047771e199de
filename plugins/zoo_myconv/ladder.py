"""The experiment `conv-ladder`: what each way of computing a convolution costs, beside nn.Conv2d."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from zoo.api import Claim, Conditions, Experiment, Findings, Measured, Measurement, Part, Verdict
from zoo_myconv.names import IMPLEMENTATIONS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from zoo.api import Table

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
            "The most bytes that tensors take at one time, of im2col over nn.Conv2d. It holds if the geometric mean "
            "over the layers is from 6 to 12, holds in part if it is above 2, and is refuted otherwise.",
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
        """A part a layer, in which all rungs take turns."""
        from zoo_myconv.measure import COURSE_LAYERS, climb

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
        layers = list(measured.values())
        verdicts = {
            "connections": _judge_connections(layers),
            "columns": _judge_columns(layers),
            "kept": _judge_kept(layers),
            "fast": _judge_time(layers, "fast", TORCH, 1.5, conditions),
            "winograd": _judge_time(layers, "winograd", "im2col", 1.0, conditions),
        }
        remarks = [f"Threads: {layers[0]['threads']}."]
        return Findings(verdicts, [_means_table(layers), _times_table(layers)], remarks)

    def draw(self, measured: Mapping[str, Measured], conditions: Conditions) -> Mapping[str, Figure]:
        """Bars of time and peak bytes of every rung, in units of nn.Conv2d's, on a logarithmic axis."""
        import matplotlib as mpl
        from matplotlib.figure import Figure

        layers = list(measured.values())
        shown = {"both_s": "time, forward and backward", "peak_bytes": "peak bytes"}
        figure = Figure(figsize=(7, 1.2 + 0.38 * len(IMPLEMENTATIONS)))
        axes = figure.add_subplot()
        for number, (quantity, label) in enumerate(shown.items()):
            places = [place + 0.34 * (number - 0.5) for place in range(len(IMPLEMENTATIONS))]
            widths = [_mean(layers, rung, quantity) - 1 for rung in IMPLEMENTATIONS]
            axes.barh(places, widths, 0.3, left=1, color=f"C{number}", label=label)
        axes.axvline(1, color=mpl.rcParams["axes.edgecolor"], linewidth=1)
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axes.set_yticks(range(len(IMPLEMENTATIONS)), list(IMPLEMENTATIONS))
        axes.invert_yaxis()
        axes.grid(visible=False, axis="y")
        axes.set_xlabel(f"over {TORCH}, geometric mean over the layers")
        figure.legend(loc="outside upper center", ncols=2)
        return {"ladder": figure}


def _ratios(layers: Sequence[Measured], rung: str, quantity: str, over: str = TORCH) -> list[float]:
    return [layer["rungs"][rung][quantity] / layer["rungs"][over][quantity] for layer in layers]


def _mean(layers: Sequence[Measured], rung: str, quantity: str, over: str = TORCH) -> float:
    """The geometric mean over the layers of a figure, in units of another rung's."""
    return math.exp(sum(map(math.log, _ratios(layers, rung, quantity, over))) / len(layers))


def _rungs(layers: Sequence[Measured]) -> list[str]:
    return list(layers[0]["rungs"])


# --- verdicts ---


def _judge_connections(layers: Sequence[Measured]) -> Verdict:
    off = [
        f"{rung} on {layer['layer']}"
        for layer in layers
        for rung, found in layer["rungs"].items()
        if found["connections"] != layer["connections"]
    ]
    if off:
        return Verdict("refuted", f"other than the formula: {', '.join(off)}.")
    total = sum(layer["connections"] for layer in layers)
    return Verdict("holds", f"{total:,} a picture over {len(layers)} layers, by {len(_rungs(layers))} ways.")


def _judge_columns(layers: Sequence[Measured]) -> Verdict:
    mean = _mean(layers, "im2col", "peak_bytes")
    word: Any = "holds" if 6 <= mean <= 12 else "holds in part" if mean > 2 else "refuted"
    return Verdict(word, f"x{mean:.1f} ({_listed(layers, 'im2col', 'peak_bytes')}).")


def _judge_kept(layers: Sequence[Measured]) -> Verdict:
    most = {rung: max(_ratios(layers, rung, "saved_bytes")) for rung in _rungs(layers) if rung != TORCH}
    right = [rung for rung, ratio in most.items() if ratio <= 1.01]
    word: Any = "holds" if len(right) == len(most) else "holds in part" if right else "refuted"
    worst = max(most, key=lambda rung: most[rung])
    return Verdict(word, f"{len(right)} of {len(most)} do not; the most is x{most[worst]:.2f} ({worst}).")


def _judge_time(layers: Sequence[Measured], rung: str, over: str, bound: float, conditions: Conditions) -> Verdict:
    mean, ratios = _mean(layers, rung, "both_s", over), _ratios(layers, rung, "both_s", over)
    because = f"x{mean:.2f} of {over} ({_listed(layers, rung, 'both_s', over)})."
    if conditions.quick:
        return Verdict("not decided at this size", f"few turns: {because}")
    below = sum(ratio <= bound for ratio in ratios)
    return Verdict("holds" if mean <= bound else "holds in part" if 2 * below >= len(ratios) else "refuted", because)


def _listed(layers: Sequence[Measured], rung: str, quantity: str, over: str = TORCH) -> str:
    return ", ".join(f"{ratio:.2f}" for ratio in _ratios(layers, rung, quantity, over))


# --- tables ---


def _means_table(layers: Sequence[Measured]) -> Table:
    from zoo.api import Table

    rows = []
    for rung in _rungs(layers):
        means = [f"{_mean(layers, rung, name):.2f}" for name in ("forward_s", "both_s", "saved_bytes", "peak_bytes")]
        error = max(layer["rungs"][rung]["error"] for layer in layers)
        connections = sum(layer["rungs"][rung]["connections"] for layer in layers)
        rows.append([rung, *means, f"{error:.0e}", f"{connections:,}"])
    head = ["", "forward", "and backward", "kept", "peak", "error", "connections"]
    return Table(head, rows, f"Over {TORCH}, geometric means over the layers; largest error; connections of a picture")


def _times_table(layers: Sequence[Measured]) -> Table:
    from zoo.api import Table

    rows = [[rung, *(f"{layer['rungs'][rung]['both_s'] * 1000:.1f}" for layer in layers)] for rung in _rungs(layers)]
    return Table(["", *(layer["layer"] for layer in layers)], rows, "Forward and backward by layer, ms a batch")
