"""The tables of `conv-ladder`."""

from __future__ import annotations

from collections.abc import Sequence

from zoo.api import Measured, Table
from zoo_myconv.ladder import TORCH
from zoo_myconv.ladder.numbers import mean, rungs


def means_table(layers: Sequence[Measured]) -> Table:
    """Time and memory of every rung, averaged over the layers."""
    rows = []
    for rung in rungs(layers):
        means = [f"{mean(layers, rung, name):.2f}" for name in ("forward_s", "both_s", "saved_bytes", "peak_bytes")]
        error = max(layer["rungs"][rung]["error"] for layer in layers)
        connections = sum(layer["rungs"][rung]["connections"] for layer in layers)
        rows.append([rung, *means, f"{error:.0e}", f"{connections:,}"])
    head = ["", "forward", "and backward", "kept", "peak", "error", "connections"]
    return Table(head, rows, f"Over {TORCH}, geometric means over the layers; largest error; connections per picture")


def times_table(layers: Sequence[Measured]) -> Table:
    """Time of every rung on every layer."""
    rows = [[rung, *(f"{layer['rungs'][rung]['both_s'] * 1000:.1f}" for layer in layers)] for rung in rungs(layers)]
    return Table(["", *(layer["layer"] for layer in layers)], rows, "Forward and backward by layer, ms per batch")
