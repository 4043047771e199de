"""Views of a report: rows folded to a depth, CSV, and the network as a drawn graph."""

from __future__ import annotations

import csv
import io
import xml.etree.ElementTree as ET
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from torch import Tensor, nn

import zoo_unet
from zoo import complexity
from zoo.complexity.algebra.formula import Formula
from zoo.complexity.deriving.result import Report
from zoo.complexity.views.folding import fold, folded_name
from zoo.complexity.views.forms import to_csv
from zoo.complexity.views.graph import trace_graph
from zoo.errors import UserError
from zoo.report.complexity import section
from zoo.report.graph import READABLE, save_graph


class Block(nn.Module):
    """Two layers, and what skips them."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 3, padding=1)
        self.norm = nn.BatchNorm2d(3)

    def forward(self, x: Tensor) -> Tensor:
        return (self.norm(self.conv(x)) + x).relu()


@cache
def unet() -> Report:
    return complexity.report(zoo_unet.UNet())


@cache
def blocks(number: int) -> Report:
    return complexity.report(nn.Sequential(*(Block() for _ in range(number))), in_channels=3, formulas=False)


def test_a_folded_row_is_the_sum_of_the_rows_inside_it_and_has_the_shape_of_the_module() -> None:
    folded = fold(unet(), 1)
    assert [row.layer for row in folded.rows] == [f"layer{number}" for number in range(1, 7)]
    assert [row.shape for row in folded.rows][:2] == [(32, 16, 16), (64, 8, 8)]
    for column, total in unet().totals.items():
        assert sum(row.cells[column].value or 0 for row in folded.rows) == total.value
        for row in folded.rows:
            cell = row.cells[column]
            assert cell.formula is not None
            assert cell.formula.at(unet().point) == cell.value
            assert cell.status == min(r.cells[column].status for r in unet().rows if r.layer.startswith(row.layer))


def test_an_operation_counts_as_one_level() -> None:
    assert folded_name("stage1.0:relu", 3) == "stage1.0:relu"
    assert folded_name("stage1.0:relu", 2) == "stage1.0"
    assert folded_name("model:cat", 1) == "model:cat"
    with pytest.raises(UserError, match="--depth must be at least 1, not 0"):
        fold(unet(), 0)


def test_csv_has_a_row_a_layer_and_formulas_that_give_its_numbers() -> None:
    rows = list(csv.DictReader(io.StringIO(to_csv(unet()))))
    assert [row["layer"] for row in rows] == [row.layer for row in unet().rows]
    for row in rows:
        assert Formula.parse(row["connections_formula"]).at(unet().point) == int(row["connections"])
        assert row["weights_status"] == "proved"


def test_the_graph_has_the_skips_and_joins_of_the_network() -> None:
    graph = trace_graph(unet())
    names = list(graph.nodes)
    skips = [edge for edge in graph.edges if names.index(edge[1]) > names.index(edge[0]) + 1]
    assert skips == [("layer2.3", "model:cat"), ("layer1.3", "model:cat#2"), ("input", "model:cat#3")]
    assert [node.shape for node in graph.nodes.values() if node.kind == "join"] == [
        (128, 8, 8),
        (64, 16, 16),
        (25, 32, 32),
    ]
    assert set(pairwise(names)) <= set(graph.edges)


def test_a_folded_graph_keeps_what_happens_inside_a_module_there() -> None:
    assert list(trace_graph(blocks(2)).edges)[:4] == [
        ("input", "0.conv"),
        ("0.conv", "0.norm"),
        ("input", "0:add"),
        ("0.norm", "0:add"),
    ]
    folded = trace_graph(fold(blocks(2), 1), 1)
    assert list(folded.edges) == [("input", "0"), ("0", "1"), ("1", "output")]


def test_the_drawing_is_one_svg_that_loads_nothing_and_is_readable_in_the_dark(tmp_path: Path) -> None:
    save_graph(unet(), tmp_path / "unet.svg")
    text = (tmp_path / "unet.svg").read_text()
    drawn = ET.fromstring(text)
    boxes = [element for element in drawn.iter() if element.tag.endswith("rect")]
    assert len(boxes) == len(trace_graph(unet()).nodes)
    assert "prefers-color-scheme: dark" in text
    assert text.count("http") == 1, "the name space, and nothing that is loaded"
    with pytest.raises(UserError, match=r"the name must end in \.svg"):
        save_graph(unet(), tmp_path / "unet.png")
    with pytest.raises(UserError, match="No such file or directory"):
        save_graph(unet(), tmp_path / "nowhere" / "unet.svg")


def test_a_large_network_is_drawn_at_a_smaller_depth(tmp_path: Path) -> None:
    number = READABLE // 4
    save_graph(blocks(number), tmp_path / "blocks.svg")
    assert (tmp_path / "blocks.svg").read_text().count("<rect") == number + 2


def test_the_section_of_a_page_shows_the_drawing(tmp_path: Path) -> None:
    pictures = [picture for picture, _ in section(unet(), tmp_path / "costs.png").charts]
    assert pictures == [tmp_path / "costs.png", tmp_path / "network.svg"]
    assert "<svg" in pictures[1].read_text()
