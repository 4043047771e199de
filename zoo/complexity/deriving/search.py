"""For every symbol, the values on which the counts are polynomials: the search that precedes interpolation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from zoo.complexity.counting.rows import Count
from zoo.complexity.deriving.axes import Axis, Domain, Line, Point, fit_line
from zoo.complexity.deriving.subject import Subject

_MASKED_POOL, _MASKED_START = 16, 48


def find_domains(
    subject: Subject, reference: Count, moduli: Mapping[str, tuple[int, int]]
) -> tuple[dict[str, Domain], dict[str, int]]:
    """The domain of every symbol, and the highest degree in it.

    Sizes come first: settings must fit the sizes that a network needs, not the other way round.

    Args:
        subject: the network.
        reference: its count at the current configuration.
        moduli: modulus and residue of the symbols of which they are known.
    """
    base = dict(subject.point)
    domains: dict[str, Domain] = {}
    degrees: dict[str, int] = {}
    axes = subject.axes
    if reference.masked:  # masks have as many values as the picture: stay with small ones
        axes = tuple(replace(a, pool=_MASKED_POOL, start=min(a.start, _MASKED_START)) for a in axes)
    for axis in sorted(axes, key=lambda axis: axis.symbol not in ("H", "W")):
        steps = [moduli[axis.symbol][0]] if axis.symbol in moduli else axis.moduli()
        match = _search(subject, axis, steps, base, reference)
        if match is None:
            domains[axis.symbol] = Domain(axis.symbol, 1, 0, [axis.value], reason=_why(subject, axis, base))
            continue
        domains[axis.symbol], line = match
        degrees[axis.symbol] = max(0, *line.degrees.values())
        base[axis.symbol] = domains[axis.symbol].values[1]
    return domains, degrees


def _search(
    subject: Subject, axis: Axis, moduli: Iterable[int], base: Point, reference: Count
) -> tuple[Domain, Line] | None:
    for modulus in moduli:
        domain = axis.domain(modulus)
        if len(domain.values) < 4:
            continue
        line = fit_line(
            domain,
            lambda value: subject.at({**base, axis.symbol: value}),
            lambda count: count.structure() == reference.structure(),
        )
        if line is not None:
            return domain, line
    return None


def _why(subject: Subject, axis: Axis, base: Point) -> str:
    others = [v for v in (axis.value + 1, axis.value + 2, 2 * axis.value) if axis.high is None or v <= axis.high]
    if all(subject.at({**base, axis.symbol: v}) is None for v in others):
        return f"it runs with no other {axis.symbol} that was tried"
    return f"no polynomial in {axis.symbol} was found"
