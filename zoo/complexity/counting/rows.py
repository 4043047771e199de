"""What is counted: a row a layer, and the kinds of layers."""

from __future__ import annotations

from dataclasses import dataclass, field

KINDS = ("other", "activation", "resampling", "normalization", "connected")
"""Kinds of layers; a layer that does several things is of the last of these that it does."""

QUANTITIES = ("weights", "biases", "outputs", "connections", "bias_connections", "unpadded")
"""What is counted of a layer; see `Row`."""


@dataclass
class Row:
    """What one layer costs, for one picture.

    Attributes:
        layer: its path in the module; where a module with children computes something itself, its path and the
            operation, as in ``layer1:relu``.
        kind: one of `KINDS`.
        calls: how often it ran.
        shape: what it put out when it last ran, without the batch.
        weights: parameters that are multiplied.
        biases: parameters that are added.
        outputs: values put out, all calls together.
        connections: multiply-adds, padding taps counted.
        bias_connections: values to which a bias was added.
        unpadded: the connections that touch no padding, or None if masks could not follow the padding.
    """

    layer: str
    kind: str = "other"
    calls: int = 0
    shape: tuple[int, ...] = ()
    weights: int = 0
    biases: int = 0
    outputs: int = 0
    connections: int = 0
    bias_connections: int = 0
    unpadded: int | None = 0

    def be(self, kind: str) -> None:
        """Note that the layer does something of that kind."""
        if KINDS.index(kind) > KINDS.index(self.kind):
            self.kind = kind

    def connect(self, connections: int, unpadded: int | None) -> None:
        """Add connections to the layer."""
        self.be("connected")
        self.connections += connections
        self.unpadded = None if unpadded is None or self.unpadded is None else self.unpadded + unpadded


@dataclass
class Count:
    """A whole network, counted at one point.

    Attributes:
        rows: by layer, in order of execution.
        standing: multiply-adds of weights alone, which are the same for every picture.
        masked: whether a network that pads by hand was followed with masks, which makes large pictures slow.
    """

    rows: dict[str, Row] = field(default_factory=dict)
    standing: int = 0
    masked: bool = False

    def row(self, layer: str) -> Row:
        """The row of a layer, made if it is new."""
        return self.rows.setdefault(layer, Row(layer))

    def structure(self) -> tuple[tuple[str, str, int, int, bool], ...]:
        """What must stay the same for the counts at two points to be values of the same formulas."""
        return tuple((r.layer, r.kind, r.calls, len(r.shape), r.unpadded is None) for r in self.rows.values())

    def values(self) -> dict[tuple[str, str], int]:
        """Every number that is known, by layer and quantity; ``size0``, ``size1``, ... are the output's shape."""
        numbers = {}
        for row in self.rows.values():
            for quantity in QUANTITIES:
                value = getattr(row, quantity)
                if value is not None:
                    numbers[row.layer, quantity] = value
            for i, size in enumerate(row.shape):
                numbers[row.layer, f"size{i}"] = size
        return numbers
