"""Proofs by running with sizes that stand for all their values: never where the formula is false, modest elsewhere."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

import pytest
from torch import Tensor, nn
from torch.nn import functional as F

from zoo import complexity
from zoo.complexity.algebra.expression import UnprovableError, path_at
from zoo.complexity.algebra.formula import Formula
from zoo.complexity.algebra.polynomial import Polynomial
from zoo.complexity.deriving.axes import Axis
from zoo.complexity.deriving.derive import derive
from zoo.complexity.deriving.identity import difference
from zoo.complexity.deriving.proof import Status
from zoo.complexity.deriving.result import make_report
from zoo.complexity.deriving.subject import Subject, of_module


class Moody(nn.Module):
    """Does more, and halves the picture, where a condition on its sizes holds."""

    def __init__(self, condition: Callable[[int, int], object], pads: bool) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 8, 3, padding=1)
        self.second = nn.Conv2d(8, 8, 3, padding=1)
        self.condition, self.pads = condition, pads

    def forward(self, x: Tensor) -> Tensor:
        height, width = x.shape[2:]
        x = self.first(F.pad(x, (1, 1, 1, 1)) if self.pads else x)
        return self.second(x)[:, :, ::2] if self.condition(height, width) else x


CONDITIONS: dict[str, tuple[Callable[[int, int], object], str]] = {
    "from 1000": (lambda h, w: h >= 1000, "H <= 999"),
    "from a megapixel": (lambda h, w: h * w >= 1_000_000, "999999 >= H*W"),
    "above 1024": (lambda h, w: max(h, w) > 1024, "W <= 1024, W >= H + 1"),
    "between": (lambda h, w: 50 <= h <= 95, "H <= 49"),
    "one remainder": (lambda h, w: h % 32 == 31, "H divisible by 32"),
    "two sizes": (lambda h, w: h in (48, 64), "H not 48 or 64"),
    "equal": (lambda h, w: h == w, "H != W"),
    "parity of both": (lambda h, w: h % 2 != w % 2, "H divisible by 2, W divisible by 2"),
    "remainder of the sum": (lambda h, w: (h + w) % 7 == 3, "H = 4 mod 7, W = 5 mod 7"),
    "remainder of the product": (lambda h, w: h * w % 3 == 0, "H = 2 mod 3, W = 1 mod 3"),
    "smaller side": (lambda h, w: min(h, w) < 24, "H >= 24, W >= H"),
}
"""Conditions on height and width, and where the formulas are proved, seen from 32x40."""

HIDDEN: dict[str, Callable[[int, int], object]] = {
    "root": lambda h, w: int(h**0.5) > 9,
    "whole number": lambda h, w: int(h) > 900,
    "logarithm": lambda h, w: math.log2(h) > 8.5,
    "dictionary": lambda h, w: {48: True}.get(h),
    "text": lambda h, w: str(h).endswith("7"),
    "ratio": lambda h, w: h // w >= 3,
}
"""Conditions that read a size in a way that no polynomial follows."""


def false_proofs(subject: Subject, largest: int) -> int:
    """At how many of many sizes a formula is called proved and differs from the count."""
    derivation, reference, random = derive(subject), subject.now(), Random(1)
    false = 0
    for _ in range(60):
        point = {s: random.choice([random.randint(1, 100), random.randint(1, largest)]) for s in ("H", "W")}
        count = subject.at(point)
        numbers = count.values() if count and count.structure() == reference.structure() else {}
        false += any(
            derivation.is_proved(key, point) and numbers.get(key) != polynomial.at(point)
            for key, polynomial in derivation.polynomials.items()
        )
    return false


@pytest.mark.parametrize("name", CONDITIONS)
def test_what_code_asks_of_sizes_bounds_the_proof(name: str) -> None:
    condition, where = CONDITIONS[name]
    subject = of_module(Moody(condition, pads=False), 3, 32, 40)
    derivation = derive(subject)
    assert derivation.trace is not None
    assert derivation.trace.says() == where
    assert derivation.is_proved(("first", "connections"), subject.point)
    assert false_proofs(subject, 2048) == 0


@pytest.mark.parametrize("name", CONDITIONS)
def test_padding_by_hand_does_not_widen_the_proof(name: str) -> None:
    assert false_proofs(of_module(Moody(CONDITIONS[name][0], pads=True), 3, 32, 40), 160) == 0


@pytest.mark.parametrize("name", HIDDEN)
def test_sizes_that_are_read_as_numbers_are_not_proved_for_other_values(name: str) -> None:
    subject = of_module(Moody(HIDDEN[name], pads=False), 3, 32, 40)
    assert false_proofs(subject, 2048) == 0
    derivation = derive(subject)
    for point, numbers in derivation.tests:
        assert all(derivation.box[s][0] <= point[s] <= derivation.box[s][1] for s in derivation.box)
        assert all(derivation.polynomials[key].at(point) == numbers[key] for key in derivation.tested)


def test_a_network_of_one_size_has_counts_and_no_formula() -> None:
    network = nn.Sequential(nn.Flatten(), nn.Linear(3 * 8 * 8, 5))
    report = complexity.report(network, in_channels=3, height=8, width=8)
    assert {cell.status for cell in report.totals.values()} == {Status.COUNTED}


def test_common_operations_stay_proved() -> None:
    network = nn.Sequential(
        nn.Conv2d(3, 8, 3, stride=2, padding=1),
        nn.GroupNorm(2, 8),
        nn.GELU(),
        nn.MaxPool2d(3, 2, ceil_mode=True),
        nn.Upsample(scale_factor=2, mode="bilinear"),
        nn.ConvTranspose2d(8, 4, 2, stride=2),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(4, 5),
    )
    report = make_report(of_module(network, 3, 64, 96))
    assert {cell.status for row in report.rows for cell in row.cells.values()} == {Status.PROVED}


# --- expressions ---


def test_rounding_down_refines_to_the_remainders_on_which_it_is_a_polynomial() -> None:
    path = path_at({"H": 33, "W": 20})
    half = path.symbol("H").over(path.constant(2)).floor()
    quarter = (half * path.symbol("W")).floordiv(path.constant(3))
    assert half.value == 16
    assert quarter.value == 106
    region = path.region(aside=True)
    assert {"H": 33, "W": 20} in region
    assert {"H": 34, "W": 20} not in region


def test_roots_and_sizes_that_divide_have_no_polynomial() -> None:
    path = path_at({"H": 32, "W": 20})
    with pytest.raises(UnprovableError):
        path.symbol("H").over(path.symbol("W"))
    square = path.symbol("H") * path.symbol("W")
    assert square.over(path.symbol("W")).current() == path.symbol("H").current()


def test_a_size_is_never_read_as_text_unnoticed() -> None:
    report = make_report(of_module(Moody(lambda h, w: f"{h}".endswith("7"), pads=False), 3, 32, 40))
    assert report.derivation is not None
    assert not report.derivation.is_proved(("first", "connections"), {"H": 37, "W": 40})


# --- registered formulas with floor, min and % ---

AXES = [Axis("NF", 32, high=4096), Axis("H", 32)]


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("H*NF", True),
        ("floor(H)*NF", True),
        ("(H//2 + (H + 1)//2)*NF", True),
        ("max(H, 1)*NF", True),
        ("ceil(H/3)*NF*3 - (-H % 3)*NF", True),
        ("min(H, 4096)*NF", False),
        ("H*(NF + (NF % 97)//96)", False),
        ("H*min(NF, 1000)", False),
        ("H*NF + max(0, H - 5000)", False),
        ("H*NF + (H % 311)//310", False),
    ],
)
def test_formulas_with_floor_and_min_are_compared_on_every_piece(text: str, same: bool) -> None:
    symbols = ("NF", "H")
    derived = Polynomial.symbol(symbols, "NF") * Polynomial.symbol(symbols, "H")
    formula = Formula.parse(text)
    point = difference(formula, derived, AXES, {axis.symbol: axis.domain(1) for axis in AXES})
    if same:
        assert point is False
    else:
        assert isinstance(point, dict)
        assert formula.at(point) != derived.at(point)


def test_what_cannot_be_compared_is_neither_right_nor_wrong() -> None:
    symbols = ("NF", "H")
    derived = Polynomial.symbol(symbols, "NF") * Polynomial.symbol(symbols, "H")
    domains = {axis.symbol: axis.domain(1) for axis in AXES}
    assert difference(Formula.parse("min(H, NF)*max(H, NF)"), derived, AXES, domains) is None
