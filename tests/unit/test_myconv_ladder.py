"""The measuring of the ladder: what it counts, what it shows, what its verdicts depend on."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from zoo.api.experiment import Conditions, Context
from zoo.progress import Silent
from zoo.registry import load_registry
from zoo_myconv.ladder import ConvLadder
from zoo_myconv.ladder import measure as measure_module
from zoo_myconv.ladder.measure import COURSE_LAYERS, TORCH, Layer, climb, count_connections
from zoo_myconv.layer import implemented_by
from zoo_myconv.memory import peak_bytes, saved_bytes
from zoo_myconv.names import IMPLEMENTATIONS

SMALL = (Layer(1, 2, 6, first=True), Layer(2, 3, 5))


FULL, QUICK = Conditions(), Conditions(quick=True)


@pytest.fixture(scope="module")
def climbed() -> dict[str, Any]:
    context = Context({}, load_registry(), Silent(), "cpu")
    rungs = list(IMPLEMENTATIONS)
    return {
        layer.name: climb(
            context,
            layer=[layer.inputs, layer.outputs, layer.size],
            first=layer.first,
            rungs=rungs,
            batch_size=3,
            rounds=1,
        )
        for layer in SMALL
    }


def made_up(**changes: dict[str, float]) -> dict[str, Any]:
    """What a run would leave if all rungs cost as much as nn.Conv2d, but for some."""
    usual = {"forward_s": 1.0, "both_s": 3.0, "saved_bytes": 100, "peak_bytes": 200, "error": 1e-6, "connections": 72}
    rungs = {name: {**usual, **changes.get(name, {})} for name in (TORCH, *IMPLEMENTATIONS)}
    return {name: {"layer": name, "connections": 72, "threads": 2, "rungs": rungs} for name in ("1>2 @2", "2>1 @2")}


def words(measured: dict[str, Any], conditions: Conditions = FULL) -> dict[str, str]:
    return {name: verdict.outcome for name, verdict in ConvLadder().conclude(measured, conditions).verdicts.items()}


@pytest.mark.parametrize("rung", IMPLEMENTATIONS)
def test_every_rung_makes_exactly_the_connections_of_the_formula(rung: str) -> None:
    layers = SMALL if rung == "loops" else COURSE_LAYERS
    for layer in layers:
        assert (
            count_connections(implemented_by(rung), layer) == count_connections(nn.Conv2d, layer) == layer.connections
        )


def test_the_layers_of_the_course_make_the_connections_of_the_course() -> None:
    assert sum(layer.connections for layer in COURSE_LAYERS) == 15_630_336


def test_every_rung_is_measured_on_every_layer_beside_torch(climbed) -> None:
    assert list(climbed) == [layer.name for layer in SMALL]
    for layer in climbed.values():
        assert list(layer["rungs"]) == [TORCH, *IMPLEMENTATIONS]
        for result in layer["rungs"].values():
            assert 0 < result["forward_s"] < result["both_s"]
            assert result["peak_bytes"] > 0
            assert result["error"] < 1e-5
            assert result["saved_bytes"] == layer["rungs"][TORCH]["saved_bytes"]


def test_the_experiment_is_brought_by_the_plugin() -> None:
    entry = load_registry().experiment("conv-ladder")
    assert entry.address == "myconv/conv-ladder"
    assert isinstance(entry.value, ConvLadder)


def test_parts_are_the_layers_of_the_course() -> None:
    parts = ConvLadder().parts(FULL)
    assert list(parts) == [layer.name for layer in COURSE_LAYERS]
    assert all(part.arguments["rungs"] == list(IMPLEMENTATIONS) for part in parts.values())
    assert set(ConvLadder().parts(QUICK)) < set(parts)


def test_what_is_exact_is_decided_and_what_is_timed_needs_the_full_size(climbed) -> None:
    result = words(climbed, QUICK)
    assert result["connections"] == result["kept"] == "holds"
    assert result["fast"] == result["winograd"] == "not decided at this size"


def test_every_claim_can_hold_and_fall() -> None:
    assert words(made_up()) == {
        "connections": "holds",
        "columns": "refuted",
        "kept": "holds",
        "fast": "holds",
        "winograd": "holds",
    }
    assert words(made_up(fft={"connections": 71}))["connections"] == "refuted"
    assert words(made_up(im2col={"peak_bytes": 1800}))["columns"] == "holds"
    uneven = {**made_up(im2col={"peak_bytes": 1800}), "2>1 @2": made_up(im2col={"peak_bytes": 900})["2>1 @2"]}
    assert words(uneven)["columns"] == "holds in part", "by its mean alone"
    assert words(made_up(im2col={"saved_bytes": 900}))["kept"] == "holds in part"
    assert words(made_up(**{rung: {"saved_bytes": 900} for rung in IMPLEMENTATIONS}))["kept"] == "refuted"
    assert words(made_up(fast={"both_s": 9.0}, winograd={"both_s": 9.0}))["fast"] == "refuted"
    assert words(made_up(fast={"both_s": 9.0}, winograd={"both_s": 9.0}))["winograd"] == "refuted"
    mixed = {**made_up(), "2>1 @2": made_up(fast={"both_s": 90.0})["2>1 @2"]}
    assert words(mixed)["fast"] == "holds in part"


def test_the_tables_fit_into_eighty_columns(climbed) -> None:
    measured = {layer.name: next(iter(climbed.values())) for layer in COURSE_LAYERS}
    for table in ConvLadder().conclude(measured, FULL).tables:
        wide = [max(len(row[column]) for row in (table.head, *table.rows)) for column in range(len(table.head))]
        assert sum(wide) + len(wide) <= 80
        assert len(table.rows) == 1 + len(IMPLEMENTATIONS)


def test_the_chart_has_two_bars_a_rung(climbed) -> None:
    [figure] = ConvLadder().draw(climbed, FULL).values()
    assert len(figure.axes[0].patches) == 2 * len(IMPLEMENTATIONS)


def test_the_median_counts(monkeypatch) -> None:
    seconds = iter([9.0, 1.0, 5.0, 2.0])
    monkeypatch.setattr(measure_module, "_once", lambda x, g, conv: (0.0, next(seconds)))
    result = measure_module._time(torch.ones(1), torch.ones(1), {"one": nn.Identity()}, 3)
    assert result == {"one": (0.0, 2.0)}


class _Doubler(nn.Module):
    """Makes two temporaries of the size of x, of which one is gone when the second is made, and keeps x."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(()))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        halves = torch.cat([x, x]).chunk(2)[0]  # twice the size of x, of which a view stays
        return halves * self.weight


def test_peak_memory_follows_views_until_the_last_is_gone() -> None:
    x = torch.ones(1000)
    expected = 4 * (2000 + 1000)  # the concatenation, kept for backward, and the product
    result = peak_bytes(_Doubler(), x, torch.ones(1000))
    assert expected <= result <= expected + 4 * 1000 + 64  # backward multiplies g with what was kept, then sums it


def test_memory_that_is_shared_is_saved_once() -> None:
    class Square(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x * x

    assert saved_bytes(Square(), torch.ones(1000, requires_grad=True)) == 4000
