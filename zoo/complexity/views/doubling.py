"""Doubling algebra: what becomes of every quantity when some symbols are doubled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from zoo.complexity.algebra.notation import PYTHON, reduced, write_ratio
from zoo.complexity.algebra.polynomial import Polynomial, total
from zoo.complexity.counting.rows import Count
from zoo.complexity.deriving.axes import Axis
from zoo.complexity.deriving.derive import Derivation, derive
from zoo.complexity.deriving.result import Report
from zoo.complexity.deriving.subject import Subject
from zoo.errors import UserError, unknown


@dataclass(frozen=True)
class Ratio:
    """How a quantity grows.

    Attributes:
        now: the ratio at the current configuration, counted at both ends; None if the network does not run doubled.
        by_formula: the ratio there by the formulas, or None without formulas.
        above: its numerator as a polynomial, reduced; None without formulas.
        below: its denominator.
        limit: what it tends to as the doubled symbols grow; None without formulas.
    """

    now: Fraction | None
    by_formula: Fraction | None = None
    above: Polynomial | None = None
    below: Polynomial | None = None
    limit: Fraction | None = None

    @property
    def exact(self) -> Fraction | None:
        """The ratio if it is the same for all sizes."""
        if self.above is None or self.below is None or not (self.above.is_constant and self.below.is_constant):
            return None
        zero = dict.fromkeys(self.above.symbols, 0)
        return self.above.at(zero) / self.below.at(zero)

    @property
    def expression(self) -> str:
        """The ratio in Python's arithmetic, or empty."""
        return "" if self.above is None or self.below is None else write_ratio(self.above, self.below, PYTHON)

    def to_json(self) -> dict[str, Any]:
        """As JSON values; ratios as text, exact."""
        record = {"now": self.now, "by_formula": self.by_formula, "limit": self.limit}
        return {
            **{name: None if value is None else str(value) for name, value in record.items()},
            "expression": self.expression or None,
        }


@dataclass(frozen=True)
class Doubling:
    """A report's quantities after doubling, as ratios.

    Attributes:
        symbols: what is doubled.
        rows: by layer and column; a quantity that is zero has no ratio.
        totals: by column.
        notes: what the reader should know.
    """

    symbols: tuple[str, ...]
    rows: Mapping[str, Mapping[str, Ratio]]
    totals: Mapping[str, Ratio]
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "symbols": list(self.symbols),
            "rows": {layer: {c: r.to_json() for c, r in ratios.items()} for layer, ratios in self.rows.items()},
            "totals": {column: ratio.to_json() for column, ratio in self.totals.items()},
            "notes": list(self.notes),
        }


def parse_symbols(text: str, subject: Subject) -> tuple[str, ...]:
    """Read ``H,W`` as typed after ``--double``.

    Raises:
        UserError: if a symbol is unknown.
    """
    symbols = tuple(part.strip() for part in text.split(",") if part.strip())
    for symbol in symbols:
        if symbol not in subject.symbols:
            raise unknown("symbol", symbol, subject.symbols)
    if not symbols:
        raise UserError("--double needs symbols, as in --double H,W.")
    return tuple(dict.fromkeys(symbols))


def double(report: Report, symbols: Sequence[str]) -> Doubling:
    """Double symbols, by the formulas and by counting.

    Args:
        report: the network at its current size.
        symbols: what to double.
    """
    subject = report.subject
    factors = dict.fromkeys(symbols, 2)
    point = {symbol: value * factors.get(symbol, 1) for symbol, value in subject.point.items()}
    refused = [a.symbol for a in subject.axes if a.symbol in factors and not _allowed(a, point[a.symbol])]
    count = None if refused else subject.at(point)
    notes = []
    if refused:
        notes.append(f"{', '.join(refused)} doubled is not allowed here: ratios are of the formulas only, not counted.")
    elif count is None:
        notes.append(f"The network does not run doubled ({subject.failure}): ratios are of the formulas only.")
    after = _after(report, point, factors, count, notes)
    rows: dict[str, dict[str, Ratio]] = {}
    for row in report.rows:
        rows[row.layer] = {
            column: ratio
            for column in row.cells
            if (ratio := _ratio(report, after, count, [row.layer], column, factors)) is not None
        }
    layers = [row.layer for row in report.rows]
    totals = {
        column: ratio
        for column in report.totals
        if (ratio := _ratio(report, after, count, layers, column, factors)) is not None
    }
    return Doubling(tuple(symbols), rows, totals, tuple(notes))


def _allowed(axis: Axis, value: int) -> bool:
    within = (axis.high is None or value <= axis.high) and (not axis.choices or value in axis.choices)
    return within and not (axis.odd and value % 2 == 0)


def _after(
    report: Report, point: dict[str, int], factors: Mapping[str, int], count: Count | None, notes: list[str]
) -> Derivation | None:
    """The formulas that hold for the doubled size: other ones if it leaves another remainder, as 33 and 66 do."""
    derivation = report.derivation
    if derivation is None:
        return None
    moved = [
        domain.symbol
        for domain in derivation.domains.values()
        if domain.symbol in factors and not domain.fixed and point[domain.symbol] % domain.modulus != domain.residue
    ]
    fixed = [s for s in factors if derivation.domains[s].fixed]
    if fixed:
        notes.append(f"There are no formulas in {', '.join(fixed)}: ratios are counted only.")
        return None
    if not moved or count is None:
        return derivation
    notes.append(
        f"{', '.join(moved)} doubled is of another kind (see what the formulas hold for): derived anew for it."
    )
    return derive(report.subject.moved(point))


def _ratio(
    report: Report,
    after: Derivation | None,
    count: Count | None,
    layers: Sequence[str],
    column: str,
    factors: Mapping[str, int],
) -> Ratio | None:
    """The ratio of a column, summed over layers, or None if there is nothing to compare."""
    keys = [(layer, part) for layer in layers for part in report.conventions.parts(column)]
    before = report.subject.now().values()
    if any(key not in before for key in keys):
        return None
    value = sum(before[key] for key in keys)
    if not value:
        return None
    counted = count.values() if count else {}
    now = Fraction(sum(counted[k] for k in keys), value) if all(k in counted for k in keys) else None
    old = [report.derivation.formula(key) if report.derivation else None for key in keys]
    new = [after.formula(key) if after else None for key in keys]
    if None in old or None in new:
        return Ratio(now)
    symbols = report.subject.symbols
    top = total(symbols, (f for f in new if f is not None)).scaled(factors)
    bottom = total(symbols, (f for f in old if f is not None))
    by_formula = top.at(report.point) / bottom.at(report.point)
    if now is not None and now != by_formula:
        return Ratio(now)  # the size is too small for the formulas: see from where on they hold
    return Ratio(now, by_formula, *reduced(top, bottom), _limit(top, bottom, list(factors)))


def _limit(above: Polynomial, below: Polynomial, symbols: Sequence[str]) -> Fraction | None:
    """What a quotient tends to as symbols grow together, if that is a number."""
    tops = [_leading(p, symbols) for p in (above, below)]
    top, bottom = reduced(*tops)
    if not (top.is_constant and bottom.is_constant) or bottom.is_zero:
        return None
    zero = dict.fromkeys(top.symbols, 0)
    return top.at(zero) / bottom.at(zero)


def _leading(polynomial: Polynomial, symbols: Sequence[str]) -> Polynomial:
    """The terms of highest total degree in some symbols."""
    places = [polynomial.symbols.index(symbol) for symbol in symbols]
    degree = max((sum(m[p] for p in places) for m in polynomial.terms), default=0)
    kept = [(m, c) for m, c in polynomial.terms.items() if sum(m[p] for p in places) == degree]
    return Polynomial.make(polynomial.symbols, kept)
