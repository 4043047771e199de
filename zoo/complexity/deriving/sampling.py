"""Test points over the whole domain of a formula, and the box in which it passed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

from zoo.complexity.deriving.axes import Axis, Point

LARGEST = 2048
"""The largest size, and the largest setting without a bound of its own, at which formulas are tested."""

LARGEST_MASKED = 128
"""The same for sizes of networks whose padding is followed with masks, which have as many values as the picture."""

Box = dict[str, tuple[int, int]]
"""The smallest and the largest value of every symbol."""


def points_needed(layers: int, proved: bool) -> int:
    """The number of test points: fewer for networks of many layers, and where the test only cross-checks a proof."""
    return max(6, 200 // layers) if proved else max(40, min(200, 6000 // layers))


def sample(axes: Sequence[Axis], moduli: Mapping[str, int], largest: int, count: int, random: Random) -> list[Point]:
    """Points over the whole domain.

    Every symbol takes its smallest values one after another, so that all remainders by small numbers occur, and then
    values spread evenly in their logarithm up to the largest; which values meet in a point is random.

    Args:
        axes: the symbols that vary.
        moduli: the step of each; values leave the same remainder as the current one.
        largest: the largest value of a symbol that has no bound.
        count: the number of points.
        random: shuffles.
    """
    columns = {}
    for axis in axes:
        values = allowed(axis, moduli.get(axis.symbol, 1), largest)
        column = list(values[: count // 2])
        last = len(values) - 1
        first = min(len(column), last)
        while len(column) < count:
            share = random.random()
            column.append(values[min(last, round((first + 1) * ((last + 1) / (first + 1)) ** share) - 1)])
        column[-1] = values[last]
        random.shuffle(column)
        columns[axis.symbol] = column
    return [{symbol: column[i] for symbol, column in columns.items()} for i in range(count)]


def allowed(axis: Axis, modulus: int, largest: int) -> list[int]:
    """The values that a symbol may take, up to the largest, with the remainder of the current one."""
    residue = axis.value % modulus
    if axis.choices:
        return [value for value in sorted(axis.choices) if value % modulus == residue]
    high = max(axis.value, largest) if axis.high is None else axis.high
    first = axis.low + (residue - axis.low) % modulus
    return [value for value in range(first, high + 1, modulus) if value % 2 or not axis.odd] or [axis.value]


def box_without(failures: Sequence[Point], passes: Sequence[Point], inside: Point) -> Box:
    """The box that holds no failure, and many of the points that passed.

    Args:
        failures: points that must lie outside.
        passes: points that passed.
        inside: a point that must lie inside.
    """
    box = {s: (min(p[s] for p in passes), max(p[s] for p in passes)) for s in inside}
    left = [point for point in failures if _within(point, box)]
    while left:
        cuts = [cut for point in left for cut in _cuts(point, box, inside)]
        if not cuts:
            return {symbol: (value, value) for symbol, value in inside.items()}
        box = max(cuts, key=lambda cut: sum(_within(point, cut) for point in passes))
        left = [point for point in left if _within(point, box)]
    kept = [point for point in passes if _within(point, box)] or [inside]
    return {s: (min(p[s] for p in kept), max(p[s] for p in kept)) for s in inside}


def _cuts(failure: Point, box: Box, inside: Point) -> list[Box]:
    """The boxes that leave a point out and stay around another."""
    cuts = []
    for symbol, (low, high) in box.items():
        if inside[symbol] < failure[symbol]:
            cuts.append({**box, symbol: (low, failure[symbol] - 1)})
        elif inside[symbol] > failure[symbol]:
            cuts.append({**box, symbol: (failure[symbol] + 1, high)})
    return cuts


def _within(point: Point, box: Box) -> bool:
    return all(low <= point[symbol] <= high for symbol, (low, high) in box.items())
