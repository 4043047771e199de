"""The baseline's cost, derived by hand, in order of execution: question A3 of the course.

``zoo complexity baseline`` compares every formula with one that it derives itself, and with counts.
"""

from __future__ import annotations

from zoo.api import LayerCost

HALF, QUARTER = "(H//2) * (W//2)", "(H//4) * (W//4)"
"""Values of one channel after one pooling, and after two. A pooling drops an odd row or column."""

HALF_AGAIN, FULL_AGAIN = "(2 * (H//4)) * (2 * (W//4))", "(4 * (H//4)) * (4 * (W//4))"
"""The same on the way up, which starts from what the poolings have left."""


def conv(layer: str, channels_in: str, channels_out: str, height: str, width: str) -> LayerCost:
    """A convolution, on maps of the given height and width.

    Every output value is a sum over k x k taps of every input channel; one channel of output shares its weights. Of
    the k taps along an axis of N values, those at the border fall on padding: k N - (k**2 - 1)/4 in all do not.
    """
    rows, columns = f"(k * {height} - (k**2 - 1)/4)", f"(k * {width} - (k**2 - 1)/4)"
    return LayerCost(
        layer,
        weights=f"k**2 * ({channels_in}) * ({channels_out})",
        biases=channels_out,
        outputs=f"({channels_out}) * {height} * {width}",
        connections=f"k**2 * ({channels_in}) * ({channels_out}) * {height} * {width}",
        unpadded=f"{rows} * {columns} * ({channels_in}) * ({channels_out})",
    )


def resample(layer: str, channels: str, area: str) -> LayerCost:
    """Pooling or upsampling: no weights, and as many values as the new size has."""
    return LayerCost(layer, outputs=f"({channels}) * {area}")


def norm(layer: str, channels: str, area: str) -> LayerCost:
    """BatchNorm: a scale and a shift a channel, and a full map out, not nothing."""
    return LayerCost(layer, weights=channels, biases=channels, outputs=f"({channels}) * {area}")


def relu(layer: str, channels: str, area: str) -> LayerCost:
    """ReLU: a full map out."""
    return LayerCost(layer, outputs=f"({channels}) * {area}")


LAYERS = (
    # down: convolution at the old size, then everything else at the new one
    conv("layer1.0", "NIC", "NF", "H", "W"),
    resample("layer1.1", "NF", HALF),
    norm("layer1.2", "NF", HALF),
    relu("layer1.3", "NF", HALF),
    conv("layer2.0", "NF", "2*NF", "(H//2)", "(W//2)"),
    resample("layer2.1", "2*NF", QUARTER),
    norm("layer2.2", "2*NF", QUARTER),
    relu("layer2.3", "2*NF", QUARTER),
    # the bottleneck
    conv("layer3.0", "2*NF", "2*NF", "(H//4)", "(W//4)"),
    norm("layer3.1", "2*NF", QUARTER),
    relu("layer3.2", "2*NF", QUARTER),
    # up
    conv("layer4.0", "2*NF", "NF", "(H//4)", "(W//4)"),
    resample("layer4.1", "NF", HALF_AGAIN),
    norm("layer4.2", "NF", HALF_AGAIN),
    relu("layer4.3", "NF", HALF_AGAIN),
    conv("layer5.0", "NF", "NC", "(2 * (H//4))", "(2 * (W//4))"),
    resample("layer5.1", "NC", FULL_AGAIN),
    norm("layer5.2", "NC", FULL_AGAIN),
    relu("layer5.3", "NC", FULL_AGAIN),
    conv("layer6", "NC", "NC", "(4 * (H//4))", "(4 * (W//4))"),
)
