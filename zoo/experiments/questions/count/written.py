"""The table of the write-up's answer to A3, typed in as it stands there."""

from __future__ import annotations

from dataclasses import dataclass

QUANTITIES = ("weights", "outputs", "connections")

SMALL, LARGE = "32x32", "64x64"
"""The course's size of pictures, and the doubled one."""

SYMBOLS = ("k", "NIC", "NF", "NC", "H", "W")
FIXED = {"k": 3, "NIC": 1, "H": 32, "W": 32}
"""What the write-up's totals take for granted."""


@dataclass(frozen=True)
class Line:
    """A line of the write-up's table, in Python's arithmetic. Its ``channel`` is our NIC.

    Attributes:
        name: number of the layer, and what it is.
        layer: the same in the network.
        weights: formula of the weights, biases included.
        outputs: formula of the values put out.
        connections: formula of the connections.
    """

    name: str
    layer: str
    weights: str
    outputs: str
    connections: str = "0"

    def claimed(self, quantity: str) -> str:
        """One of the formulas."""
        return {"weights": self.weights, "outputs": self.outputs, "connections": self.connections}[quantity]


LINES = (
    Line("1 conv", "layer1.0", "k**2 * NIC * NF + NF", "W * H * NF", "W * H * k**2 * NF * NIC"),
    Line("1 max-pool", "layer1.1", "0", "W/2 * H/2 * NF"),
    Line("1 BatchNorm", "layer1.2", "2 * NF", "0"),
    Line("2 conv", "layer2.0", "k**2 * NF * 2*NF + 2*NF", "W/2 * H/2 * 2*NF", "W/2 * H/2 * k**2 * NF * 2*NF"),
    Line("2 max-pool", "layer2.1", "0", "W/4 * H/4 * 2*NF"),
    Line("2 BatchNorm", "layer2.2", "2 * 2 * NF", "0"),
    Line("3 conv", "layer3.0", "k**2 * 2*NF * 2*NF + 2*NF", "W/4 * H/4 * 2*NF", "W/4 * H/4 * k**2 * 2*NF * 2*NF"),
    Line("3 BatchNorm", "layer3.1", "2 * 2 * NF", "0"),
    Line("4 conv", "layer4.0", "k**2 * 2*NF * NF + NF", "W/4 * H/4 * NF", "W/4 * H/4 * k**2 * 2*NF * NF"),
    Line("4 upsample", "layer4.1", "0", "W/2 * H/2 * NF"),
    Line("4 BatchNorm", "layer4.2", "2 * NF", "0"),
    Line("5 conv", "layer5.0", "k**2 * 2*NF * NC + NC", "W/2 * H/2 * NC", "W/2 * H/2 * k**2 * NF * NC"),
    Line("5 upsample", "layer5.1", "0", "W * H * NC"),
    Line("5 BatchNorm", "layer5.2", "2 * NC", "0"),
    Line("6 conv", "layer6", "k**2 * NC * NC + NC", "W * H * NC", "W * H * k**2 * NC * NC"),
)
"""The write-up's table."""

LEFT_OUT = {
    "1 ReLU": "layer1.3",
    "2 ReLU": "layer2.3",
    "3 ReLU": "layer3.2",
    "4 ReLU": "layer4.3",
    "5 ReLU": "layer5.3",
}
"""What the network computes, and the table does not list."""

TOTALS: dict[str, str] = {
    "weights": "27*NF + 72*NF**2 + 9*NC**2 + 9*NF*NC + 4*NC",
    "outputs": "2368*NF + 2304*NC",
    "connections": "9216*NF + 8064*NF**2 + 2304*NF*NC + 9216*NC**2",
}
"""The write-up's totals."""

DOUBLED: dict[str, str] = {
    "weights": "27*NF + 72*NF**2 + 9*NC**2 + 9*NF*NC + 4*NC",
    "outputs": "9472*NF + 9216*NC",
    "connections": "36864*NF + 32256*NF**2 + 9216*NF*NC + 36864*NC**2",
}
"""Its totals after the height and width of the picture are doubled."""
