"""The baseline's cost, derived by hand, in order of execution: question A3 of the course.

``zoo complexity baseline`` compares every formula with one that it derives itself, and with counts.
"""

from __future__ import annotations

from zoo_baseline.costs import conv, norm, relu, resample

HALF, QUARTER = "(H//2) * (W//2)", "(H//4) * (W//4)"
"""Values of one channel after one pooling, and after two. A pooling drops an odd row or column."""

HALF_AGAIN, FULL_AGAIN = "(2 * (H//4)) * (2 * (W//4))", "(4 * (H//4)) * (4 * (W//4))"
"""The same on the way up, which starts from what the poolings have left."""


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
