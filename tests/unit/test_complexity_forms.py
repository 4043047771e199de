"""The report as JSON, Markdown, LaTeX, HTML and a picture: all say the same, and nothing unverified as if it were."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest
from torch import Tensor, nn
from torch.nn import functional as F

import zoo_baseline
from zoo import complexity
from zoo.complexity.algebra.formula import Formula
from zoo.complexity.deriving.conventions import Conventions
from zoo.complexity.deriving.result import Report
from zoo.errors import UserError
from zoo.report.complexity import chart, save_chart, section


@cache
def report() -> Report:
    return complexity.report(zoo_baseline.Baseline())


def test_json_has_a_version_and_formulas_that_give_its_numbers() -> None:
    output = json.loads(json.dumps(report().to_json()))
    assert output["schema"] == 2
    assert output["point"] == {"k": 3, "NIC": 1, "NF": 32, "NC": 24, "H": 32, "W": 32}
    for cells in (*output["rows"], output["totals"]):
        for column in ("weights", "biases", "outputs", "connections"):
            assert Formula.parse(cells[column]["formula"]).at(output["point"]) == cells[column]["value"]
    assert [Formula.parse(size).at(output["point"]) for size in output["rows"][4]["shape_formula"]] == output["rows"][
        4
    ]["shape"]
    assert output["proof"]["holds_for"]["H"]["modulus"] == 4
    assert output["proof"]["proved"]["formulas"] == output["proof"]["tested"]["formulas"]
    assert output["proof"]["proved"]["where"] == "H divisible by 4, W divisible by 4"
    assert output["proof"]["tested"]["range"]["H"][0] <= 32


def test_markdown_and_latex_have_a_line_a_layer() -> None:
    markdown, latex = report().to_markdown(), report().to_latex()
    for row in report().rows:
        assert markdown.count(f"| {row.layer} |") == 2
        assert rf"\texttt{{{row.layer}}}" in latex
    assert "15,630,336 ✓" in markdown
    assert r"k^{2}\,\mathrm{NF}^{2}\,H\,W" in latex
    assert latex.count(r"\begin{longtable}") == latex.count(r"\end{longtable}") == 1


def test_conventions_are_stated_and_a_column_left_out_is_gone() -> None:
    output = complexity.report(
        zoo_baseline.Baseline(),
        conventions=Conventions(biases=False, normalization=False, padding=False),
        formulas=False,
    )
    markdown = output.to_markdown()
    assert "without those to padding" in markdown
    assert "without biases, without normalization" in markdown
    assert "biases |" not in markdown
    assert "layer1.2" not in markdown


def test_the_section_of_a_page_has_all_rows_formulas_and_the_chart(tmp_path: Path) -> None:
    output = section(report(), tmp_path / "costs.png")
    assert (tmp_path / "costs.png").exists()
    for table in output.tables:
        assert [row[0] for row in table.rows] == [*(row.layer for row in report().rows), "total"]
    assert f"{report().totals['connections'].value:,}" in output.tables[1].rows[-1]


def test_the_chart_has_a_bar_a_layer(tmp_path: Path) -> None:
    figure = chart(report())
    for axis, column in zip(figure.axes, ("weights", "outputs", "connections"), strict=True):
        assert [bar.get_width() for bar in axis.patches] == [row.cells[column].value for row in report().rows]
    save_chart(report(), tmp_path / "costs.png")
    assert (tmp_path / "costs.png").stat().st_size > 1000
    with pytest.raises(UserError, match=r"must end in \.png, \.svg, \.pdf"):
        save_chart(report(), tmp_path / "costs.txt")
    with pytest.raises(UserError, match="No such file or directory"):
        save_chart(report(), tmp_path / "nowhere" / "costs.png")


def test_what_is_not_known_is_a_question_mark() -> None:
    class Shuffled(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(1, 2, 3)

        def forward(self, x: Tensor) -> Tensor:
            return self.conv(F.pad(x, (1, 1, 1, 1)).index_select(2, (x[0, 0, 0] * 0).long()))

    output = complexity.report(Shuffled(), conventions=Conventions(padding=False), formulas=False)
    assert output.totals["connections"].value is None
    assert "? ?" in output.to_markdown()
    assert output.to_json()["totals"]["connections"] == {
        "value": None,
        "formula": None,
        "registered": None,
        "status": "unknown",
    }
