"""The numbers that `double-input` is judged by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from zoo.api.experiment import Measured
from zoo.complexity.algebra.formula import Formula
from zoo.experiments.questions.double_input.measure import ONCE, TWICE


def networks_of(measured: Mapping[str, Measured]) -> dict[str, Measured]:
    """The networks that could be measured, by name."""
    return {name: record for name, record in measured.items() if "left_out" not in record}


def cases(networks: Mapping[str, Measured]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Every network, what is trained of it, and the figures of a step."""
    for name, record in networks.items():
        for trained, items in record["trained"].items():
            yield name, trained, items


def factor(pair: Mapping[str, Any]) -> float:
    """By how much a figure grows."""
    return float(pair[TWICE] / pair[ONCE])


def summed(items: Mapping[str, Any], names: tuple[str, ...]) -> float:
    """By how much the sum of some figures of a step grows."""
    return factor({at: sum(items[name][at] for name in names) for at in (ONCE, TWICE)})


def time_factor(items: Mapping[str, Any]) -> float:
    """By how much the time of a step grows."""
    return factor({at: items["time"][at]["step_s"] for at in (ONCE, TWICE)})


def by_formula(pair: Mapping[str, Any], size: int, batch: int) -> float | None:
    """The factor by the formula; None if none was found."""
    values = [value_at(pair, {"N": batch, "H": length, "W": length}) for length in (2 * size, size)]
    return None if None in values or not values[1] else float((values[0] or 0) / values[1])


def value_at(pair: Mapping[str, Any], point: Mapping[str, int]) -> int | None:
    """A formula's value; None if there is no formula."""
    return None if pair["formula"] is None else int(Formula.parse(pair["formula"]).at(point))
