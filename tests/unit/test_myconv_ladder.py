"""The measuring of the ladder: what it counts, what it shows, what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from rich.console import Console
from torch import nn
from typer import Typer
from typer.testing import CliRunner

from zoo_myconv.config import IMPLEMENTATIONS
from zoo_myconv.ladder import main, plot, tables
from zoo_myconv.layer import implemented_by
from zoo_myconv.measure import COURSE_LAYERS, TORCH, Layer, count_connections, measure
from zoo_myconv.memory import peak_bytes, saved_bytes

SMALL = (Layer(1, 2, 6, first=True), Layer(2, 3, 5))


@pytest.fixture(scope="module")
def ladder() -> object:
    return measure(list(IMPLEMENTATIONS), SMALL, batch_size=3, rounds=1)


@pytest.mark.parametrize("rung", IMPLEMENTATIONS)
def test_every_rung_makes_exactly_the_connections_of_the_formula(rung: str) -> None:
    layers = SMALL if rung == "loops" else COURSE_LAYERS
    for layer in layers:
        assert (
            count_connections(implemented_by(rung), layer) == count_connections(nn.Conv2d, layer) == layer.connections
        )


def test_the_layers_of_the_course_make_the_connections_of_the_course() -> None:
    assert sum(layer.connections for layer in COURSE_LAYERS) == 15_630_336


def test_every_rung_is_measured_on_every_layer_beside_torch(ladder) -> None:
    names = [TORCH, *IMPLEMENTATIONS]
    assert [one.rung for one in ladder.measurements] == [name for name in names for _ in SMALL]
    assert all(0 < one.forward_s < one.both_s for one in ladder.measurements)
    assert all(one.saved_bytes > 0 and one.peak_bytes > 0 for one in ladder.measurements)
    assert all(one.error < 1e-5 for one in ladder.measurements)
    assert ladder.ratio(TORCH, "both_s") == pytest.approx(1)
    assert ladder.ratio("im2col", "saved_bytes") == pytest.approx(1)


def test_the_tables_fit_into_eighty_columns(ladder) -> None:
    console = Console(width=80, record=True)
    for table in tables(ladder):
        console.print(table)
    text = console.export_text()
    assert max(len(line) for line in text.splitlines()) <= 80
    assert all(text.count(name) == 2 for name in ("shifted", "winograd1d", "im2col"))
    assert "…" not in text


def test_the_plot_is_a_picture(ladder, tmp_path: Path) -> None:
    plot(ladder, tmp_path / "ladder.png")
    assert (tmp_path / "ladder.png").read_bytes().startswith(b"\x89PNG")


def test_the_command_writes_its_figures_and_prints_them_as_json(tmp_path: Path) -> None:
    app = Typer()
    app.command()(main)
    arguments = ["--rungs", "im2col,fast", "--batch-size", "1", "--rounds", "1", "--out", str(tmp_path), "--json"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    printed = json.loads(result.stdout)
    assert printed == json.loads((tmp_path / "ladder.json").read_text())
    assert set(printed["ratio_to_torch"]) == {TORCH, "im2col", "fast"}
    assert len(printed["measurements"]) == 3 * 6


def test_an_unknown_rung_is_the_users_to_mend(tmp_path: Path) -> None:
    app = Typer()
    app.command()(main)
    result = CliRunner().invoke(app, ["--rungs", "im2cool", "--out", str(tmp_path / "out")])
    assert result.exit_code == 2
    assert "did you mean im2col" in result.stderr
    assert not (tmp_path / "out").exists()


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
    found = peak_bytes(_Doubler(), x, torch.ones(1000))
    assert expected <= found <= expected + 4 * 1000 + 64  # backward multiplies g with what was kept, then sums it


def test_memory_that_is_shared_is_saved_once() -> None:
    class Square(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x * x

    assert saved_bytes(Square(), torch.ones(1000, requires_grad=True)) == 4000
