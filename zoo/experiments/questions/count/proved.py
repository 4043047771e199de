"""What the core proves of the baseline's cost, as polynomials: the side of A3 that the write-up is held against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from zoo.api.experiment import Measured
from zoo.complexity.algebra.formula import Formula
from zoo.complexity.algebra.notation import reduced, write
from zoo.complexity.algebra.polynomial import Polynomial, total
from zoo.experiments.questions.count import written


class Proved:
    """What `count_network` left, with formulas as polynomials.

    Args:
        measured: its JSON.
    """

    def __init__(self, measured: Measured) -> None:
        self.point: dict[str, int] = measured["point"]
        self.layers: dict[str, Any] = measured["layers"]
        self.tested_at: int = measured["tested_at"]

    def formula(self, layer: str, quantity: str) -> Polynomial:
        """The formula of a layer's quantity; weights include biases."""
        formula = read(self.layers[layer][quantity]["formula"])
        return formula + read(self.layers[layer]["biases"]["formula"]) if quantity == "weights" else formula

    def total(self, quantity: str, kinds: Sequence[str] = ()) -> Polynomial:
        """The sum over layers, all or those of some kinds."""
        layers = [name for name, layer in self.layers.items() if not kinds or layer["kind"] in kinds]
        return total(written.SYMBOLS, (self.formula(layer, quantity) for layer in layers))

    def standing(self) -> str:
        """How many formulas are proved, in a sentence."""
        quantities = ("weights", "biases", "outputs", "connections")
        statuses = [layer[quantity]["status"] for layer in self.layers.values() for quantity in quantities]
        return (
            f"{statuses.count('proved')} of {len(statuses)} are proved from the network's code, and all were compared "
            f"with counts at {self.tested_at} points."
        )

    def value(self, quantity: str) -> int:
        """The sum over all layers, as counted."""
        columns = ("weights", "biases") if quantity == "weights" else (quantity,)
        return sum(layer[column]["value"] for layer in self.layers.values() for column in columns)


def read(text: str) -> Polynomial:
    """A formula in Python's arithmetic as a polynomial in `written.SYMBOLS`."""
    polynomial = Formula.parse(text).polynomial(written.SYMBOLS, {})
    assert polynomial is not None  # sums of products all, as typed or derived
    return polynomial


def at(polynomial: Polynomial, values: Mapping[str, int]) -> Polynomial:
    """The polynomial with some symbols replaced by numbers."""
    terms = []
    for monomial, coefficient in polynomial.terms.items():
        for symbol, exponent in zip(written.SYMBOLS, monomial, strict=True):
            coefficient *= values.get(symbol, 1) ** exponent
        kept = tuple(0 if s in values else e for s, e in zip(written.SYMBOLS, monomial, strict=True))
        terms.append((kept, coefficient))
    return Polynomial.make(written.SYMBOLS, terms)


def expanded(polynomial: Polynomial) -> str:
    """A sum of products, as in the write-up, rather than factored."""
    text = ""
    for monomial, coefficient in sorted(polynomial.terms.items(), key=lambda term: term[1] < 0):
        term = write(Polynomial.make(written.SYMBOLS, [(monomial, abs(coefficient))]))
        sign = "-" if coefficient < 0 else "+"
        text += f" {sign} {term}" if text else f"-{term}" if coefficient < 0 else term
    return text or "0"


def sum_of_lines(quantity: str) -> Polynomial:
    """What the lines of the write-up's table add up to, at what its totals take for granted."""
    return at(total(written.SYMBOLS, (read(line.claimed(quantity)) for line in written.LINES)), written.FIXED)


def number(polynomial: Polynomial, point: Mapping[str, int]) -> str:
    """The value at a point, with thousands set apart."""
    return f"{int(polynomial.at(point)):,}"


def growth(small: Proved, large: Proved, quantity: str) -> tuple[Fraction | None, Fraction]:
    """The factor by algebra, if it is the same for all sizes and settings, and the factor by counting."""
    before = small.total(quantity)
    above, below = reduced(before.scaled({"H": 2, "W": 2}), before)
    constant = above.is_constant and below.is_constant
    zero = dict.fromkeys(written.SYMBOLS, 0)
    return above.at(zero) / below.at(zero) if constant else None, Fraction(large.value(quantity), small.value(quantity))
