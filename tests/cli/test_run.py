"""``zoo run``: what it leaves, and that stopping and going on changes nothing."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import zoo
from zoo.runs.run import Run

FILES = {
    "run.json",
    "metrics.jsonl",
    "weights.safetensors",
    "best.safetensors",
    "state",
    "samples.npz",
    "complexity.png",
    "network.svg",
    "curves.png",
    "samples.png",
    "report.html",
}
SMALL = ("--size", 16, "--palette", "kmeans:6", "--epochs", 2, "--batch-size", 16)


def test_a_run_leaves_figures_pictures_and_a_report(zoo_cli, tiny_data: Path) -> None:  # type: ignore[no-untyped-def]
    outcome = zoo_cli("run", "unet", "--data", f"folder:{tiny_data}", *SMALL, "--set", "num_filters=4")
    assert outcome.code == 0, outcome.err
    folder = Path("runs/unet-1")
    assert {path.name for path in folder.iterdir()} == FILES
    assert "lookup (reference)" in outcome.out
    assert "runs/unet-1/report.html" in outcome.out
    assert "epoch   2/2" in outcome.err
    assert max(map(len, outcome.out.splitlines())) <= 80
    record = json.loads((folder / "run.json").read_text())
    assert record["status"] == "done"
    assert record["plan"]["config"]["num_filters"] == 4
    for figures in (record["result"], record["reference"]):
        assert {"loss", "accuracy", "chromatic_accuracy", "balanced_accuracy", "ciede2000"} <= figures.keys()
    assert len((folder / "metrics.jsonl").read_text().splitlines()) == 2
    for name in ("curves.png", "samples.png"):
        with Image.open(folder / name) as picture:
            assert min(picture.size) > 300
    page = (folder / "report.html").read_text()
    assert page.count("data:image/png;base64,") == 3
    assert "http" not in page


def test_max_steps_is_an_option_too(zoo_cli, tiny_data: Path) -> None:  # type: ignore[no-untyped-def]
    outcome = zoo_cli("run", "unet", "--data", f"folder:{tiny_data}", *SMALL, "--set", "recipe.max_steps=1", "--json")
    assert outcome.code == 0, outcome.err
    output = json.loads(outcome.out)
    assert (output["plan"]["recipe"]["max_steps"], output["result"]["epochs"], output["status"]) == (1, 1, "done")


@pytest.mark.usefixtures("unreported")
def test_the_figures_are_those_of_the_saved_weights(zoo_cli, tiny_data: Path) -> None:  # type: ignore[no-untyped-def]
    """Judged again by hand, from the files alone."""
    assert (
        zoo_cli("run", "baseline", "--data", f"folder:{tiny_data}", *SMALL, "--set", "recipe.precision=fp32").code == 0
    )
    run = Run.load("runs/baseline-1")
    splits = zoo.load_data(f"folder:{tiny_data}", size=16)
    palette = torch.tensor([list(bytes.fromhex(color[1:])) for color in run.record["task_state"]["palette"]])
    grey = splits.val.rgb.double().mean(1, keepdim=True).round()
    model = zoo.build("baseline", num_classes=6).eval()
    from safetensors.torch import load_file

    model.load_state_dict(load_file(run.folder / "weights.safetensors"))
    with torch.inference_mode():
        logits = model(grey.float() / 256)
    distance = torch.cdist(splits.val.rgb.permute(0, 2, 3, 1).reshape(-1, 3).double(), palette.double())
    truth = distance.argmin(1).view(len(splits.val), 16, 16)
    assert run.result["loss"] == pytest.approx(torch.nn.functional.cross_entropy(logits, truth).item(), rel=1e-4)
    assert run.result["accuracy"] == pytest.approx((logits.argmax(1) == truth).double().mean().item(), abs=1e-3)


def test_the_lookup_beats_chance_and_is_its_own_reference(zoo_cli, tiny_data: Path) -> None:  # type: ignore[no-untyped-def]
    outcome = zoo_cli("run", "lookup", "--data", f"folder:{tiny_data}", *SMALL[:4], "--json")
    assert outcome.code == 0, outcome.err
    output = json.loads(outcome.out)
    assert output["run"] == "runs/lookup-1"
    assert output["result"]["epochs"] == 0
    assert output["result"]["accuracy"] > 0.5, "the color of these pictures follows from their grey"
    assert output["result"]["loss"] == pytest.approx(output["reference"]["loss"])
    assert Path("runs/lookup-1/curves.png").exists()


@pytest.mark.usefixtures("unreported")
def test_one_seed_gives_one_run_and_another_another(tiny_data: Path, tmp_path: Path) -> None:
    def losses(name: str, seed: int) -> list[float]:
        run = train(tiny_data, tmp_path / name, seed=seed)
        return [line["loss"] for line in run.epochs()]

    assert losses("a", 1) == losses("b", 1) != losses("c", 2)


@pytest.mark.usefixtures("unreported")
@pytest.mark.parametrize("stop_at", [1, 3, 4, 5, 8])
def test_a_run_that_is_stopped_and_resumed_equals_one_that_is_not(
    tiny_data: Path, tmp_path: Path, stop_at: int
) -> None:
    """Three steps an epoch, three epochs: stopped in the middle of an epoch and at its end."""
    whole = train(tiny_data, tmp_path / "whole", epochs=3)
    stopped = train(tiny_data, tmp_path / "stopped", epochs=3, progress=StopAt(stop_at))
    assert stopped.record["status"] == "interrupted"
    assert len(stopped.epochs()) == stop_at // 3
    resumed = zoo.resume(stopped.folder)
    assert resumed.record["status"] == "done"
    untimed = [[{**line, "train_s": 0} for line in run.epochs()] for run in (whole, resumed)]
    assert untimed[0] == untimed[1]
    assert (whole.folder / "weights.safetensors").read_bytes() == (resumed.folder / "weights.safetensors").read_bytes()
    for name in ("loss", "accuracy", "ciede2000"):
        assert whole.result[name] == resumed.result[name]


@pytest.mark.usefixtures("unreported")
def test_max_steps_ends_a_run_in_the_middle_of_an_epoch(tiny_data: Path, tmp_path: Path) -> None:
    """Three steps an epoch: the fifth step is the second of the second epoch, whatever epochs there might have been."""
    watch = Watch()
    limited = train(tiny_data, tmp_path / "limited", epochs=9, max_steps=5, progress=watch)
    assert limited.record["status"] == "done"
    assert [line["steps"] for line in limited.epochs()] == [3, 5]
    assert watch.steps == [(step, 5) for step in range(1, 6)]
    assert [line.split()[1] for line in watch.lines if line.startswith("epoch")] == ["1/2", "2/2"]
    assert limited.epochs()[-1]["lr"] < 1e-3, "one cycle ends with the last step"
    assert 0.5 < limited.epochs()[1]["train_loss"] / limited.epochs()[0]["train_loss"] < 1.2, "a mean over two steps"
    whole = train(tiny_data, tmp_path / "whole", epochs=2, max_steps=100)
    assert [line["steps"] for line in whole.epochs()] == [3, 6], "a limit that is not reached limits nothing"


@pytest.mark.usefixtures("unreported")
@pytest.mark.parametrize("stop_at", [2, 3, 4])
def test_a_limited_run_that_is_stopped_and_resumed_equals_one_that_is_not(
    tiny_data: Path, tmp_path: Path, stop_at: int
) -> None:
    whole = train(tiny_data, tmp_path / "whole", epochs=9, max_steps=5)
    stopped = train(tiny_data, tmp_path / "stopped", epochs=9, max_steps=5, progress=StopAt(stop_at))
    assert stopped.record["status"] == "interrupted"
    resumed = zoo.resume(stopped.folder)
    assert resumed.record["status"] == "done"
    untimed = [[{**line, "train_s": 0} for line in run.epochs()] for run in (whole, resumed)]
    assert untimed[0] == untimed[1]
    assert (whole.folder / "weights.safetensors").read_bytes() == (resumed.folder / "weights.safetensors").read_bytes()


def test_an_interrupted_run_says_how_to_go_on(zoo_cli, tiny_data: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    plugin = tmp_path / "impatient.py"
    plugin.write_text(
        "import os, signal\nfrom zoo.api import hookimpl\n\n@hookimpl\ndef zoo_epoch_end(run, metrics):\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
    )
    outcome = zoo_cli("--plugin", plugin, "run", "unet", "--data", f"folder:{tiny_data}", *SMALL)
    assert outcome.code == 130
    assert "resume it with: zoo run --resume runs/unet-1" in outcome.err
    assert json.loads(Path("runs/unet-1/run.json").read_text())["status"] == "interrupted"
    assert {path.name for path in Path("runs/unet-1").iterdir()} == FILES, "what was reached is reported"
    assert zoo_cli("run", "--resume", "runs/unet-1").code == 0
    assert "there is nothing to resume" in zoo_cli("run", "--resume", "runs/unet-1").err


def test_resume_refuses_changed_data(zoo_cli, tiny_data: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    data = tmp_path / "data"
    for split in ("train", "val"):
        (data / split).mkdir(parents=True)
        for path in (tiny_data / split).iterdir():
            (data / split / path.name).write_bytes(path.read_bytes())
    train(data, tmp_path / "run", epochs=3, progress=StopAt(4))
    Image.fromarray(np.zeros((16, 16, 3), np.uint8)).save(data / "val" / "00.png")
    outcome = zoo_cli("run", "--resume", tmp_path / "run")
    assert outcome.code == 2
    assert "cannot be resumed: the validation pictures, the validation targets changed" in outcome.err


def test_a_loss_that_explodes_is_told_and_leaves_nothing(zoo_cli, tiny_data: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    plugin = tmp_path / "exploding.py"
    plugin.write_text(EXPLODING)
    outcome = zoo_cli("--plugin", plugin, "run", "exploding", "--data", f"folder:{tiny_data}", *SMALL)
    assert outcome.code == 1
    assert "the loss became nan in epoch 1; try a lower --lr." in outcome.err
    assert list(Path("runs").iterdir()) == []


EXPLODING = """
from dataclasses import dataclass
from zoo.api import Architecture, Config, hookimpl

@dataclass(frozen=True)
class Settings(Config):
    pass

class Exploding(Architecture):
    name, summary, tasks, config = "exploding", "not a number", ("colorization",), Settings

    def preprocess(self, config, task):
        from zoo.api import ScaledPixels
        return ScaledPixels(task.channels)

    def build(self, config, in_channels, num_classes):
        from torch import nn
        model = nn.Conv2d(in_channels, num_classes, 1)
        nn.init.constant_(model.weight, float("nan"))
        return model

@hookimpl
def zoo_architectures():
    return [Exploding()]
"""


class StopAt:
    """Asks for an end, as Ctrl-C does, after some steps."""

    def __init__(self, step: int) -> None:
        self.step = step

    def advance(self, label: str, done: int, total: int) -> None:
        if label == "training" and done == self.step:
            os.kill(os.getpid(), signal.SIGINT)

    def say(self, line: str) -> None:
        pass


class Watch:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.steps: list[tuple[int, int]] = []
        self.lines: list[str] = []

    def advance(self, label: str, done: int, total: int) -> None:
        if label == "training":
            self.steps.append((done, total))

    def say(self, line: str) -> None:
        self.lines.append(line)


def train(
    data: Path,
    out: Path,
    *,
    epochs: int = 2,
    max_steps: int = 0,
    seed: int = 0,
    progress: object = None,
) -> Run:
    return zoo.train(
        "unet",
        data=f"folder:{data}",
        size=16,
        settings={"num_filters": 4, "task.palette": "kmeans:6", "recipe.max_steps": max_steps},
        epochs=epochs,
        batch_size=16,
        seed=seed,
        out=out,
        progress=progress,  # type: ignore[arg-type]
    )


@pytest.mark.usefixtures("unreported")
def test_a_kill_between_figures_and_state_repeats_the_epoch(
    tiny_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = train(tiny_data, tmp_path / "whole", epochs=3)
    from zoo.training import loop

    real, calls = loop.save_state, []

    def killed_at_the_second(*arguments: object, **parts: object) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise MemoryError
        real(*arguments, **parts)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(loop, "save_state", killed_at_the_second)
        with pytest.raises(MemoryError):
            train(tiny_data, tmp_path / "killed", epochs=3)
    assert Run.load(tmp_path / "killed").record["status"] == "failed"
    resumed = zoo.resume(tmp_path / "killed")
    assert [line["epoch"] for line in resumed.epochs()] == [1, 2, 3]
    assert resumed.result["loss"] == whole.result["loss"]
