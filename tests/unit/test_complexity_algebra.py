"""Polynomials, formulas as people write them, and interpolation: exact, whatever the polynomial."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zoo.complexity.algebra.formula import Formula
from zoo.complexity.algebra.interpolation import SingularSystemError, interpolate, solve, through
from zoo.complexity.algebra.notation import LATEX, PRETTY, PYTHON, reduced, write, write_ratio
from zoo.complexity.algebra.polynomial import Polynomial, total
from zoo.complexity.deriving.axes import Axis, degree_of
from zoo.errors import UserError

SYMBOLS = ("k", "NF", "H")

numbers = st.fractions(min_value=-20, max_value=20, max_denominator=16)
polynomials = st.dictionaries(st.tuples(*[st.integers(0, 3)] * 3), numbers, max_size=6).map(
    lambda terms: Polynomial.make(SYMBOLS, terms.items())
)
points = st.fixed_dictionaries({symbol: st.integers(1, 50) for symbol in SYMBOLS})


@given(polynomials, polynomials, points)
def test_arithmetic_is_that_of_the_values(a: Polynomial, b: Polynomial, point: dict[str, int]) -> None:
    assert (a + b).at(point) == a.at(point) + b.at(point)
    assert (a - b).at(point) == a.at(point) - b.at(point)
    assert (a * b).at(point) == a.at(point) * b.at(point)
    assert total(SYMBOLS, [a, b, a]).at(point) == 2 * a.at(point) + b.at(point)
    assert a.scaled({"H": 2}).at(point) == a.at({**point, "H": 2 * point["H"]})


@settings(deadline=None, max_examples=50)
@given(polynomials, points)
def test_what_is_written_in_python_reads_back_as_the_same(polynomial: Polynomial, point: dict[str, int]) -> None:
    formula = Formula.parse(write(polynomial, PYTHON))
    assert formula.at(point) == polynomial.at(point)
    assert formula.polynomial(SYMBOLS, {}) == polynomial


@settings(deadline=None, max_examples=50)
@given(polynomials, polynomials.filter(lambda p: not p.is_zero), points)
def test_a_reduced_quotient_has_the_same_value(a: Polynomial, b: Polynomial, point: dict[str, int]) -> None:
    top, bottom = reduced(a, b)
    assert top.at(point) * b.at(point) == a.at(point) * bottom.at(point)


@pytest.mark.parametrize(
    ("text", "pretty", "latex"),
    [
        ("k**2*NF*H/4", "k² NF H/4", r"\frac{k^{2}\,\mathrm{NF}\,H}{4}"),
        ("H*NF + H*k", "H (k + NF)", r"H\,\left(k + \mathrm{NF}\right)"),
        ("0", "0", "0"),
        ("-k + 1", "-(k - 1)", r"-\left(k - 1\right)"),
    ],
)
def test_how_formulas_look(text: str, pretty: str, latex: str) -> None:
    polynomial = Formula.parse(text).polynomial(SYMBOLS, {})
    assert polynomial is not None
    assert write(polynomial, PRETTY).replace("NF + k", "k + NF") == pretty
    assert write(polynomial, LATEX) == latex


def test_a_ratio_is_written_reduced() -> None:
    symbols = ("H",)
    h, one = Polynomial.symbol(symbols, "H"), Polynomial.constant(symbols, 1)
    assert write_ratio(h * h - one, h * h + h) == "(H - 1)/(H)"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("H // 4 * 4", 32),
        ("floor(H / 2)", 16),
        ("ceil(H/2)", 17),
        ("max(H, k) - min(H, k)", 30),
        ("-H % 4", 3),
        ("H/4", Fraction(33, 4)),
    ],
)
def test_formulas_may_floor(text: str, value: object) -> None:
    assert Formula.parse(text).at({"H": 33, "k": 3}) == value


def test_a_floor_is_a_polynomial_where_the_remainder_is_known() -> None:
    formula = Formula.parse("NF * (H // 4)")
    assert formula.polynomial(SYMBOLS, {}) is None
    polynomials = formula.polynomial(SYMBOLS, {"H": (8, 5)})
    assert polynomials is not None
    assert polynomials.at({"k": 1, "NF": 3, "H": 21}) == 3 * 5


@pytest.mark.parametrize(
    "text", ["__import__('os')", "H.real", "2.5 * H", "H +", "H ** W", "sum(H)", "[H]", "H if H else 1"]
)
def test_formulas_are_arithmetic_and_nothing_else(text: str) -> None:
    with pytest.raises(UserError, match="formula"):
        Formula.parse(text)


def test_an_unknown_symbol_is_named() -> None:
    with pytest.raises(UserError, match=r"uses 'NX'; the symbols here are H, NF"):
        Formula.parse("NX * H").at({"NF": 1, "H": 2})


# --- interpolation ---

VALUES = {"k": [1, 3, 5, 7, 9, 11, 13, 15], "NF": list(range(1, 200)), "H": list(range(32, 4000, 4))}


@settings(deadline=None, max_examples=60)
@given(st.lists(polynomials, min_size=1, max_size=4), st.integers(0, 1000))
def test_polynomials_are_recovered_from_their_values(hidden: list[Polynomial], seed: int) -> None:
    degrees = {symbol: max(p.degree(symbol) for p in hidden) for symbol in SYMBOLS}
    integral = [p * 5040**3 * 13**3 * 11**3 for p in hidden]
    interpolated = interpolate(
        SYMBOLS, VALUES, degrees, lambda point: {i: int(p.at(point)) for i, p in enumerate(integral)}, Random(seed)
    )
    point = {"k": 15, "NF": 777, "H": 123_456}
    wrong = [i for i, p in enumerate(integral) if interpolated[i].at(point) != int(p.at(point))]
    # A term may vanish where the symbols happen to be anchored; that is what the test points are there to notice.
    assert not wrong or all(p.at(point) != 0 for p in integral)
    assert len(wrong) <= 1


def test_few_counts_are_needed() -> None:
    asked = []

    def evaluate(point: dict[str, int]) -> dict[str, int]:
        asked.append(dict(point))
        return {"conv": point["k"] ** 2 * point["NF"] ** 2 * point["H"]}

    interpolated = interpolate(SYMBOLS, VALUES, {"k": 2, "NF": 2, "H": 1}, evaluate, Random(0))
    assert write(interpolated["conv"], PYTHON) == "k**2*NF**2*H"
    assert len(asked) == 1 + 1 + 2 + 2  # a full grid would take 18


def test_equations_are_solved_exactly_or_refused() -> None:
    assert solve([[0, 2], [3, 1]], [[4, 5]]) == [[1, 2]]
    with pytest.raises(SingularSystemError):
        solve([[1, 2], [2, 4]], [[1, 2]])


def test_a_line_through_points_that_are_not_evenly_spaced() -> None:
    assert through([1, 2, 4], [Fraction(3), Fraction(7), Fraction(21)]) == [1, 1, 1]
    assert degree_of([1, 2, 4, 9], [3, 7, 21, 91]) == 2
    assert degree_of([1, 2, 4], [0, 0, 0]) == -1


def test_an_axis_respects_bounds_oddness_and_choices() -> None:
    assert list(Axis("k", 3, low=1, high=15, odd=True).domain(1).values) == [1, 3, 5, 7, 9, 11, 13, 15]
    assert list(Axis("n", 8, choices=(2, 4, 8, 16)).domain(4).values) == [4, 8, 16]
    assert list(Axis("H", 33, start=96).domain(4).values)[:3] == [97, 101, 105]
