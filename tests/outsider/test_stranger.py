"""A stranger's plugin: as an installed package with an entry point, and as a single file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PLUGIN = '''
"""A stranger's architecture: one convolution."""

from dataclasses import dataclass

from zoo.api import Architecture, Config, hookimpl, setting


@dataclass(frozen=True)
class OneConfig(Config):
    kernel_size: int = setting(5, symbol="k", low=1, odd=True, help="height and width of the kernel")


class One(Architecture):
    name = "one"
    summary = "a single convolution"
    tasks = ("colorization",)
    citation = "made for a test"
    config = OneConfig

    def preprocess(self, config, task):
        from zoo.api import ScaledPixels

        return ScaledPixels(task.channels)

    def build(self, config, in_channels, num_classes):
        from torch import nn

        return nn.Conv2d(in_channels, num_classes, config.kernel_size, padding=config.kernel_size // 2)


@hookimpl
def zoo_architectures():
    return [One()]


@hookimpl
def zoo_run_end(run, result):
    (run.folder / "seen.txt").write_text(f"{result['loss']:.3f}")
'''


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder on the path with one working and one broken package in it, as an installer leaves them."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "stranger.py").write_text(PLUGIN)
    (folder / "wreck.py").write_text("import torch\nraise SystemExit('I quit')")
    for name, module in (("stranger", "stranger"), ("wreck", "wreck")):
        info = folder / f"zoo_{name}-2.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: zoo-{name}\nVersion: 2.0\n")
        (info / "entry_points.txt").write_text(f"[zoo.plugins]\n{name} = {module}\n")
    return folder


def zoo_in(site: Path, cwd: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(site), "COLUMNS": "80"}
    return subprocess.run(
        [sys.executable, "-m", "zoo", *map(str, arguments)], cwd=cwd, env=environment, capture_output=True, text=True
    )


def test_an_installed_stranger_is_found_and_a_wreck_is_contained(site: Path, tmp_path: Path) -> None:
    output = json.loads(zoo_in(site, tmp_path, "plugins", "--json").stdout)
    plugins = {plugin["name"]: plugin for plugin in output}
    assert plugins["stranger"]["origin"] == "zoo-stranger 2.0"
    assert plugins["stranger"]["brings"]["architecture"] == ["one"]
    assert plugins["wreck"]["errors"] == ["importing it failed: SystemExit: I quit (wreck.py, line 2)"]
    assert plugins["unet"]["errors"] == []


def test_an_installed_stranger_trains_and_predicts(site: Path, tmp_path: Path, tiny_data: Path) -> None:
    options = ("--size", 16, "--epochs", 1, "--palette", "kmeans:4")
    ended = zoo_in(site, tmp_path, "run", "one", "--data", f"folder:{tiny_data}", *options)
    assert ended.returncode == 0, ended.stderr
    loss = json.loads((tmp_path / "runs/one-1/run.json").read_text())["result"]["loss"]
    assert (tmp_path / "runs/one-1/seen.txt").read_text() == f"{loss:.3f}"
    photo = next((tiny_data / "val").iterdir())
    ended = zoo_in(site, tmp_path, "predict", "runs/one-1", photo, "--out", "out.png")
    assert ended.returncode == 0, ended.stderr
    assert (tmp_path / "out.png").exists()


def test_a_single_file_does_the_same(zoo_cli, tmp_path: Path, tiny_data: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "mine.py").write_text(PLUGIN)
    options = ("--size", 16, "--epochs", 1, "--palette", "kmeans:4", "--set", "kernel_size=3")
    outcome = zoo_cli("--plugin", "mine.py", "run", "one", "--data", f"folder:{tiny_data}", *options)
    assert outcome.code == 0, outcome.err
    assert json.loads(Path("runs/one-1/run.json").read_text())["plan"]["architecture"] == "mine/one"


def test_two_processes_train_what_one_does(tmp_path: Path, tiny_data: Path) -> None:
    """The same command under a launcher; without batch normalization the two must agree but for rounding."""
    (tmp_path / "mine.py").write_text(PLUGIN)
    command = ["--plugin", "mine.py", "run", "one", "--data", f"folder:{tiny_data}", "--size", "16", "--device", "cpu"]
    command += [
        "--epochs",
        "2",
        "--batch-size",
        "16",
        "--set",
        "recipe.precision=fp32",
        "--palette",
        "kmeans:4",
        "--out",
    ]
    launcher = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2", "--standalone"]
    for start, name in (([sys.executable], "single"), (launcher, "double")):
        ended = subprocess.run([*start, "-m", "zoo", *command, name], cwd=tmp_path, capture_output=True, text=True)
        assert ended.returncode == 0, ended.stderr[-3000:]
    single, double = (json.loads((tmp_path / name / "run.json").read_text()) for name in ("single", "double"))
    assert (single["processes"], double["processes"]) == (1, 2)
    assert double["result"]["loss"] == pytest.approx(single["result"]["loss"], rel=1e-3)
