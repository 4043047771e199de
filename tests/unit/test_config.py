from __future__ import annotations

from dataclasses import dataclass

import pytest

from zoo.config import Config, fields_of, parse_assignments, replace, setting
from zoo.errors import UserError


@dataclass(frozen=True)
class Example(Config):
    filters: int = setting(32, symbol="NF", low=1, high=64, help="how many")
    kernel: int = setting(3, odd=True, low=1, help="how wide")
    rate: float = setting(0.5, low=0, help="how fast")
    bias: bool = setting(True, help="whether")
    mode: str = setting("same", choices=("same", "valid"), help="which")


def test_strings_are_read_as_the_type_of_their_field() -> None:
    changed = replace(Example(), {"filters": "8", "rate": "1e-3", "bias": "no", "mode": "valid"})
    assert changed == Example(filters=8, rate=1e-3, bias=False, mode="valid")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"filter": "8"}, "did you mean filters"),
        ({"filters": "many"}, "filters must be a whole number, not 'many'"),
        ({"filters": "2.5"}, "filters must be a whole number"),
        ({"filters": 0}, "filters must be at least 1, not 0"),
        ({"filters": 65}, "filters must be at most 64"),
        ({"filters": True}, "filters must be of type int"),
        ({"kernel": 4}, "kernel must be odd, not 4"),
        ({"rate": "nan"}, "rate must be finite"),
        ({"rate": -0.1}, "rate must be at least 0"),
        ({"bias": "maybe"}, "bias must be true or false"),
        ({"mode": "full"}, "unknown value of mode 'full': there is same, valid."),
    ],
)
def test_bad_values_are_refused_by_name(changes: dict[str, object], said: str) -> None:
    with pytest.raises(UserError, match=r".") as error:
        replace(Example(), changes)  # type: ignore[arg-type]
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_construction_checks_too() -> None:
    with pytest.raises(UserError, match="filters must be at least 1"):
        Example(filters=-1)


def test_fields_know_their_symbol() -> None:
    assert {name: setting.symbol for name, _, setting in fields_of(Example)}["filters"] == "NF"


@pytest.mark.parametrize("assignment", ["filters", "=3", "filters=", ""])
def test_an_assignment_needs_both_sides(assignment: str) -> None:
    with pytest.raises(UserError, match="name=value"):
        parse_assignments([assignment])
