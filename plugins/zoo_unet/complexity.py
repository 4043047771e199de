"""The U-Net's cost, derived by hand, in order of execution.

It differs from the baseline's in what goes into layers 4, 5 and 6. ``zoo complexity unet`` compares every formula
with one that it derives itself, and with counts.
"""

from __future__ import annotations

from zoo.api import LayerCost

FULL, HALF, QUARTER = "H * W", "(H/2) * (W/2)", "(H/4) * (W/4)"
"""Values of one channel: at full size, after one pooling, after two. H and W must be multiples of four."""


def conv(layer: str, channels_in: str, channels_out: str, down: int, zeros: str = "0") -> LayerCost:
    """A convolution, on maps of H/down x W/down values.

    Every output value is a sum over k x k taps of every input channel; one channel of output shares its weights. Of
    the k taps along an axis of N values, those at the border fall on padding: k N - (k**2 - 1)/4 in all do not. Input
    channels that are nothing but zeros are padding throughout.
    """
    area = {1: FULL, 2: HALF, 4: QUARTER}[down]
    rows, columns = f"(k * H/{down} - (k**2 - 1)/4)", f"(k * W/{down} - (k**2 - 1)/4)"
    return LayerCost(
        layer,
        weights=f"k**2 * ({channels_in}) * ({channels_out})",
        biases=channels_out,
        outputs=f"({channels_out}) * {area}",
        connections=f"k**2 * ({channels_in}) * ({channels_out}) * {area}",
        unpadded=f"{rows} * {columns} * ({channels_in} - ({zeros})) * ({channels_out})",
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


def layers(skips: str) -> tuple[LayerCost, ...]:
    """All layers, for concatenated, added or zeroed skip connections."""

    def joined(up: str, down: str) -> str:
        """Channels of what a convolution on the way up sees."""
        return up if skips == "added" else f"{up} + {down}"

    def zeros(down: str) -> str:
        """Those of them that are zeros."""
        return down if skips == "zeroed" else "0"

    return (
        # down: convolution at the old size, then everything else at the new one
        conv("layer1.0", "NIC", "NF", 1),
        resample("layer1.1", "NF", HALF),
        norm("layer1.2", "NF", HALF),
        relu("layer1.3", "NF", HALF),
        conv("layer2.0", "NF", "2*NF", 2),
        resample("layer2.1", "2*NF", QUARTER),
        norm("layer2.2", "2*NF", QUARTER),
        relu("layer2.3", "2*NF", QUARTER),
        # the bottleneck
        conv("layer3.0", "2*NF", "2*NF", 4),
        norm("layer3.1", "2*NF", QUARTER),
        relu("layer3.2", "2*NF", QUARTER),
        # up: where the skip connections' maps are concatenated, more channels go in
        conv("layer4.0", joined("2*NF", "2*NF"), "NF", 4, zeros("2*NF")),
        resample("layer4.1", "NF", HALF),
        norm("layer4.2", "NF", HALF),
        relu("layer4.3", "NF", HALF),
        conv("layer5.0", joined("NF", "NF"), "NC", 2, zeros("NF")),
        resample("layer5.1", "NC", FULL),
        norm("layer5.2", "NC", FULL),
        relu("layer5.3", "NC", FULL),
        conv("layer6", joined("NC", "NIC"), "NC", 1, zeros("NIC")),
    )
