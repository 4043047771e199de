"""Doubling: exact ratios, with floors and padding, and no claim about what cannot be doubled."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

import pytest

import zoo_baseline
import zoo_unet
from zoo import complexity
from zoo.api import UserError
from zoo.complexity.algebra.formula import Formula
from zoo.complexity.deriving.conventions import Conventions
from zoo.complexity.deriving.result import make_report
from zoo.complexity.deriving.subject import Subject, of_architecture
from zoo.complexity.views.doubling import Doubling, double, parse_symbols


@cache
def baseline(height: int) -> Subject:
    architecture = zoo_baseline.Baseline()
    return of_architecture(architecture, architecture.config(), 1, 24, height, 32)


def doubled(*symbols: str, padding: bool = True, height: int = 32, formulas: bool = True) -> Doubling:
    conventions = Conventions(padding=padding, biases=False, normalization=False)
    return double(make_report(baseline(height), conventions, formulas), symbols)


def test_doubling_the_picture_leaves_weights_and_makes_four_times_everything_else() -> None:
    doubling = doubled("H", "W")
    assert {column: ratio.exact for column, ratio in doubling.totals.items()} == {
        "weights": 1,
        "outputs": 4,
        "connections": 4,
    }
    assert all(ratio.now == ratio.exact for row in doubling.rows.values() for ratio in row.values())


def test_without_padding_taps_it_is_not_four_times() -> None:
    ratio = doubled("H", "W", padding=False).totals["connections"]

    def taps(size: int) -> int:  # FACTS 3: 3N - 2 a side
        full, half, quarter = ((3 * size // down - 2) ** 2 for down in (1, 2, 4))
        return full * 32 + half * 2 * 32**2 + quarter * (4 + 2) * 32**2 + half * 32 * 24 + full * 24**2

    assert ratio.now == Fraction(taps(64), taps(32))
    assert ratio.now != 4
    assert ratio.exact is None
    assert ratio.limit == 4


def test_the_expression_is_the_ratio_at_any_size() -> None:
    ratio = doubled("H", "W", padding=False).rows["layer3.0"]["connections"]
    point = {"k": 5, "NIC": 1, "NF": 7, "NC": 3, "H": 48, "W": 64}
    expected = Fraction((5 * 24 - 6) * (5 * 32 - 6), (5 * 12 - 6) * (5 * 16 - 6))
    assert Formula.parse(ratio.expression).at(point) == expected


def test_doubling_filters_is_between_two_and_four_times() -> None:
    ratio = doubled("NF").totals["weights"]
    assert ratio.now == Fraction(
        9 * 64 + 72 * 64**2 + 9 * 64 * 24 + 9 * 24**2, 9 * 32 + 72 * 32**2 + 9 * 32 * 24 + 9 * 24**2
    )
    assert ratio.limit == 4


def test_an_odd_height_doubles_into_another_kind_of_size() -> None:
    doubling = doubled("H", height=33)
    assert doubling.rows["layer2.1"]["outputs"].now == Fraction(16, 8)
    assert doubling.rows["layer1.1"]["outputs"].now == Fraction(33, 16)
    assert doubling.rows["layer1.1"]["outputs"].limit == 2
    assert doubling.notes == ("H doubled is of another kind (see what the formulas hold for): derived anew for it.",)


def test_a_kernel_cannot_be_doubled_so_the_ratio_is_the_formulas_alone() -> None:
    doubling = doubled("k")
    assert doubling.rows["layer1.0"]["connections"].exact == 4
    assert doubling.rows["layer1.0"]["connections"].now is None
    assert "k doubled is not allowed here" in doubling.notes[0]


def test_without_formulas_ratios_are_counted() -> None:
    assert doubled("H", "W", formulas=False).totals["connections"].now == 4


def test_symbols_are_read_and_unknown_ones_refused() -> None:
    subject = complexity.report(zoo_unet.UNet(), formulas=False).subject
    assert parse_symbols("H, W,H", subject) == ("H", "W")
    with pytest.raises(UserError, match=r"unknown symbol 'Q': there is H, NC, NF, NIC, W, k"):
        parse_symbols("H,Q", subject)
    with pytest.raises(UserError, match="needs symbols"):
        parse_symbols(" ,", subject)
