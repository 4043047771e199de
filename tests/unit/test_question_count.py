"""Question A3: the write-up's table against the proved one, and what its verdicts depend on."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

import pytest

from zoo.api.experiment import Conditions, Context, Measurement
from zoo.experiments.questions.count import Count, written
from zoo.experiments.questions.count.proved import Proved
from zoo.experiments.questions.count.written import LARGE, LEFT_OUT, LINES, QUANTITIES, SMALL, Line
from zoo.progress import Silent
from zoo.registry import load_registry


@cache
def _measured() -> dict[str, Any]:
    context = Context({}, load_registry(), Silent(), "cpu")
    parts = Count().parts(Conditions())
    assert all(isinstance(part, Measurement) for part in parts.values())
    return {label: part.function(context, **part.arguments) for label, part in parts.items()}


@pytest.fixture
def measured() -> dict[str, Any]:
    return copy.deepcopy(_measured())


def _words(measured: dict[str, Any]) -> dict[str, str]:
    return {name: verdict.outcome for name, verdict in Count().conclude(measured, Conditions()).verdicts.items()}


def test_every_layer_that_the_network_runs_is_a_line_or_known_to_be_left_out(measured) -> None:
    assert sorted([*(line.layer for line in LINES), *LEFT_OUT.values()]) == sorted(measured[SMALL]["layers"])


def test_the_write_up_is_right_but_for_one_weight_and_what_batchnorm_puts_out(measured) -> None:
    findings = Count().conclude(measured, Conditions())
    lines = findings.verdicts["lines"].because
    assert "39 of 45" in lines
    assert "5 conv (weights)" in lines
    assert lines.count("BatchNorm (outputs)") == 5
    assert set(_words(measured).values()) == {"holds in part"}
    assert "outputs: proved less claimed is 1536 NF + 2048 NC" in findings.verdicts["totals"].because
    assert "9 NF NC" in findings.verdicts["sums"].because
    assert "4.18268 without" in findings.verdicts["doubling"].because


def test_the_tables_have_the_known_totals_and_fit_eighty_columns(measured) -> None:
    tables = Count().conclude(measured, Conditions()).tables
    numbers = next(table for table in tables if table.rows[-1][0] == "total")
    assert list(numbers.rows[-1][1:]) == ["86,784", "86,784", "131,072", "229,376", "15,630,336", "15,630,336"]
    for table in tables:
        wide = [max(len(row[column]) for row in (table.head, *table.rows)) for column in range(len(table.head))]
        assert sum(wide[1:]) + len(wide) + min(wide[0], 18) <= 80, table.caption


def test_a_table_without_mistakes_would_hold(measured, monkeypatch) -> None:
    """Tables as the core proves them; then the totals are the only thing that is wrong, until they are mended too."""
    small = Proved(measured[SMALL])
    formulas = {q: [measured[SMALL]["layers"][layer][q]["formula"] for layer in small.layers] for q in QUANTITIES}
    biases = [measured[SMALL]["layers"][layer]["biases"]["formula"] for layer in small.layers]
    formulas["weights"] = [f"{weight} + {bias}" for weight, bias in zip(formulas["weights"], biases, strict=True)]
    right = [
        Line(f"{place} line", layer, *(formulas[q][place] for q in QUANTITIES))
        for place, layer in enumerate(small.layers)
    ]
    monkeypatch.setattr(written, "LINES", tuple(right))
    assert _words(measured)["lines"] == "holds"
    totals = {**written.TOTALS, "outputs": "3904*NF + 4352*NC"}
    monkeypatch.setattr(written, "TOTALS", totals)
    assert [_words(measured)[claim] for claim in ("lines", "sums", "totals")] == ["holds"] * 3


def test_a_table_of_nonsense_is_refuted(measured, monkeypatch) -> None:
    wrong = tuple(Line(line.name, line.layer, "NF**9", "NC**9", "H**9") for line in LINES)
    monkeypatch.setattr(written, "LINES", wrong)
    monkeypatch.setattr(written, "TOTALS", dict.fromkeys(QUANTITIES, "NC**8"))
    assert [_words(measured)[claim] for claim in ("lines", "sums", "totals")] == ["refuted"] * 3


def test_doubling_depends_on_padding_and_on_the_count(measured) -> None:
    for layer in measured[SMALL]["layers"].values():
        layer["unpadded"] = layer["connections"]
    for layer in measured[LARGE]["layers"].values():
        layer["unpadded"] = layer["connections"]
    assert _words(measured)["doubling"] == "holds"
    measured[LARGE]["layers"]["layer6"]["connections"]["value"] += 1
    assert _words(measured)["doubling"] == "refuted"


def test_the_charts_are_drawn_from_the_numbers(measured) -> None:
    figures = Count().draw(measured, Conditions())
    assert set(figures) == {"layers", "doubling"}
    assert len(figures["layers"].axes) == 3
    padded, unpadded = figures["doubling"].axes[0].lines
    assert set(padded.get_ydata()) == {4.0}
    assert min(unpadded.get_ydata()) > 4
