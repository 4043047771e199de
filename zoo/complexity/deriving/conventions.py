"""What is counted in, and what is left out: stated under every table, and switchable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

COLUMNS = ("weights", "biases", "outputs", "connections")
"""What a table shows of a layer."""


@dataclass(frozen=True)
class Conventions:
    """What counts.

    Attributes:
        biases: parameters that are added count.
        bias_connections: adding a bias to a value is a connection too.
        normalization: normalization layers (BatchNorm and its like) count.
        resampling: pooling and upsampling layers count.
        activations: activation layers count.
        padding: connections to padding count.
    """

    biases: bool = True
    bias_connections: bool = False
    normalization: bool = True
    resampling: bool = True
    activations: bool = True
    padding: bool = True

    def shows(self, kind: str) -> bool:
        """Whether layers of that kind count."""
        left_out = {
            "normalization": not self.normalization,
            "resampling": not self.resampling,
            "activation": not self.activations,
        }
        return not left_out.get(kind, False)

    def columns(self) -> tuple[str, ...]:
        """The columns of the table."""
        return COLUMNS if self.biases else tuple(c for c in COLUMNS if c != "biases")

    def parts(self, column: str) -> tuple[str, ...]:
        """The quantities that add up to a column; see `zoo.complexity.counting.rows.Row`."""
        if column != "connections":
            return (column,)
        taps = "connections" if self.padding else "unpadded"
        return (taps, "bias_connections") if self.bias_connections else (taps,)

    def sentences(self) -> list[str]:
        """The conventions in words, for the foot of a table."""
        say: Callable[[bool], str] = lambda with_it: "with" if with_it else "without"  # noqa: E731
        return [
            "One connection is one multiply-add for one picture, "
            f"{say(self.padding)} those to padding and {say(self.bias_connections)} those from a bias; "
            "normalization, pooling and activation make none.",
            f"Counted {say(self.biases)} biases, {say(self.normalization)} normalization (scale: weights, "
            f"shift: biases), {say(self.resampling)} pooling and upsampling, "
            f"{say(self.activations)} activation layers.",
        ]
