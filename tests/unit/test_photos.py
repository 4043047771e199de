from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from zoo.api import DataRequest, Splits, UserError
from zoo.data import _patches
from zoo.data.images import read_rgb
from zoo.data.photos import Photos


def load(cache: Path, size: int = 32, argument: str = "", classes: tuple[str, ...] = ()) -> Splits:
    return Photos().load(DataRequest(argument, size, classes, 0, cache, lambda *_: None))


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def splits(cache: Path) -> Splits:
    return load(cache)


def test_thousands_of_patches_of_the_size_asked_for(splits: Splits) -> None:
    assert splits.train.rgb.shape[1:] == splits.val.rgb.shape[1:] == (3, 32, 32)
    assert splits.train.rgb.dtype == torch.uint8
    assert 2800 <= len(splits.train) <= 3200
    assert 800 <= len(splits.val) <= 1100


def test_the_second_load_says_the_same(cache: Path, splits: Splits, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_patches, "_cut_all", None)
    again = load(cache)
    assert torch.equal(again.train.rgb, splits.train.rgb)
    assert torch.equal(again.val.rgb, splits.val.rgb)
    assert again.notes == splits.notes
    assert "do not compare" in splits.notes[0]


def test_the_patches_are_the_same_every_time(tmp_path: Path) -> None:
    one, two = (load(tmp_path / name, size=16) for name in ("one", "two"))
    assert torch.equal(one.train.rgb, two.train.rgb)
    assert torch.equal(one.val.rgb, two.val.rgb)


def test_training_sees_nothing_of_what_is_held_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Painting the held-out parts changes validation alone, and painting the rest changes training alone."""
    whole = load(tmp_path, size=16)
    for held_out in (True, False):

        def painted(path: Path, held_out: bool = held_out) -> np.ndarray:
            image = read_rgb(path)
            photo = next(photo for photo in _patches.PHOTOS if photo.file == path.name)
            train, val = photo.parts(image)
            part = val if held_out else train
            part[:] = 255 - part  # a view: it writes into the image
            return image

        with monkeypatch.context() as patch:
            patch.setattr(_patches, "read_rgb", painted)
            changed = load(tmp_path / str(held_out), size=16)
        assert torch.equal(changed.train.rgb, whole.train.rgb) == held_out
        assert torch.equal(changed.val.rgb, whole.val.rgb) != held_out


def test_no_patch_is_dull_and_every_start_shows_several_photos(splits: Splits) -> None:
    for images in (splits.train, splits.val):
        grey = images.rgb.float().mean(dim=1).flatten(1)
        assert grey.std(dim=1, correction=0).min() >= _patches.DULL_BELOW * 0.99
        first = images.rgb[:16].float().mean(dim=(2, 3))
        assert (first[:, 0] - first[:, 2]).max() > 60, "no reddish photo among the first"
        assert (first[:, 0] - first[:, 2]).min() < 0, "no bluish photo among the first"


def test_the_largest_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_patches, "TRAIN_PATCHES", 48)
    monkeypatch.setattr(_patches, "VAL_PATCHES", 48)
    largest = min(
        min(part.shape[:2])
        for photo in _patches.PHOTOS
        for part in photo.parts(read_rgb(_patches._data_folder() / photo.file))
    )
    assert largest >= 128
    biggest = load(tmp_path, size=largest)
    assert biggest.train.rgb.shape[1:] == (3, largest, largest)
    assert len(biggest.train) == 48
    with pytest.raises(UserError, match=f"at most {largest} pixels, not {largest + 1}"):
        load(tmp_path, size=largest + 1)


def test_what_photos_does_not_take(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="nothing after the colon"):
        load(tmp_path, argument="cats")
    with pytest.raises(UserError, match="no classes"):
        load(tmp_path, classes=("cat",))


def test_a_scikit_image_without_the_photos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_patches, "_data_folder", lambda: tmp_path)
    with pytest.raises(UserError, match=r"does not ship astronaut\.png"):
        load(tmp_path)


def test_the_data_sets_import_nothing_heavy() -> None:
    code = (
        "import sys, zoo.data.photos, zoo.data.cifar10, zoo.data.folder;"
        "print([name for name in ('torch', 'numpy', 'PIL', 'skimage', 'torchvision') if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
