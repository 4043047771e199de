"""Right answers, derived by the zoo when they are asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from zoo.complexity.algebra.polynomial import Polynomial, total
from zoo.quiz.kinds import SYMBOLS, Truth

if TYPE_CHECKING:
    from torch import nn

    from zoo.complexity.deriving.result import Report
    from zoo.registry import Registry


def cost(name: str, parts: dict[str, tuple[str, str]]) -> Callable[[Registry], Truth]:
    """The cost of layers of an architecture, as a sum of parts.

    Args:
        name: of the architecture.
        parts: a layer and a column of `zoo complexity`, by what the part is called.
    """

    def derive(registry: Registry) -> Truth:
        report = report_of(registry, name)
        formulas = {label: formula_of(report, *place) for label, place in parts.items()}
        return Truth(formulas, report.point)

    return derive


def report_of(registry: Registry, name: str, *, padding: bool = True) -> Report:
    """The complexity of an architecture at its defaults, formulas included."""
    from zoo.complexity import report
    from zoo.complexity.deriving.conventions import Conventions

    return report(registry.architecture(name).value, conventions=Conventions(padding=padding))


def formula_of(report: Report, layer: str, column: str) -> Polynomial:
    """The derived formula of a layer."""
    row = report.row(layer)
    assert row is not None, layer
    formula = row.cells[column].formula
    assert formula is not None, f"{layer} {column} was not derived"
    return formula.over(SYMBOLS)


def sum_of(report: Report, kind: str, *columns: str) -> Polynomial:
    """The sum over the layers of a kind, such as ``connected`` or ``normalization``."""
    rows = [row.layer for row in report.rows if row.kind == kind]
    return total(SYMBOLS, (formula_of(report, layer, column) for layer in rows for column in columns))


def total_of(report: Report, *columns: str) -> Polynomial:
    """The sum over all layers."""
    return total(SYMBOLS, (formula_of(report, row.layer, column) for row in report.rows for column in columns))


def fresh(registry: Registry, name: str, seed: int = 0, *, skips: str | None = None) -> nn.Module:
    """An untrained network of the course's sizes; ``skips`` is a setting of the U-Net's."""
    from zoo.library import build

    if skips is None:
        return build(name, seed=seed, registry=registry)
    return build(name, seed=seed, registry=registry, skips=skips)


def seen_columns(module: nn.Module, size: int = 32, channels: int = 1) -> int:
    """How many columns of the picture an output value in the middle depends on.

    Every column is raised in turn. All weights are made positive first, so that no two paths cancel.
    """
    import torch

    module = module.double().eval()
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(parameter.abs() + 0.1)
        same_NCHW = torch.ones(size + 1, channels, size, size, dtype=torch.float64)
        raised = torch.arange(size)
        same_NCHW[raised, :, :, raised] += 10.0  # the last picture of the batch stays as it is
        y_NKHW = module(same_NCHW)
        middle_NK = y_NKHW[:, :, y_NKHW.shape[2] // 2, y_NKHW.shape[3] // 2]
        return int((middle_NK[:-1] != middle_NK[-1]).any(dim=1).sum())
