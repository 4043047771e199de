"""The verdicts of `count`."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from zoo.api.experiment import Verdict, graded
from zoo.complexity.algebra.polynomial import Polynomial
from zoo.experiments.questions.count import written
from zoo.experiments.questions.count.proved import Proved, at, expanded, growth, read, sum_of_lines


def verdicts(small: Proved, large: Proved) -> dict[str, Verdict]:
    """The claims, judged; see their rules."""
    return {
        "lines": _lines(small),
        "sums": _sums(),
        "totals": _totals(small),
        "doubling": _doubling(small, large),
    }


def _lines(small: Proved) -> Verdict:
    wrong = [
        f"{line.name} ({quantity})"
        for quantity in written.QUANTITIES
        for line in written.LINES
        if not (read(line.claimed(quantity)) - small.formula(line.layer, quantity)).is_zero
    ]
    every = len(written.LINES) * len(written.QUANTITIES)
    right = every - len(wrong)
    because = f"{right} of {every} formulas are the proved ones" + (
        f"; not: {', '.join(wrong)}. {len(written.LEFT_OUT)} ReLU layers are missing." if wrong else "."
    )
    return graded(because, holds=not wrong, in_part=2 * right >= every)


def _sums() -> Verdict:
    off = {quantity: sum_of_lines(quantity) - read(written.TOTALS[quantity]) for quantity in written.QUANTITIES}
    return _of_three(off, "are the sums", "the sum less the total")


def _totals(small: Proved) -> Verdict:
    proved = {quantity: at(small.total(quantity), written.FIXED) for quantity in written.QUANTITIES}
    off = {quantity: formula - read(written.TOTALS[quantity]) for quantity, formula in proved.items()}
    return _of_three(off, "are right at k = 3, NIC = 1, 32x32", "proved less claimed")


def _of_three(off: Mapping[str, Polynomial], claim: str, difference: str) -> Verdict:
    right = [quantity for quantity, polynomial in off.items() if polynomial.is_zero]
    wrong = [f"{q}: {difference} is {expanded(p)}" for q, p in off.items() if not p.is_zero]
    because = "; ".join([f"{' and '.join(right) or 'none'} {claim}", *wrong]) + "."
    return graded(because, holds=not wrong, in_part=bool(right))


def _doubling(small: Proved, large: Proved) -> Verdict:
    factors = {quantity: growth(small, large, quantity) for quantity in (*written.QUANTITIES, "unpadded")}
    right = {q: set(factors[q]) == {Fraction(factor)} for q, factor in zip(factors, (1, 4, 4, 4), strict=True)}
    padded = all(right[quantity] for quantity in written.QUANTITIES)
    counted = {quantity: f"{float(now):.6g}" for quantity, (_, now) in factors.items()}
    because = (
        f"weights times {counted['weights']}, outputs times {counted['outputs']}, connections times "
        f"{counted['connections']} with taps on padding and times {counted['unpadded']} without them, "
        "from 32x32 to 64x64."
    )
    return graded(because, holds=padded and right["unpadded"], in_part=padded)
