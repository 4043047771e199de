"""Rows of a report folded to a depth: what a whole block of layers costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

import torch
from torch import nn

from zoo.complexity.counting.meta import MetaMode
from zoo.complexity.counting.rows import KINDS
from zoo.complexity.counting.rules import tensors_in
from zoo.complexity.counting.stack import ROOT
from zoo.complexity.deriving.result import Report, ReportRow, sum_cells
from zoo.complexity.deriving.subject import Subject
from zoo.errors import UserError

AnyReport = TypeVar("AnyReport", bound=Report)


def folded_name(layer: str, depth: int | None) -> str:
    """The module at a depth that a row belongs to; an operation, as in ``layer1:relu``, counts as one level."""
    if depth is None:
        return layer
    path, colon, _ = layer.partition(":")
    parts = [] if colon and path == ROOT else path.split(".")
    if len(parts) + bool(colon) <= depth:
        return layer
    return ".".join(parts[:depth])


def fold(report: AnyReport, depth: int) -> AnyReport:
    """A report whose rows are the modules at a depth, each the sum of the rows inside it.

    Args:
        report: the report, a row a layer.
        depth: how many names, joined by dots, a row may have.

    Raises:
        UserError: if the depth is below 1.
    """
    if depth < 1:
        raise UserError(f"--depth must be at least 1, not {depth}.")
    groups: dict[str, list[ReportRow]] = {}
    for row in report.rows:
        groups.setdefault(folded_name(row.layer, depth), []).append(row)
    shapes = _output_shapes(report.subject, [name for name, rows in groups.items() if _is_folded(name, rows)])
    rows = [
        _folded(report, name, rows, shapes.get(name, ())) if _is_folded(name, rows) else rows[0]
        for name, rows in groups.items()
    ]
    return replace(report, rows=rows)


def _is_folded(name: str, rows: Sequence[ReportRow]) -> bool:
    return len(rows) > 1 or rows[0].layer != name


def _folded(report: Report, name: str, rows: Sequence[ReportRow], shape: tuple[int, ...]) -> ReportRow:
    return ReportRow(
        name,
        max((row.kind for row in rows), key=KINDS.index),
        max(row.calls for row in rows),
        shape,
        (None,) * len(shape),
        {column: sum_cells(report.subject, [row.cells[column] for row in rows]) for column in report.totals},
    )


def _output_shapes(subject: Subject, names: Sequence[str]) -> Mapping[str, tuple[int, ...]]:
    """What modules put out at the current configuration, without the batch; those that are never called are missing."""
    module = subject.module(subject.point).eval()
    shapes: dict[str, tuple[int, ...]] = {}
    modules = dict(module.named_modules())

    def note(name: str, called: nn.Module, inputs: object, output: object) -> None:
        tensors = tensors_in(output)
        if tensors:
            shapes[name] = tuple(tensors[0].shape[1:])

    handles = [modules[name].register_forward_hook(partial(note, name)) for name in names if name in modules]
    try:
        with torch.no_grad(), MetaMode():  # type: ignore[no-untyped-call]
            module(torch.empty(subject.input_shape(subject.point), device="meta"))
    finally:
        for handle in handles:
            handle.remove()
    return shapes
