"""The second task through the same commands: run, predict, compare."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import zoo
from zoo.data import _compose

SMALL = ("--task", "segmentation", "--size", 16, "--epochs", 8, "--batch-size", 8)


@pytest.fixture(scope="module")
def run(tiny_masks: Path, tmp_path_factory: pytest.TempPathFactory) -> zoo.Run:
    return zoo.train(
        "unet",
        task="segmentation",
        data=f"folder:{tiny_masks}",
        size=16,
        settings={"num_filters": 8},
        epochs=12,
        batch_size=8,
        out=tmp_path_factory.mktemp("segmentation") / "unet",
    )


def test_a_network_learns_bright_boxes_and_beats_the_prior(run: zoo.Run) -> None:
    names = {"loss", "accuracy", "miou", "foreground_iou", "iou_0", "iou_1", "boundary_iou", "course_miou"}
    assert names <= run.result.keys()
    assert names <= run.reference.keys()
    assert run.reference["architecture"] == "prior"
    assert run.result["miou"] > 0.85
    assert run.result["miou"] > run.reference["miou"]


def test_the_report_explains_the_figures(run: zoo.Run) -> None:
    page = (run.folder / "report.html").read_text()
    for part in (
        "course",
        "thresholded mIOU",
        "exceeds 0.5, doubled, in tenths",
        "edge IoU",
        "Cheng et al. 2021",
    ):
        assert part in page
    assert "<summary>mIoU</summary>intersection over union" in page
    assert f'<td class="number best">{run.result["miou"]:.3f}</td>' in page


def test_the_iou_of_every_class_is_shown(zoo_cli, run: zoo.Run, tiny_masks: Path) -> None:  # type: ignore[no-untyped-def]
    page = (run.folder / "report.html").read_text()
    assert "IoU of class" in page
    for number in (0, 1):
        cells = (str(number), f"{run.result[f'iou_{number}']:.3f}", f"{run.reference[f'iou_{number}']:.3f}")
        numbers = "".join(f'<td class="number">{cell}</td>' for cell in cells[1:])
        assert f"<tr><td>{cells[0]}</td>{numbers}</tr>" in page
    printed = zoo_cli("run", "prior", "--data", f"folder:{tiny_masks}", *SMALL[:4]).out
    assert [line.split()[0] for line in printed.partition("IoU of class")[2].splitlines()[2:4]] == ["0", "1"]
    assert max(map(len, printed.splitlines())) <= 80


def test_predict_writes_mask_and_overlay_at_the_photos_size(zoo_cli, run: zoo.Run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    pixels = np.full((40, 61, 3), (30, 60, 90), np.uint8)
    pixels[10:30, 20:45] = (200, 160, 90)
    Image.fromarray(pixels).save(tmp_path / "photo.jpg", quality=95)
    outcome = zoo_cli("predict", run.folder, "photo.jpg", "--out", "made")
    assert outcome.code == 0, outcome.err
    assert outcome.out.split() == ["made/photo-mask.png", "made/photo-overlay.jpg"]
    with Image.open("made/photo-mask.png") as made, Image.open("made/photo-overlay.jpg") as overlay:
        mask = np.asarray(made)[..., 0]
        assert made.size == overlay.size == (61, 40)
    assert set(np.unique(mask)) <= {0, 255}
    truth = pixels[..., 0] > 100
    assert ((mask > 0) & truth).sum() / ((mask > 0) | truth).sum() > 0.6
    assert zoo_cli("predict", run.folder, "photo.jpg", "--out", "x.png").out.split() == ["x.png", "x-overlay.png"]
    refused = zoo_cli("predict", run.folder, "photo.jpg", "--out", "x.jpg")
    assert refused.code == 2
    assert "JPEG would change the values of a mask" in refused.err


@pytest.mark.usefixtures("unreported")
def test_runs_of_two_losses_compare_but_for_the_loss(zoo_cli, run: zoo.Run, tiny_masks: Path) -> None:  # type: ignore[no-untyped-def]
    outcome = zoo_cli(
        "run", "baseline", "--data", f"folder:{tiny_masks}", *SMALL, "--set", "task.loss=soft-iou", "--json"
    )
    assert outcome.code == 0, outcome.err
    assert json.loads(outcome.out)["plan"]["task_config"] == {"loss": "soft-iou"}
    compared = zoo_cli("compare", run.folder, "runs/baseline-1")
    assert compared.code == 0, compared.err
    assert "these runs differ in task.loss" in " ".join(compared.out.split())
    rows = {line.split()[0]: line.split()[-1] for line in compared.out.splitlines() if line.startswith(("loss", "acc"))}
    assert rows["loss"] == "-", "two losses have no best"
    assert rows["accuracy"] != "-"
    assert max(map(len, compared.out.partition("note:")[0].splitlines())) <= 80


def test_it_works_out_of_the_box(zoo_cli, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(_compose, "TRAIN_PICTURES", 12)
    monkeypatch.setattr(_compose, "VAL_PICTURES", 6)
    outcome = zoo_cli("run", "prior", "--task", "segmentation")
    assert outcome.code == 0, outcome.err
    assert "composed, not photographed" in " ".join(outcome.err.split())
    plan = json.loads(Path("runs/prior-1/run.json").read_text())["plan"]
    assert (plan["data"], plan["size"]) == ("composed", 64)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("run", "unet", "--task", "segmentation", "--data", "photos"),
            "needs masks, and the data set photos has none",
        ),
        (("run", "lookup", "--task", "segmentation"), "lookup cannot do the task segmentation; it does colorization."),
        (("run", "prior"), "prior cannot do the task colorization; it does segmentation."),
        (
            ("run", "unet", "--task", "segmentation", "--set", "task.loss=iou"),
            "unknown value of loss 'iou': did you mean soft",
        ),
        (("run", "unet", "--set", "task.loss=soft-iou"), "unknown setting 'task.loss'"),
        (("run", "unet", "--task", "segmentation", "--data", "folder:{tiny}"), "no images/ with masks/ beside it"),
        (("data", "folder:{tiny}", "--task", "segmentation"), "no images/ with masks/ beside it"),
    ],
)
def test_bad_input(zoo_cli, tiny_data: Path, arguments: tuple[str, ...], said: str) -> None:  # type: ignore[no-untyped-def]
    outcome = zoo_cli(*(argument.format(tiny=tiny_data) for argument in arguments))
    assert outcome.code == 2, outcome
    assert said in outcome.err
    assert len(outcome.err.strip().splitlines()) == 1
    assert not Path("runs").exists()


def test_data_prepares_masks_for_a_task(zoo_cli, tiny_masks: Path) -> None:  # type: ignore[no-untyped-def]
    output = json.loads(zoo_cli("data", f"folder:{tiny_masks}", "--task", "segmentation", "--size", 16, "--json").out)
    assert (output["training"], output["validation"], output["notes"]) == (24, 8, [])
    rows = {row["name"]: row["masks"] for row in json.loads(zoo_cli("data", "--json").out)["datasets"]}
    assert rows == {"photos": False, "composed": True, "cifar10": False, "pets": True, "folder": None}
