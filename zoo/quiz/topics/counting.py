"""Counting: question A3 of the course, and where answers to it go wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zoo.quiz.derived import cost, formula_of, report_of, sum_of
from zoo.quiz.exercise import Topic
from zoo.quiz.kinds import FormulaExercise, NumberExercise, Truth
from zoo.quiz.terms import put

if TYPE_CHECKING:
    from zoo.registry import Registry


ONE_CHANNEL = {"k": 3, "NIC": 1, "NF": 1}


def inside(registry: Registry) -> Truth:
    """Connections of the baseline's first layer that touch no padding, for one channel in and out and k = 3."""
    report = report_of(registry, "baseline", padding=False)
    return Truth({"taps": put(formula_of(report, "layer1.0", "connections"), ONE_CHANNEL)}, report.point)


def all_weights(registry: Registry) -> Truth:
    """Everything that the baseline learns."""
    report = report_of(registry, "baseline")
    return Truth(
        {
            "the weights of the convolutions": sum_of(report, "connected", "weights"),
            "the biases of the convolutions": sum_of(report, "connected", "biases"),
            "BatchNorm's scales and shifts": sum_of(report, "normalization", "weights", "biases"),
        },
        report.point,
    )


def all_connections(registry: Registry) -> Truth:
    """The baseline's connections, by layer."""
    report = report_of(registry, "baseline")
    layers = [row.layer for row in report.rows if row.kind == "connected"]
    return Truth(
        {f"layer {number}": formula_of(report, layer, "connections") for number, layer in enumerate(layers, start=1)},
        report.point,
    )


def doubled_inside(registry: Registry) -> float:
    """How many times the connections inside the picture of the first layer, once height and width are doubled."""
    report = report_of(registry, "baseline", padding=False)
    formula = formula_of(report, "layer1.0", "connections")
    point = report.point
    return float(formula.at({**point, "H": 2 * point["H"], "W": 2 * point["W"]}) / formula.at(point))


TOPIC = Topic(
    "counting",
    "weights, outputs and connections of a whole network",
    (
        FormulaExercise(
            name="layer5",
            title="weights of layer 5",
            question=(
                "Layer 5 of the baseline is a k x k convolution from NF to NC channels. How many weights and biases "
                "does it have? (BatchNorm's are not asked.)"
            ),
            hint="A window of k x k in each of NF channels, for each of NC outputs, and a bias for each of these.",
            solution="k^2*NF*NC + NC",
            because="Its input channels are the output channels of layer 4: NF.",
            symbols=("k", "NF", "NC"),
            derive=cost("baseline", {"the weights": ("layer5.0", "weights"), "the biases": ("layer5.0", "biases")}),
            slips={
                "2*k^2*NF*NC + NC": "Layer 4 puts out NF channels. Layer 5 of the U-Net gets 2NF.",
                "k^2*NF*NC + NC + 2*NC": "2 NC of these belong to BatchNorm.",
            },
        ),
        FormulaExercise(
            name="batchnorm",
            title="what BatchNorm puts out",
            question=(
                "How many values does BatchNorm put out in layer 2 of the baseline, for a picture of H x W? It "
                "follows the second pooling, and layer 2 has 2NF channels."
            ),
            hint="It normalizes every value that it gets. How many rows and columns are left after two poolings?",
            solution="2*NF*(H/4)*(W/4)",
            because="Every layer puts out full maps, with weights or without: 2NF channels of H/4 x W/4.",
            symbols=("NF", "H", "W"),
            derive=cost("baseline", {"maps": ("layer2.2", "outputs")}),
            slips={
                "0": "It changes every value, so there are as many new ones, and training keeps them.",
                "4*NF": "Those are its weights, a scale and a shift per channel.",
                "NF*H*W/2": "It follows the pooling of its layer.",
                "NF*H*W/16": "Layer 2 has 2NF channels.",
            },
        ),
        FormulaExercise(
            name="weights",
            title="all weights of the baseline",
            question=(
                "How many numbers does the baseline learn: weights and biases of its convolutions, scales and shifts "
                "of its BatchNorm? Its channels go NIC, NF, 2NF, 2NF, NF, NC, NC; all but the last convolution are "
                "followed by BatchNorm."
            ),
            hint="Six convolutions of k^2 * in * out + out, and five BatchNorms of 2 * channels.",
            solution="k^2*(NIC*NF + 2*NF^2 + 4*NF^2 + 2*NF^2 + NF*NC + NC^2) + 18*NF + 4*NC",
            because=(
                "The convolutions have k^2 (NIC NF + 8 NF^2 + NF NC + NC^2) weights, and a bias for each of their "
                "6NF + 2NC outputs; BatchNorm has two numbers for each of 6NF + NC channels."
            ),
            symbols=("k", "NIC", "NF", "NC"),
            derive=all_weights,
        ),
        FormulaExercise(
            name="connections",
            title="all connections of the baseline",
            question=(
                "How many connections does the baseline have for a picture of H x W? Count those to padding; leave "
                "the biases out. Convolutions 1 and 6 run at full size, 2 and 5 at half, 3 and 4 at a quarter of the "
                "height and width."
            ),
            hint="For each convolution: its weights, times the height and the width at which it runs.",
            solution="k^2*H*W*(NIC*NF + 2*NF^2/4 + 4*NF^2/16 + 2*NF^2/16 + NF*NC/4 + NC^2)",
            because="Half the height and half the width is a quarter of the positions; a quarter of both, a sixteenth.",
            symbols=("k", "NIC", "NF", "NC", "H", "W"),
            derive=all_connections,
        ),
        FormulaExercise(
            name="border",
            title="connections that touch no padding",
            question=(
                "A 3x3 convolution with padding 1 runs over a picture of H x W, from one channel to one. How many of "
                "its connections do not touch padding?"
            ),
            hint="Look at rows and columns separately. Of three taps at each of H positions, how many fall outside?",
            solution="(3*H - 2)*(3*W - 2)",
            because="Along an axis there are 3 H pairs of position and tap, and one at each end falls on padding.",
            symbols=("H", "W"),
            derive=inside,
            given=ONE_CHANNEL,
            slips={
                "9*H*W": "Those are all connections, padding included.",
                "9*(H-2)*(W-2)": "Windows at the border reach outside, but most of their taps are still inside.",
                "9*H*W - 2*H - 2*W": "At a position on the border, not one tap is outside but a line of three.",
                "9*H*W - 6*H - 6*W": "The taps at the four corners are subtracted twice.",
            },
        ),
        NumberExercise(
            name="double",
            title="is doubling always times four?",
            question=(
                "A 3x3 convolution with padding 1 runs over 32 x 32 pixels. Then height and width are doubled. How "
                "many times as many connections are there, not counting those to padding? Give three decimals."
            ),
            hint="Along an axis of N pixels there are 3 N - 2.",
            solution="(3*64 - 2)^2 / (3*32 - 2)^2",
            because="The border only doubles while the area quadruples, so a smaller share of the taps is lost to it.",
            measure=doubled_inside,
            how="Counted",
            unit="times",
            tolerance=0.0006,
            slips={
                "4": "It is exactly four only if connections to padding are counted.",
                "2.0213": "That is one axis; both are doubled.",
            },
        ),
    ),
)
