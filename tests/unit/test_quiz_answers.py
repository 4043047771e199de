"""Answers as people type them are read, and what cannot be read is refused in one line that says where."""

from __future__ import annotations

import math
from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoo.errors import UserError
from zoo.quiz.answers import read_choice, read_formula, read_number
from zoo.quiz.kinds import SYMBOLS

LAYER5 = read_formula("k**2*NF*NC + NC", SYMBOLS)


@pytest.mark.parametrize(
    "typed",
    [
        "k^2*NF*NC + NC",
        "k^2 NF NC + NC",
        "k² NF NC + NC",
        "k²·NF·NC+NC",
        "NC(k^2 NF + 1)",
        "(k*k*NF + 1)NC",
        "NC + NC*NF*k**2",
        "  k^2 * NF * NC + 1 NC ",
        "2k^2*NF*NC/2 + 0.5*2*NC",
        "+NC - -k^2*NF*NC",
        "(" * 100 + "NC" + ")" * 100 + " + k^2*NF*NC",
        "K^2 nf nc + Nc",
        r"k^{2} \cdot NF \cdot NC + NC",
        r"$k^{2}\,\mathit{NF} \times \mathrm{NC} + NC$",
        r"\frac{2 k^{2} NF NC}{2} + \frac{\frac{4 NC}{2}}{2}",
        r"\left(k^2 NF + 1\right) NC",
    ],
)
def test_many_ways_to_write_one_formula(typed: str) -> None:
    assert read_formula(typed, SYMBOLS) == LAYER5


def test_sizes_that_poolings_divide() -> None:
    assert read_formula("NF*(H//2)*(W//2)", SYMBOLS) == read_formula("NF H W/4", SYMBOLS)
    assert read_formula("H/2 W/2 NF", SYMBOLS) == read_formula("NF*H*W/4", SYMBOLS)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "empty"),
        ("k^2*NF*", "character 8, the end behind 'k^2*NF*': a number or a symbol is missing"),
        ("k^2 + * NF", "character 7, '*' behind '+': a number or a symbol is missing before it"),
        ("(k^2*NF", "character 1, '(k^2*NF': '(' was never closed"),
        ("k^2)*NF", "character 4, ')*NF' behind 'k^2': unmatched ')'"),
        ("()", "character 2"),
        ("k^2*nff", "character 5, 'nff' behind 'k^2*': there is no such symbol"),
        (r"\frac{NF}{2", "character 1"),
        ("k2*NF", "character 1, 'k2*NF': write k^2 or 2*k"),
        ("NF 2", "character 4, '2' behind 'NF': write * or ^ before a number"),
        ("NF = 3", "character 4, '=' behind 'NF': only numbers, symbols, + - * / ^ and round brackets"),
        ("NF^k", "character 4, 'k' behind 'NF^': a power must be a whole number"),
        ("NF^0.5", "character 4, '0.5' behind 'NF^': a power must be a whole number"),
        ("NF^-1", "character 4, '-1' behind 'NF^': a power must be a whole number"),
        ("NF^99", "powers above 12"),
        ("((((NF+1)^9)^9)^9)^9", "powers above 12"),
        ("9^9^9^9", "a power must be a whole number"),
        ("NF/k", "character 4, 'k' behind 'NF/': divide by whole numbers only"),
        ("NF/0", "nothing can be divided by zero"),
        ("NF/(1-1)", "cannot be multiplied out"),
        ("k" * 301, "301 characters long"),
        ("k;import os", "character 2"),
        ("__import__", "no such symbol"),
        ("\N{SNOWMAN}", "character 1"),
    ],
)
def test_what_cannot_be_read(typed: str, says: str) -> None:
    with pytest.raises(UserError) as raised:
        read_formula(typed, SYMBOLS)
    assert says in str(raised.value)
    assert "\n" not in str(raised.value)


@given(st.text(alphabet="kNFCHW0129+-*/^() .²·\n%,\\{}fracln$B", max_size=30))
def test_nothing_that_is_typed_ends_in_a_traceback(typed: str) -> None:
    for read in (lambda: read_formula(typed, SYMBOLS), lambda: read_number(typed, "rows")):
        with suppress(UserError):
            read()


@pytest.mark.parametrize(
    ("typed", "unit", "value"),
    [
        ("17", "rows", 17),
        ("17 rows", "rows", 17),
        ("1 row", "rows", 1),
        ("9,216", "", 9216),
        ("25%", "", Fraction(1, 4)),
        ("25 %", "", Fraction(1, 4)),
        ("1/4", "", Fraction(1, 4)),
        ("3.178 nats", "nats", Fraction("3.178")),
        ("-3", "", -3),
        ("1e3", "", 1000),
        ("(3*64 - 2)^2", "", 36100),
        ("007", "", 7),
        (".25", "", Fraction(1, 4)),
        ("8 000", "bytes", 8000),
        ("8\u202f000", "bytes", 8000),
        ("1 234 567", "", 1234567),
        ("8 KB", "bytes", 8000),
        ("8kB", "bytes", 8000),
        ("8 KiB", "bytes", 8192),
        ("8000 bytes", "bytes", 8000),
        (r"\frac{1}{4}", "", Fraction(1, 4)),
        (r"2^{3} \cdot 1000", "", 8000),
    ],
)
def test_numbers(typed: str, unit: str, value: Fraction) -> None:
    assert read_number(typed, unit) == value


@pytest.mark.parametrize("typed", ["ln 24", "ln(24)", "log(24)", "-ln(1/24)", r"\ln 24", "2*ln(24)/2", "LN 24".lower()])
def test_logarithms(typed: str) -> None:
    assert float(read_number(typed, "nats")) == pytest.approx(math.log(24))


@pytest.mark.parametrize(("typed", "other"), [("8.000", "8000"), ("25.000", "25000"), ("1.000.000", "1000000")])
def test_a_number_that_can_be_two_is_asked_back(typed: str, other: str) -> None:
    with pytest.raises(UserError, match=rf"can mean \d+ or {other}: type one of these"):
        read_number(typed)
    assert read_number("3.178") == Fraction("3.178")


def test_case_matters_where_two_symbols_differ_by_it() -> None:
    assert read_formula("N + n", ("N", "n")).degree("n") == 1
    with pytest.raises(UserError, match="write Nc or NC"):
        read_formula("nc", ("Nc", "NC"))


@pytest.mark.parametrize(
    "typed", ["", "many", "ln 0", "ln(-1)", "1 2", "17 columns", "1,2", "k", "%", "nan", "inf", "1e999999999"]
)
def test_what_is_no_number(typed: str) -> None:
    with pytest.raises(UserError, match="number is wanted"):
        read_number(typed, "rows")


def test_letters() -> None:
    assert {read_choice(typed, ("a", "b")) for typed in ("b", "B", " b) ", "(b)", "b.")} == {"b"}
    with pytest.raises(UserError, match="answer with one of a, b"):
        read_choice("e", ("a", "b"))
