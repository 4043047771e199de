"""The U-Net's cost, derived by hand, in order of execution.

It differs from the baseline's in what goes into layers 4, 5 and 6. ``zoo complexity unet`` compares every formula
with one that it derives itself, and with counts.
"""

from __future__ import annotations

from zoo.api import LayerCost
from zoo_baseline.costs import conv, norm, relu, resample

FULL, HALF, QUARTER = "H * W", "(H/2) * (W/2)", "(H/4) * (W/4)"
"""Values of one channel: at full size, after one pooling, after two. H and W must be multiples of four."""


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
        conv("layer1.0", "NIC", "NF", "H", "W"),
        resample("layer1.1", "NF", HALF),
        norm("layer1.2", "NF", HALF),
        relu("layer1.3", "NF", HALF),
        conv("layer2.0", "NF", "2*NF", "(H/2)", "(W/2)"),
        resample("layer2.1", "2*NF", QUARTER),
        norm("layer2.2", "2*NF", QUARTER),
        relu("layer2.3", "2*NF", QUARTER),
        # the bottleneck
        conv("layer3.0", "2*NF", "2*NF", "(H/4)", "(W/4)"),
        norm("layer3.1", "2*NF", QUARTER),
        relu("layer3.2", "2*NF", QUARTER),
        # up: where the skip connections' maps are concatenated, more channels go in
        conv("layer4.0", joined("2*NF", "2*NF"), "NF", "(H/4)", "(W/4)", zeros=zeros("2*NF")),
        resample("layer4.1", "NF", HALF),
        norm("layer4.2", "NF", HALF),
        relu("layer4.3", "NF", HALF),
        conv("layer5.0", joined("NF", "NF"), "NC", "(H/2)", "(W/2)", zeros=zeros("NF")),
        resample("layer5.1", "NC", FULL),
        norm("layer5.2", "NC", FULL),
        relu("layer5.3", "NC", FULL),
        conv("layer6", joined("NC", "NIC"), "NC", "H", "W", zeros=zeros("NIC")),
    )
