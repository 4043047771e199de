"""Features kept of a frozen backbone change nothing but the time; and augmentation keeps picture and mask together."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

import zoo
from zoo.jobs import job
from zoo.progress import Progress
from zoo.training import features
from zoo.training.augment import augment


def train(
    tiny_masks: Path,
    out: Path,
    choice: str = "head",
    augment: str = "none",
    *,
    epochs: int = 3,
    progress: Progress | None = None,
) -> zoo.Run:
    settings = {"recipe.train": choice, "recipe.augment": augment, "recipe.precision": "fp32"}
    return zoo.train(
        "finetune",
        task="segmentation",
        data=f"folder:{tiny_masks}",
        size=16,
        settings={"backbone": "lcnet_035", "weights": "random", "head_width": 8, **settings},
        batch_size=8,
        epochs=epochs,
        out=out,
        progress=progress,
    )


@pytest.mark.parametrize("choice", ["head", "last"])
def test_the_same_results_with_and_without(
    tiny_masks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, choice: str
) -> None:
    calls: list[int] = []
    real = features._features
    monkeypatch.setattr(features, "_features", lambda *args: calls.append(len(args[1])) or real(*args))
    kept = train(tiny_masks, tmp_path / "kept", choice)
    assert sum(calls) == 1 + 24 + 8, "every picture once, and one to learn how large its features are"
    monkeypatch.setattr(job, "can_cache", lambda *_: False)
    anew = train(tiny_masks, tmp_path / "anew", choice)
    assert kept.result["features_s"] > anew.result["features_s"] == 0
    for one, other in zip(kept.epochs(), anew.epochs(), strict=True):
        assert {name: one[name] for name in one if name != "train_s"} == pytest.approx(
            {name: other[name] for name in other if name != "train_s"}, abs=1e-5
        )
    first, second = (load_file(run.folder / "weights.safetensors") for run in (kept, anew))
    assert all(torch.allclose(first[name], second[name], atol=1e-5) for name in first)


@pytest.mark.parametrize(("choice", "augment"), [("all", "none"), ("from:backbone.blocks.5", "none"), ("head", "full")])
def test_nothing_is_kept_where_features_change(tiny_masks: Path, tmp_path: Path, choice: str, augment: str) -> None:
    run = train(tiny_masks, tmp_path / "run", choice, augment, epochs=1)
    assert run.result["features_s"] == 0


def test_features_that_take_too_much_room_are_not_kept(
    tiny_masks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(features, "LARGEST_BYTES", 1000)
    assert train(tiny_masks, tmp_path / "run", epochs=1).result["features_s"] == 0


def test_resuming_with_kept_features_equals_an_unbroken_run(tiny_masks: Path, tmp_path: Path) -> None:
    class Impatient:
        def advance(self, label: str, done: int, total: int) -> None:
            if label == "training" and done == 4:
                import os
                import signal

                os.kill(os.getpid(), signal.SIGINT)

        def say(self, line: str) -> None:
            pass

    whole = train(tiny_masks, tmp_path / "whole")
    stopped = train(tiny_masks, tmp_path / "stopped", progress=Impatient())
    assert stopped.record["status"] == "interrupted"
    resumed = zoo.resume(stopped.folder)
    assert resumed.result["loss"] == whole.result["loss"]


@pytest.mark.parametrize("choice", ["flip", "full"])
def test_augmented_masks_stay_on_their_objects(choice: str) -> None:
    """The picture's own brightness is its mask, before and after."""
    torch.manual_seed(0)
    mask = torch.zeros(16, 32, 32, dtype=torch.uint8)
    mask[:, 8:24, 4:14] = 1
    picture = (mask * 200)[:, None].expand(-1, 3, -1, -1).contiguous()
    changed, target = augment(picture, mask, choice)
    assert changed.shape == picture.shape
    assert (changed.dtype, target.dtype) == (torch.uint8, torch.uint8)
    assert not torch.equal(target, mask)
    agree = (changed.float().mean(1) > changed.float().amax((1, 2, 3))[:, None, None] / 2) == (target == 1)
    assert agree.float().mean() > 0.98
    same = augment(picture, mask, "none")
    assert same[0] is picture
    assert same[1] is mask
