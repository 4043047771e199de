"""The numbers that `conv-ladder` is judged by: ratios to nn.Conv2d."""

from __future__ import annotations

import math
from collections.abc import Sequence

from zoo.api import Measured
from zoo_myconv.ladder import TORCH


def ratios(layers: Sequence[Measured], rung: str, quantity: str, over: str = TORCH) -> list[float]:
    """A figure in units of another rung's, layer by layer."""
    return [layer["rungs"][rung][quantity] / layer["rungs"][over][quantity] for layer in layers]


def mean(layers: Sequence[Measured], rung: str, quantity: str, over: str = TORCH) -> float:
    """The geometric mean over the layers of a figure, in units of another rung's."""
    return math.exp(sum(map(math.log, ratios(layers, rung, quantity, over))) / len(layers))


def rungs(layers: Sequence[Measured]) -> list[str]:
    """The rungs' names, nn.Conv2d's first."""
    return list(layers[0]["rungs"])


def listed(layers: Sequence[Measured], rung: str, quantity: str, over: str = TORCH) -> str:
    """The ratios in a sentence."""
    return ", ".join(f"{ratio:.2f}" for ratio in ratios(layers, rung, quantity, over))
