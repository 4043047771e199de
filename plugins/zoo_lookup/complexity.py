"""The lookup table's cost: nothing is trained, nothing is multiplied."""

from __future__ import annotations

from zoo.api import LayerCost

LAYERS = (LayerCost("model", outputs="NC * H * W"),)
"""A row of the table for every pixel. The 256 NC entries are counted frequencies: a buffer, and no weights."""
