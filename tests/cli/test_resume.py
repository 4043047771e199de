"""``zoo run --resume`` and ``--init``: from what a training may go on, and from what it may not."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

import zoo
from zoo.errors import FailedError
from zoo.jobs import identity
from zoo.jobs.plan import Plan, make_plan
from zoo.registry import load_registry
from zoo.runs.lock import locked
from zoo.runs.run import Run

pytestmark = pytest.mark.usefixtures("unreported")


class StopAfter:
    """Asks for an end, as Ctrl-C does, after some steps."""

    def __init__(self, step: int) -> None:
        self.step = step

    def advance(self, label: str, done: int, total: int) -> None:
        if label == "training" and done == self.step:
            import os
            import signal

            os.kill(os.getpid(), signal.SIGTERM)

    def say(self, line: str) -> None:
        pass


def train(data: Path, out: Path, *, architecture: str = "baseline", **options: object) -> Run:
    settings = {"num_filters": 4, "task.palette": "kmeans:3", "recipe.batch_size": 16, "recipe.schedule": "constant"}
    changes = options.pop("settings", {})
    arguments: dict[str, object] = {"epochs": 2, **options}
    return zoo.train(
        architecture,
        data=f"folder:{data}",
        size=16,
        settings={**settings, **changes},  # type: ignore[dict-item]
        out=out,
        **arguments,  # type: ignore[arg-type]
    )


@pytest.fixture
def data(tiny_data: Path, tmp_path: Path) -> Path:
    """A copy of the tiny data set, to be spoiled."""
    return shutil.copytree(tiny_data, tmp_path / "data")


def overwrite(data: Path) -> None:
    for number in range(16):
        shutil.copy(data / "val" / f"{number:02}.png", data / "train" / f"{number:02}.png")


def add(data: Path) -> None:
    Image.fromarray(np.full((16, 16, 3), 9, np.uint8)).save(data / "train" / "zz.png")


def reorder(data: Path) -> None:
    (data / "train" / "00.png").rename(data / "train" / "zz.png")


def judge_others(data: Path) -> None:
    Image.fromarray(np.full((16, 16, 3), 9, np.uint8)).save(data / "val" / "00.png")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (overwrite, "the training pictures, the training targets"),
        (add, "the training pictures, the training targets"),
        (reorder, "the training pictures, the training targets"),
        (judge_others, "the validation pictures, the validation targets"),
    ],
)
def test_other_pictures_are_refused(data: Path, tmp_path: Path, change: Callable[[Path], None], named: str) -> None:
    train(data, tmp_path / "run", progress=StopAfter(4))
    change(data)
    with pytest.raises(zoo.UserError, match=f"cannot be resumed: {named} changed; train it anew"):
        zoo.resume(tmp_path / "run")


def test_other_code_and_other_versions_are_refused(
    tiny_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped = train(tiny_data, tmp_path / "run", progress=StopAfter(4))
    assert stopped.record["stopped_by"] == 15
    plan = Plan.from_record(stopped.record["plan"], load_registry())
    assert {"code of zoo_baseline"} <= stopped.record["identity"].keys()
    real = identity._files
    with monkeypatch.context() as patch:
        patch.setattr(identity, "_files", lambda root: list(real(root))[1:])
        assert identity.differences(identity._code(plan), {}) == ["the zoo_baseline"]
        with pytest.raises(zoo.UserError, match="the code of zoo_baseline changed"):
            zoo.resume(tmp_path / "run")
    with monkeypatch.context() as patch:
        patch.setattr(identity, "__version__", "0.0.9")
        with pytest.raises(zoo.UserError, match="the version of zoo changed"):
            zoo.resume(tmp_path / "run")
    assert zoo.resume(tmp_path / "run").record["status"] == "done"


@pytest.mark.parametrize("architecture", ["baseline", "myconv"])
def test_the_code_of_a_convolution_belongs_to_the_run(architecture: str) -> None:
    """And that of the architecture behind a preset."""
    settings = {} if architecture == "myconv" else {"conv": "myconv:im2col"}
    plan = make_plan(
        load_registry(),
        architecture,
        settings=settings,
        task="colorization",
        data=None,
        size=None,
        classes=(),
        recipe="default",
        seed=0,
        device="cpu",
    )
    assert set(identity._code(plan)) == {"zoo_baseline", "zoo_myconv"}


def test_a_lock_keeps_a_second_process_out(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    code = "import sys, pathlib, zoo.runs.lock as lock\nwith lock.locked(pathlib.Path(sys.argv[1])): pass"
    command = [sys.executable, "-c", code, str(tmp_path / "run")]
    with locked(tmp_path / "run"):
        second = subprocess.run(command, capture_output=True, text=True, check=False)
        assert f"another process is at work on {tmp_path / 'run'}" in second.stderr
    assert subprocess.run(command, check=False).returncode == 0


def test_training_on_equals_training_longer(tiny_data: Path, tmp_path: Path) -> None:
    whole = train(tiny_data, tmp_path / "whole", epochs=3)
    short = train(tiny_data, tmp_path / "short", epochs=1)
    with pytest.raises(zoo.UserError, match="has ended; there is nothing to resume"):
        zoo.resume(short.folder)
    with pytest.raises(zoo.UserError, match="--epochs must be more than the 1 that"):
        zoo.resume(short.folder, epochs=1)
    longer = zoo.resume(short.folder, epochs=3)
    untimed = [[{**line, "train_s": 0} for line in run.epochs()] for run in (whole, longer)]
    assert untimed[0] == untimed[1]
    assert (whole.folder / "weights.safetensors").read_bytes() == (longer.folder / "weights.safetensors").read_bytes()
    assert longer.record["plan"]["recipe"]["epochs"] == 3


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"recipe.schedule": "one-cycle"}, "follows one-cycle over 2 epochs"),
        ({"recipe.max_steps": 2}, "ends after 2 steps"),
    ],
)
def test_training_on_where_it_means_nothing_is_a_clear_no(
    tiny_data: Path, tmp_path: Path, settings: dict[str, object], reason: str
) -> None:
    train(tiny_data, tmp_path / "run", settings=settings)
    with pytest.raises(zoo.UserError, match=reason):
        zoo.resume(tmp_path / "run", epochs=5)
    assert Run.load(tmp_path / "run").record["status"] == "done"


def test_the_best_epochs_weights_are_kept_by_a_metric_that_one_can_name(tiny_data: Path, tmp_path: Path) -> None:
    run = train(
        tiny_data, tmp_path / "run", epochs=4, lr=0.3, settings={"recipe.best": "accuracy", "recipe.precision": "fp32"}
    )
    accuracies = [line["accuracy"] for line in run.epochs()]
    best = accuracies.index(max(accuracies)) + 1
    assert run.record["best"] == {"metric": "accuracy", "epoch": best}
    until_then = train(
        tiny_data, tmp_path / "then", epochs=best, lr=0.3, settings={"recipe.best": "none", "recipe.precision": "fp32"}
    )
    assert not (until_then.folder / "best.safetensors").exists()
    kept, wanted = (
        load_file(path) for path in (run.folder / "best.safetensors", until_then.folder / "weights.safetensors")
    )
    assert all(torch.equal(kept[name], tensor) for name, tensor in wanted.items())
    with pytest.raises(zoo.UserError, match=r"unknown metric in recipe.best 'acuracy': did you mean .*accuracy"):
        train(tiny_data, tmp_path / "other", settings={"recipe.best": "acuracy"})
    assert not (tmp_path / "other").exists()


def test_weights_of_a_run_with_other_classes_are_taken_as_far_as_they_fit(tiny_data: Path, tmp_path: Path) -> None:
    first = train(tiny_data, tmp_path / "first", epochs=1)
    settings = {"task.palette": "kmeans:5", "recipe.lr": 0.0, "recipe.precision": "fp32"}
    second = train(tiny_data, tmp_path / "second", epochs=1, settings=settings, init=first.folder)
    said = second.record["initial_weights"]
    assert said.startswith(f"{len(load_file(first.folder / 'weights.safetensors')) - 8} of ")
    assert "still random: " in said
    assert "not taken: " in said
    before, after = (load_file(run.folder / "weights.safetensors") for run in (first, second))
    same = {name for name in before if before[name].shape == after[name].shape and name.endswith("weight")}
    assert same
    assert all(torch.equal(before[name], after[name]) for name in same), "nothing is learned at a rate of 0"


@pytest.mark.parametrize(
    ("tensors", "message"),
    [
        (None, "there is no file"),
        ({"other": torch.zeros(1)}, "none of its 1 tensors fits this baseline"),
        ({"layer1.0.weight": torch.full((4, 1, 3, 3), torch.nan)}, "layer1.0.weight not finite"),
        ("text", "is no safetensors file"),
    ],
)
def test_weights_that_do_not_fit_are_refused(tiny_data: Path, tmp_path: Path, tensors: object, message: str) -> None:
    path = tmp_path / "some.safetensors"
    if isinstance(tensors, dict):
        save_file(tensors, path)
    elif tensors:
        path.write_text("no weights")
    with pytest.raises(zoo.UserError, match=message):
        train(tiny_data, tmp_path / "run", init=path)
    assert not (tmp_path / "run").exists()


def test_a_full_disk_is_one_line_and_the_run_is_marked(tiny_data: Path, tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    from zoo.runs import samples

    def full(*arguments: object, **rows: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(samples.np, "savez_compressed", full)
    with pytest.raises(FailedError, match=r"cannot write .*samples.npz: No space left on device"):
        train(tiny_data, tmp_path / "run")
    assert Run.load(tmp_path / "run").record["status"] == "failed"
    assert [path.name for path in (tmp_path / "run").rglob(".*")] == []
