"""``zoo complexity``: tables within 80 columns, JSON, exit codes, and one line for every mistake."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Cli = Callable[..., Any]

WRONG = """
from zoo_baseline import Baseline
from zoo.api import LayerCost, hookimpl


class Mistaken(Baseline):
    name = "mistaken"

    def complexity(self, config):
        return [LayerCost("layer5.0", "2 * k**2 * NF * NC", "NC", "NC * H/2 * W/2", "k**2 * NF * NC * H/2 * W/2")]


@hookimpl
def zoo_architectures():
    return [Mistaken()]
"""


def test_the_table_states_numbers_formulas_proof_and_conventions(zoo_cli: Cli) -> None:
    ended = zoo_cli("complexity", "unet")
    assert ended.code == 0
    assert max(map(len, ended.out.splitlines())) <= 80
    [total] = [line for line in ended.out.splitlines() if line.startswith("total") and "✓" in line]
    assert total.split() == ["total", "111,888", "456", "229,376", "18,800,640", "✓✓✓✓"]
    assert "k² NIC NF H W" in ended.out
    for said in ("together: 112,344", "One connection is one multiply-add", "H divisible by 4", "✓ proved for"):
        assert said in ended.out.replace("\n  ", " ")


def test_json_follows_the_configuration(zoo_cli: Cli) -> None:
    ended = zoo_cli(
        "complexity", "baseline", "--set", "num_filters=16", "--height", 64, "--no-formulas", "--json", "--no-biases"
    )
    output = json.loads(ended.out)
    assert output["schema"] == 2
    assert output["point"] == {"k": 3, "NIC": 1, "NF": 16, "NC": 24, "H": 64, "W": 32}
    assert output["totals"]["connections"]["value"] == 2 * (9216 * 16 + 8064 * 16**2 + 2304 * 16 * 24 + 9216 * 24**2)
    assert "biases" not in output["totals"]


def test_doubling_ledger_and_comparison_in_one_go(zoo_cli: Cli) -> None:
    ended = zoo_cli(
        *("complexity", "unet", "--double", "H,W", "--finetune", "--from", "layer5", "--no-measure"),
        *("--versus", "baseline", "--json"),
    )
    output = json.loads(ended.out)
    assert output["doubling"]["totals"]["connections"]["expression"] == "4"
    assert [scope["trained"] for scope in output["finetune"]["scopes"]] == ["everything", "last layer", "from layer5"]
    assert list(output["versus"]["rows"]) == ["layer4.0", "layer5.0", "layer6"]


def test_the_same_as_tables(zoo_cli: Cli) -> None:
    ended = zoo_cli(
        *("complexity", "unet", "--double", "H,W", "--finetune", "--no-measure", "--versus", "baseline", "--no-padding")
    )
    assert ended.code == 0
    assert max(map(len, ended.out.splitlines())) <= 80
    assert "H and W doubled" in ended.out
    assert "training last layer, batch of 4" in ended.out
    assert "training everything : last layer, batch of 4" in ended.out
    assert "What unet has more of than baseline" in ended.out


def test_the_default_fine_tuner_predicted_beside_measured_at_one_size_and_doubled(zoo_cli: Cli) -> None:
    ended = zoo_cli("complexity", "finetune", "--classes", 2, "--finetune", "--double", "H,W", "--no-formulas")
    assert ended.code == 0, ended.err
    assert max(map(len, ended.out.splitlines())) <= 80
    _, _, table = ended.out.partition("training everything : last layer, batch of 4")
    assert table.splitlines()[1].split() == ["predicted", "measured", "doubled,", "predicted", "measured"]
    [work] = [line.split() for line in table.splitlines() if line.startswith("both, FLOPs")]
    assert work[2] == work[3] == work[4] == work[5]
    assert 2.9 < float(work[2]) < 3


def test_documents_and_the_chart(zoo_cli: Cli, tmp_path: Path) -> None:
    assert zoo_cli("complexity", "lookup", "--markdown").out.startswith("### lookup")
    latex = zoo_cli("complexity", "lookup", "--latex", "--plot", tmp_path / "bars.svg").out
    assert r"\begin{longtable}" in latex
    assert "<svg" in (tmp_path / "bars.svg").read_text()


def test_models_of_a_library(zoo_cli: Cli) -> None:
    ended = zoo_cli("complexity", "torchvision:resnet18", "--no-formulas")
    assert "11,689,512" in ended.out
    assert "1,814,073,344" in ended.out
    assert max(map(len, ended.out.splitlines())) <= 80


def test_a_wrong_registered_formula_ends_with_1_and_is_named(zoo_cli: Cli, tmp_path: Path) -> None:
    plugin = tmp_path / "mistaken.py"
    plugin.write_text(WRONG)
    ended = zoo_cli("--plugin", plugin, "complexity", "mistaken")
    assert ended.code == 1
    assert (
        "zoo: wrong formula: layer5.0, weights: registered 2 * k**2 * NF * NC instead of k**2*NF*NC; they differ first "
        "at k=3, NIC=1, NF=32, NC=24, H=32, W=32: 13824 registered, 6912 counted." in ended.err
    )
    assert "×" in ended.out  # noqa: RUF001
    output = json.loads(zoo_cli("--plugin", plugin, "complexity", "mistaken", "--json").out)
    assert [(failure["layer"], failure["quantity"]) for failure in output["failures"]] == [("layer5.0", "weights")]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["unett"], "unknown architecture 'unett': did you mean unet?"),
        (["unet", "--double", "Q"], "unknown symbol 'Q'"),
        (["unet", "--height", "33"], "unet cannot run on pictures of 33x32"),
        (["unet", "--height", "-4"], "--height must be at least 1, not -4."),
        (["unet", "--width", "0"], "--width must be at least 1, not 0."),
        (["torchvision:resnet18", "--height", "0"], "--height must be at least 1, not 0."),
        (["unet", "--classes", "0"], "--classes must be at least 1, not 0."),
        (["unet", "--set", "kernel_size=4"], "kernel_size must be odd, not 4."),
        (["unet", "--finetune", "--from", "layer9", "--no-formulas"], "unknown layer 'layer9': did you mean"),
        (["unet", "--from", "layer5"], "--from needs --finetune."),
        (["lookup", "--finetune", "--no-formulas"], "lookup has no weights to fine-tune."),
        (["unet", "--versus", "unett", "--no-formulas"], "unknown architecture 'unett'"),
        (["torchvision:resnet19"], "unknown torchvision model 'resnet19': did you mean"),
        (["torchvision:resnet18", "--set", "a=1"], "torchvision:resnet18 has none."),
        (["keras:vgg"], "unknown library 'keras'"),
        (["unet", "--json", "--latex"], "exclude each other"),
        (["unet", "--no-formulas", "--plot", "costs.bmp"], "must end in .png, .svg, .pdf."),
    ],
)
def test_a_mistake_is_one_line_and_ends_with_2(zoo_cli: Cli, arguments: list[str], message: str) -> None:
    ended = zoo_cli("complexity", *arguments)
    assert ended.code == 2
    assert message in ended.err
    assert ended.err.count("\n") == 1
