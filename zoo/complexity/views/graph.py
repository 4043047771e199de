"""The network as a graph: which layer's output goes into which, found by running it without data."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from zoo.complexity.counting import rules
from zoo.complexity.counting.counter import Counter
from zoo.complexity.counting.meta import name_of
from zoo.complexity.counting.rows import Count, Row
from zoo.complexity.counting.stack import ModuleStack
from zoo.complexity.deriving.result import Report, ReportRow
from zoo.complexity.views.folding import folded_name

INPUT, OUTPUT = "input", "output"

Sources = frozenset[str]
"""The nodes that a tensor comes from."""


@dataclass(frozen=True)
class Node:
    """A box of the graph.

    Attributes:
        name: the layer, or the operation that joins branches, as in ``model:cat``.
        kind: one of `zoo.complexity.counting.rows.KINDS`, or ``join``, or ``end`` for input and output.
        shape: what it puts out, without the batch.
        row: the layer's row in the report, if it has one.
    """

    name: str
    kind: str
    shape: tuple[int, ...]
    row: ReportRow | None = None


@dataclass
class Graph:
    """A network's layers in order of execution, and what flows between them.

    Attributes:
        nodes: by name; the first is the input, the last the output.
        edges: pairs of names, from and to.
    """

    nodes: dict[str, Node] = field(default_factory=dict)
    edges: dict[tuple[str, str], None] = field(default_factory=dict)


def trace_graph(report: Report, depth: int | None = None) -> Graph:
    """Follow every tensor from the picture to the output.

    Args:
        report: the network; its rows are the nodes.
        depth: the depth that the rows are folded to, if they are.
    """
    subject = report.subject
    module = subject.module(subject.point).eval()
    count = Count()
    stack = _Stack(module, count)
    tracer = _Tracer(stack, count, report, depth)
    inputs = torch.empty(subject.input_shape(subject.point), device="meta")
    tracer.begin(inputs)
    with torch.no_grad(), stack, tracer:
        output = module(inputs)
    tracer.end(rules.tensors_in(output))
    return tracer.graph


class _Stack(ModuleStack):
    """Says in which row what runs now belongs."""

    written: str | None = None

    def row(self, operation: str, out: Tensor | tuple[Tensor, ...] | None) -> Row:
        row = super().row(operation, out)
        self.written = row.layer
        return row

    def place(self) -> str | None:
        frame = self._frames[-1]
        return frame.path if frame.whole else self.written


class _Tracer(Counter):  # type: ignore[no-untyped-call]
    """Draws edges while the network is counted."""

    def __init__(self, stack: _Stack, count: Count, report: Report, depth: int | None) -> None:
        super().__init__(stack, count, follow_padding=False)
        self.graph = Graph()
        self._place = stack.place
        self._forget: Callable[[], None] = lambda: setattr(stack, "written", None)
        self._rows = {row.layer: row for row in report.rows}
        self._depth = depth
        self._sources: dict[int, Sources] = {}
        self._alive: list[Tensor] = []  # lest an id be used twice
        self._joins: Tally[str] = Tally()

    def begin(self, inputs: Tensor) -> None:
        """Start at the picture."""
        self.see_input(inputs)
        self.graph.nodes[INPUT] = Node(INPUT, "end", tuple(inputs.shape[1:]))
        self._mark([inputs], frozenset({INPUT}))

    def end(self, outputs: Sequence[Tensor]) -> None:
        """End at what the network put out."""
        self.graph.nodes[OUTPUT] = Node(OUTPUT, "end", tuple(outputs[0].shape[1:]) if outputs else ())
        for source in self._in_order(self._sources_of(outputs)):
            self.graph.edges[source, OUTPUT] = None

    def operation(self, func: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Run, count and link one operation."""
        self._forget()
        out = super().operation(func, args, kwargs)
        sources = self._sources_of(rules.tensors_in([*args, *kwargs.values()]))
        if sources:
            outputs = rules.tensors_in(out)
            self._mark(outputs, self._passed(name_of(func)[0], sources, outputs))
        return out

    def _passed(self, operation: str, sources: Sources, outputs: Sequence[Tensor]) -> Sources:
        """Where the output of an operation comes from: the node that it belongs to, or what went in."""
        place = self._place()
        name = None if place is None else folded_name(place, self._depth)
        if name not in self._rows:
            if len(sources) < 2:
                return sources
            name = self._join(operation)
        assert name is not None
        if name not in self.graph.nodes:
            row = self._rows.get(name)
            shape = (row.shape if row else ()) or tuple(outputs[0].shape[1:])
            self.graph.nodes[name] = Node(name, row.kind if row else "join", shape, row)
        for source in self._in_order(sources - {name}):
            self.graph.edges[source, name] = None
        return frozenset({name})

    def _join(self, operation: str) -> str:
        """The node of an operation without a row, in which branches meet."""
        name = f"{self._stack.where()}:{operation}"
        folded = folded_name(name, self._depth)
        if folded in self._rows:
            return folded
        self._joins[folded] += 1
        return folded if self._joins[folded] == 1 else f"{folded}#{self._joins[folded]}"

    def _in_order(self, sources: Sources) -> list[str]:
        return [name for name in self.graph.nodes if name in sources]

    def _sources_of(self, tensors: Sequence[Tensor]) -> Sources:
        return frozenset().union(*(self._sources.get(id(tensor), frozenset()) for tensor in tensors))

    def _mark(self, tensors: Sequence[Tensor], sources: Sources) -> None:
        self._alive += tensors
        self._sources |= {id(tensor): sources for tensor in tensors}
