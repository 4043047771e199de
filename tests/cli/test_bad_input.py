"""Bad input: one line that says what, where and what to do next, exit code 2, and nothing left behind."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import zoo

RUN = ("run", "unet", "--data", "folder:{tiny}", "--size", "16")
CASES = {
    "architecture": (("run", "unett"), "unknown architecture 'unett': did you mean unet?"),
    "no architecture": (("run",), "name an architecture to train"),
    "task": ((*RUN, "--task", "colourization"), "unknown task 'colourization': did you mean colorization?"),
    "data set": (("run", "unet", "--data", "foto"), "unknown data set 'foto'"),
    "data argument": (("run", "unet", "--data", "folder"), "--data 'folder' should read folder:PATH."),
    "data argument too many": (("run", "unet", "--data", "photos:x"), "--data 'photos:x' should read photos."),
    "folder missing": (("run", "unet", "--data", "folder:nowhere"), "there is no folder nowhere"),
    "recipe": ((*RUN, "--recipe", "curse"), "unknown recipe 'curse': did you mean course"),
    "field": ((*RUN, "--set", "filters=3"), "unknown setting 'filters': did you mean num_filters"),
    "field bound": ((*RUN, "--set", "num_filters=0"), "num_filters must be at least 1, not 0."),
    "field type": ((*RUN, "--set", "num_filters=many"), "num_filters must be a whole number, not 'many'."),
    "field even": ((*RUN, "--set", "kernel_size=4"), "kernel_size must be odd, not 4."),
    "field form": ((*RUN, "--set", "num_filters"), "is not of the form name=value"),
    "epochs": ((*RUN, "--epochs", "0"), "epochs must be at least 1, not 0."),
    "epochs type": ((*RUN, "--epochs", "ten"), "Invalid value for '--epochs'"),
    "max steps": ((*RUN, "--set", "recipe.max_steps=-1"), "max_steps must be at least 0, not -1."),
    "batch size": ((*RUN, "--batch-size", "0"), "batch_size must be at least 1, not 0."),
    "lr": ((*RUN, "--lr", "nan"), "lr must be finite, not nan."),
    "classes empty": ((*RUN, "--classes", " "), "--classes ' ' names no class"),
    "init empty": ((*RUN, "--init", ""), "--init names nothing"),
    "data size": (("data", "folder:{tiny}", "--size", "0"), "--size must be from 4 to 4096, not 0."),
    "data classes empty": (("data", "folder:{tiny}", "--classes", ","), "--classes ',' names no class"),
    "show task empty": (("show", "unet", "--task", ""), "unknown task ''"),
    "shard empty": (("experiment", "run", "count", "--only", ""), "--only '' should read I/N"),
    "size": (("run", "unet", "--size", "2"), "--size must be from 4 to 4096, not 2."),
    "seed": (("run", "unet", "--seed", "-1"), "--seed must be from 0"),
    "precision": ((*RUN, "--set", "recipe.precision=fp8"), "unknown value of precision 'fp8'"),
    "device": ((*RUN, "--device", "gpu"), "unknown device 'gpu'"),
    "palette": ((*RUN, "--palette", "kmeens"), "kmeens"),
    "palette colors": ((*RUN, "--palette", "kmeans:1"), "colors"),
    "option": ((*RUN, "--epoch", "3"), "No such option: --epoch"),
    "command": (("rum", "unet"), "No such command 'rum'"),
    "out": ((*RUN, "--out", "/proc/zoo"), "cannot write to /proc/zoo"),
    "out full": ((*RUN, "--out", "."), "is not empty; name a new folder"),
    "resume nothing": (("run", "--resume", "nowhere"), "nowhere is no run folder"),
    "resume and more": (("run", "--resume", "nowhere", "--lr", "1"), "leave --lr out"),
    "show": (("show", "nothing"), "unknown architecture 'nothing'"),
    "predict no run": (("predict", "nowhere", "photo.png"), "nowhere is no run folder"),
    "predict no photo": (("predict", "{run}", "nothing.png"), "nothing.png: there is no such file."),
    "predict text": (("predict", "{run}", "text.png", "--out", "x"), "cannot read text.png: not a picture"),
    "predict empty folder": (("predict", "{run}", "empty"), "empty has no images in it."),
    "predict suffix": (("predict", "{run}", "photo.png", "--out", "photo.png/x"), "cannot write photo.png/x"),
    "predict other picture": (("predict", "{run}", "photo.png", "--out", "x.gif"), "written as .png or .jpg, not .gif"),
    "predict one file for two": (
        ("predict", "{run}", "photo.png", "text.png", "--out", "x.png"),
        "names one picture, but there are 2",
    ),
    "compare nothing": (("compare",), "Missing argument 'runs'. See `zoo compare --help`."),
    "compare no run": (("compare", "empty"), "empty is no run folder"),
    "data": (("data", "cifar"), "unknown data set 'cifar': did you mean cifar10?"),
    "plugin": (("--plugin", "none.py", "list"), "--plugin none.py: there is no such file."),
    "plugins folder": (("--plugins-dir", "none", "list"), "--plugins-dir none: there is no such folder."),
}


@pytest.fixture(scope="module")
def run(tiny_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("bad") / "lookup"
    zoo.train("lookup", data=f"folder:{tiny_data}", size=16, palette="kmeans:6", out=out)
    return out


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """What lies about when the mistakes are made."""
    Image.fromarray(np.full((20, 30, 3), 99, np.uint8)).save(tmp_path / "photo.png")
    (tmp_path / "text.png").write_text("a letter")
    (tmp_path / "empty").mkdir()
    return tmp_path


@pytest.mark.parametrize("name", CASES)
def test_one_line_and_exit_code_2(zoo_cli, desk: Path, run: Path, tiny_data: Path, name: str) -> None:  # type: ignore[no-untyped-def]
    arguments, said = CASES[name]
    before = everything(desk), everything(run)
    outcome = zoo_cli(*(str(argument).format(tiny=tiny_data, run=run) for argument in arguments))
    line = outcome.err.strip().splitlines()[-1]
    assert outcome.code == 2, outcome
    assert line.startswith("zoo: error: ")
    assert said in line
    assert "Traceback" not in outcome.err
    assert [text for text in outcome.err.splitlines() if text.startswith("zoo: error")] == [line]
    assert (everything(desk), everything(run)) == before, "something was left behind"


@pytest.mark.parametrize("damage", ["cut", "foreign", "missing", "record"])
def test_a_damaged_run_is_named(zoo_cli, desk: Path, run: Path, damage: str) -> None:  # type: ignore[no-untyped-def]
    copy = desk / "copy"
    shutil.copytree(run, copy)
    weights = copy / "weights.safetensors"
    if damage == "cut":
        weights.write_bytes(weights.read_bytes()[:-10])
    elif damage == "foreign":
        weights.write_bytes((desk / "photo.png").read_bytes())
    elif damage == "missing":
        weights.unlink()
    else:
        (copy / "run.json").write_text('{"schema": 2, "plan": {}}')
    outcome = zoo_cli("predict", copy, "photo.png", "--out", "out.png")
    assert outcome.code == 2, outcome
    assert outcome.err.startswith("zoo: error: ")
    assert ("record of a run" if damage == "record" else "weights.safetensors") in outcome.err
    assert not Path("out.png").exists()


def test_a_run_of_a_plugin_that_is_gone_says_so(zoo_cli, desk: Path, run: Path) -> None:  # type: ignore[no-untyped-def]
    copy = desk / "copy"
    shutil.copytree(run, copy)
    record = (copy / "run.json").read_text().replace("lookup/lookup", "mine/mine")
    (copy / "run.json").write_text(record)
    outcome = zoo_cli("predict", copy, "photo.png")
    assert outcome.code == 2
    assert "unknown architecture 'mine/mine'" in outcome.err
    assert "--plugin FILE" in outcome.err


def test_two_photos_that_would_become_one_are_refused(zoo_cli, desk: Path, run: Path) -> None:  # type: ignore[no-untyped-def]
    shutil.copy(desk / "photo.png", desk / "empty" / "photo.png")
    outcome = zoo_cli("predict", run, "photo.png", "empty", "--out", "out")
    assert outcome.code == 2
    assert "would both become out/photo-colorized.png" in outcome.err
    assert not Path("out").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_refused(zoo_cli, desk: Path, tiny_data: Path) -> None:  # type: ignore[no-untyped-def]
    (desk / "locked").mkdir(mode=0o500)
    outcome = zoo_cli("run", "lookup", "--data", f"folder:{tiny_data}", "--size", "16", "--out", "locked/run")
    assert outcome.code == 2
    assert "Permission denied" in outcome.err


def everything(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}
