"""What each layer costs, from the zoo's own counting, as formulas in height and width that the page evaluates."""

from __future__ import annotations

from typing import Any

from zoo import complexity
from zoo.api import Architecture, Config
from zoo.complexity.algebra.notation import write
from zoo.complexity.algebra.polynomial import Polynomial
from zoo.complexity.deriving.result import Cell, Report
from zoo.errors import UserError

DERIVED_LAYERS = 100
"""Networks of more layers are counted without formulas, as deriving these takes many seconds."""

COLUMNS = ("weights", "biases", "outputs", "connections")


def costs(
    architecture: Architecture[Any],
    config: Config,
    *,
    in_channels: int,
    num_classes: int,
    size: tuple[int, int],
    layers: int,
) -> dict[str, Any]:
    """Costs by layer, for the page; empty if the network cannot be counted.

    Args:
        architecture: what is counted.
        config: its settings.
        in_channels: channels of its input (NIC).
        num_classes: classes (NC).
        size: height and width at which to count.
        layers: how many layers the network has.

    Returns:
        By path of the layer, then by column: ``value`` at that size, ``formula`` to read, and ``terms``, a list of
        ``[coefficient, exponent of H, exponent of W]``; both null where none was derived.
    """
    try:
        report = complexity.report(
            architecture,
            config,
            in_channels=in_channels,
            num_classes=num_classes,
            height=size[0],
            width=size[1],
            formulas=layers <= DERIVED_LAYERS,
        )
    except UserError:  # an operation without a counting rule; the page works without counts
        return {}
    return {row.layer: {column: _cell(row.cells[column], report) for column in COLUMNS} for row in report.rows}


def _cell(cell: Cell, report: Report) -> dict[str, Any]:
    if cell.formula is None:
        return {"value": cell.value, "formula": None, "terms": None}
    return {"value": cell.value, "formula": write(cell.formula), "terms": _terms(cell.formula, report.point)}


def _terms(formula: Polynomial, point: dict[str, int]) -> list[list[float]]:
    """A formula with numbers for all symbols but H and W."""
    terms = []
    for exponents, coefficient in formula.terms.items():
        powers = dict(zip(formula.symbols, exponents, strict=True))
        value = coefficient
        for symbol, exponent in powers.items():
            if symbol not in ("H", "W"):
                value *= point[symbol] ** exponent
        terms.append([float(value), powers.get("H", 0), powers.get("W", 0)])
    return terms
