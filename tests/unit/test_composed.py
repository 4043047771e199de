from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from zoo.api import DataRequest, Splits, UserError
from zoo.data import _compose
from zoo.data._silhouettes import KINDS
from zoo.data.composed import Composed


def load(cache: Path, size: int = 32, argument: str = "", classes: tuple[str, ...] = ()) -> Splits:
    return Composed().load(DataRequest(argument, size, classes, 0, cache, lambda *_: None))


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_compose, "TRAIN_PICTURES", 60)
    monkeypatch.setattr(_compose, "VAL_PICTURES", 20)


def test_pictures_with_masks_that_say_they_are_composed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    splits = load(tmp_path)
    assert splits.train.rgb.shape == (60, 3, 32, 32)
    assert splits.val.masks is not None
    assert splits.val.masks.shape == (20, 32, 32)
    assert splits.train.masks.unique().tolist() == [0, 1]
    assert 0.08 < splits.train.masks.float().mean() < 0.35
    assert splits.train.masks.flatten(1).any(dim=1).all(), "every picture shows something"
    assert "composed, not photographed" in splits.notes[0]
    monkeypatch.setattr(_compose, "_compose_all", None)
    again = load(tmp_path)
    assert torch.equal(again.train.masks, splits.train.masks)
    assert again.notes == splits.notes


def test_the_same_pictures_every_time(tmp_path: Path) -> None:
    one, two = (load(tmp_path / name, size=16) for name in ("one", "two"))
    assert torch.equal(one.train.rgb, two.train.rgb)
    assert torch.equal(one.val.masks, two.val.masks)


@pytest.mark.parametrize("constant", ["TRAIN_PICTURES", "VAL_PICTURES", "FINER"])
def test_what_decides_the_pictures_is_in_the_caches_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, constant: str
) -> None:
    load(tmp_path, size=16)
    monkeypatch.setattr(_compose, constant, getattr(_compose, constant) // 2)
    load(tmp_path, size=16)
    assert len(list(tmp_path.glob("composed-*"))) == 2


def test_the_mask_is_exact() -> None:
    """Of a black and a white photo, all that is bright belongs to one side of the mask."""
    photos = [np.zeros((90, 90, 3), np.uint8), np.full((90, 90, 3), 255, np.uint8)]
    for seed in range(12):
        picture, mask = _compose.compose(photos, 48, np.random.default_rng(seed))
        inside, outside = (picture.mean(axis=2)[mask == side].astype(float) for side in (1, 0))
        between = (inside.mean() + outside.mean()) / 2
        assert ((inside > between) == (inside.mean() > between)).mean() > 0.93
        assert ((outside > between) == (outside.mean() > between)).mean() > 0.99


def test_training_sees_nothing_of_what_is_held_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = load(tmp_path, size=16)
    real = _compose.read_rgb

    def painted(path: Path) -> np.ndarray:
        image = real(path)
        photo = next(photo for photo in _compose.PHOTOS if photo.file == path.name)
        held_out = photo.parts(image)[1]
        held_out[:] = 255 - held_out
        return image

    monkeypatch.setattr(_compose, "read_rgb", painted)
    changed = load(tmp_path / "painted", size=16)
    assert torch.equal(changed.train.rgb, whole.train.rgb)
    assert not torch.equal(changed.val.rgb, whole.val.rgb)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__.strip("_"))
def test_silhouettes_stay_near_the_origin(kind) -> None:  # type: ignore[no-untyped-def]
    for seed in range(20):
        points = np.concatenate(kind(np.random.default_rng(seed)))
        assert points.shape[1] == 2
        assert 0.5 < np.abs(points).max() < 1.4


def test_what_composed_does_not_take(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="nothing after the colon"):
        load(tmp_path, argument="cats")
    with pytest.raises(UserError, match="no classes"):
        load(tmp_path, classes=("cat",))
    with pytest.raises(UserError, match="at most 256 pixels a side, not 257"):
        load(tmp_path, size=257)
