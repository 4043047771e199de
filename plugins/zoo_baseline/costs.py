"""What one layer of each kind costs, by hand; of these the costs of the course's networks are made."""

from __future__ import annotations

from zoo.api import LayerCost


def conv(layer: str, channels_in: str, channels_out: str, height: str, width: str, *, zeros: str = "0") -> LayerCost:
    """A convolution, on maps of the given height and width.

    Every output value is a sum over k x k taps of every input channel; one channel of output shares its weights. Of
    the k taps along an axis of N values, those at the border fall on padding: k N - (k**2 - 1)/4 in all do not. `zeros`
    input channels that hold nothing but zeros are padding throughout.
    """
    rows, columns = f"(k * {height} - (k**2 - 1)/4)", f"(k * {width} - (k**2 - 1)/4)"
    return LayerCost(
        layer,
        weights=f"k**2 * ({channels_in}) * ({channels_out})",
        biases=channels_out,
        outputs=f"({channels_out}) * {height} * {width}",
        connections=f"k**2 * ({channels_in}) * ({channels_out}) * {height} * {width}",
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
