"""Prove formulas: run the network once with sizes that stand for all their values, and note what its code asks.

The counts that come out are polynomials, not numbers; they hold for every configuration at which the network's code
would answer the same questions in the same way. That region is known, and printed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import torch

from zoo.complexity.algebra.expression import Path, UnprovableError, path_at
from zoo.complexity.algebra.polynomial import Polynomial
from zoo.complexity.algebra.region import Region
from zoo.complexity.counting.counter import count
from zoo.complexity.counting.resizing import SymbolicFunctions
from zoo.complexity.counting.rows import Count
from zoo.complexity.counting.symbolic import expression_of, initializes, symbols_of
from zoo.complexity.deriving.axes import Axis, Key, Point
from zoo.complexity.deriving.subject import Subject


@dataclass(frozen=True)
class Trace:
    """One run with sizes that stand for all their values.

    Attributes:
        polynomials: by layer and quantity.
        region: where they hold; a symbol that was kept as a number has one value only there.
        unpadded_region: where those without padding hold.
        fixed: the symbols that had to be kept as numbers, each with the reason.
        point: where the questions were answered.
    """

    polynomials: dict[Key, Polynomial]
    region: Region
    unpadded_region: Region
    fixed: dict[str, str]
    point: Point

    def contains(self, point: Point, unpadded: bool = False) -> bool:
        """Whether the formulas are proved at a point."""
        region = self.unpadded_region if unpadded else self.region
        return all(point[s] == self.point[s] for s in self.fixed) and point in region

    def says(self) -> str:
        """Where the formulas are proved, in words."""
        numbers = [f"{symbol} = {self.point[symbol]}" for symbol in self.fixed]
        return ", ".join(text for text in [*numbers, self.region.says()] if text) or "all values"


def prove(subject: Subject, reference: Count) -> Trace | None:
    """The trace that leaves most symbols free: from the current configuration, or from larger pictures.

    At the current one, two sizes may happen to be equal, or a picture be as small as a window.
    """
    best = trace(subject, reference, subject.point)
    sizes = [axis for axis in subject.axes if axis.symbol in ("H", "W")]
    if best is not None and not any(axis.symbol in best.fixed for axis in sizes):
        return best
    for factor in (2, 3):
        point = {**subject.point, **{axis.symbol: axis.value * (factor + i) for i, axis in enumerate(sizes)}}
        count = subject.at(point)
        if count is not None and count.structure() == reference.structure():
            other = trace(subject, reference, point)
            if other is not None and (best is None or len(other.fixed) < len(best.fixed)):
                best = other
    return best


def trace(subject: Subject, reference: Count, point: Point) -> Trace | None:
    """Run with every symbol that the network's code lets stand for all its values; None if that is none.

    Args:
        subject: the network.
        reference: its count at the current configuration, for the layers that it should have.
        point: where the questions of the network's code are answered.
    """
    fixed: dict[str, str] = {}
    while len(fixed) < len(subject.symbols):
        free = {axis.symbol: axis for axis in subject.axes if axis.symbol not in fixed}
        path = path_at({s: point[s] for s in free}, {s: 2 for s, axis in free.items() if axis.odd})
        path.ignores = initializes
        try:
            counted = _run(subject, path, {s: point[s] for s in fixed})
        except UnprovableError as error:
            stuck = error.symbols & set(free)
            if not stuck:
                return None
            fixed |= dict.fromkeys(sorted(stuck), str(error))
            continue
        except Exception:  # torch words it in many ways: an operation does not take such sizes
            return None
        if _layers(counted) != _layers(reference):
            return None
        result = _finish(subject, path, counted, fixed, point)
        bound = result.region.tied()
        if not bound:
            return result
        fixed |= dict.fromkeys(sorted(bound), "its code asks for this value")
    return None


def _run(subject: Subject, path: Path, fixed: Point) -> Count:
    sizes = {**symbols_of(path), **fixed}
    at = {symbol: sizes[symbol] for symbol in subject.symbols}
    with torch.no_grad(), SymbolicFunctions():
        module = subject.build(at).eval()
        return count(module, torch.empty(subject.input_shape(at), device="meta"), aside=path.aside)


def _finish(subject: Subject, path: Path, counted: Count, fixed: dict[str, str], point: Point) -> Trace:
    expressions = {key: expression_of(value, path) for key, value in counted.values().items()}
    bounds = {axis.symbol: limits(axis) for axis in subject.axes if axis.symbol not in fixed}
    odd = frozenset(axis.symbol for axis in subject.axes if axis.odd)
    region, unpadded = (replace(path.region(aside), limits=bounds, odd=odd) for aside in (False, True))
    polynomials = {
        key: region.in_values(expression.current()).over(subject.symbols) for key, expression in expressions.items()
    }
    return Trace(polynomials, region, unpadded, fixed, point)


def _layers(counted: Count) -> list[tuple[Any, ...]]:
    """The layers, whatever is known of their padding."""
    return [entry[:-1] for entry in counted.structure()]


def limits(axis: Axis) -> tuple[int, int | None]:
    """The smallest and largest value that a symbol may have."""
    if axis.choices:
        return min(axis.choices), max(axis.choices)
    return axis.low, axis.high
