"""``zoo new`` and ``zoo check``, as a plugin author types them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "mine.py"

SLOPPY = """
from dataclasses import dataclass
from zoo.api import Architecture, Config, hookimpl
from zoo.api import LayerCost


@dataclass(frozen=True)
class SloppyConfig(Config):
    width: int = 4


class Sloppy(Architecture):
    name, summary, tasks, config = "sloppy", "breaks promises", ("colorization",), SloppyConfig

    def preprocess(self, config, task):
        from zoo.api import ScaledPixels

        return ScaledPixels(task.channels)

    def build(self, config, in_channels, num_classes):
        import torch
        from torch import nn

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.conv = nn.Conv2d(in_channels, num_classes, 2)
                self.unused = nn.Linear(3, 3)

            def forward(self, x):
                return self.conv(x)

        return Net()

    def complexity(self, config):
        return [LayerCost("conv", weights="5 * NIC * NC")]


@hookimpl
def zoo_architectures():
    return [Sloppy()]
"""


def test_a_new_plugin_is_the_example_of_the_docs_and_keeps_its_promises(zoo_cli) -> None:  # type: ignore[no-untyped-def]
    done = zoo_cli("new", "mine")
    assert done.code == 0
    assert Path("mine.py").read_text(encoding="utf-8") == EXAMPLE.read_text(encoding="utf-8")
    checked = zoo_cli("--plugin", "mine.py", "check", "mine")
    assert checked.code == 0, checked.out
    assert "mine/mine: 16 of 16 checks passed" in checked.out
    assert max(map(len, checked.out.splitlines())) <= 80


def test_a_new_package_passes_its_own_tests(zoo_cli, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    assert zoo_cli("new", "my_net", "--package", "--out", "work").code == 0
    package = tmp_path / "work" / "zoo-my_net"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", package / "tests"],
        cwd=package, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(package)}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert "16 passed" in done.stdout


def test_every_broken_promise_is_named(zoo_cli, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "sloppy.py").write_text(SLOPPY, encoding="utf-8")
    done = zoo_cli("--plugin", "sloppy.py", "check", "sloppy", "--json")
    assert done.code == 1
    problems = {row["check"]: row["problem"] for row in json.loads(done.out)["checks"] if row["problem"]}
    assert "has no citation" in problems["check_plain_data"]
    assert "the logits have the shape (2, 5, 15, 15), not (2, 5, 16, 16)" in problems["check_logits"]
    assert "conv, weights: registered 5 * NIC * NC instead of 4*NIC*NC" in problems["check_complexity"]
    assert set(problems) == {"check_plain_data", "check_logits", "check_complexity"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["new", "3d"], "'3d' cannot be the name of a module"),
        (["new", "class"], "'class' cannot be the name of a module"),
        (["new", "MyNet"], "use lower-case letters"),
        (["new", "unet"], "the name unet is taken by unet/unet"),
        (["new", "numpy"], "numpy.py would hide the module numpy"),
        (["new", "random"], "random.py would hide the module random"),
        (["new", "there"], "there.py is there already"),
        (["new", "net", "--out", "there.py"], "cannot write to there.py"),
        (["check", "unett"], "did you mean unet"),
    ],
)
def test_bad_input_is_one_line(zoo_cli, tmp_path: Path, arguments: list[str], said: str) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "there.py").write_text("", encoding="utf-8")
    done = zoo_cli(*arguments)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert [path.name for path in tmp_path.iterdir()] == ["there.py"]
