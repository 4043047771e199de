"""Masks of folders: what is read, and what is refused, counted and named."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from zoo.api import DataRequest, Splits, UserError
from zoo.data import _folder
from zoo.data.folder import Folder

SHARED = Path(__file__).parents[3] / "shared" / "data"
Load = Callable[..., Splits]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def load(path: Path | None = None, size: int = 16, masks: bool = True) -> Splits:
        root = path or tmp_path / "data"
        return Folder().load(DataRequest(str(root), size, (), 0, tmp_path / "cache", lambda *_: None, masks=masks))

    return load


def put(root: Path, name: str, mask: np.ndarray | None, *, mode: str = "L", size: tuple[int, int] = (16, 16)) -> None:
    """An image, whose red is its mask's, and the mask, as ``train/images/NAME.jpg`` and ``train/masks/NAME.png``."""
    split, _, stem = name.partition("/")
    for kind in ("images", "masks"):
        (root / split / kind).mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, (50, 60, 70)).save(root / split / "images" / f"{stem}.jpg")
    if mask is not None:
        Image.fromarray(mask.astype(np.uint8)).convert(mode).save(root / split / "masks" / f"{stem}.png")


def half(low: int = 0, high: int = 1, shape: tuple[int, int] = (16, 16)) -> np.ndarray:
    mask = np.full(shape, low)
    mask[:, shape[1] // 2 :] = high
    return mask


@pytest.mark.parametrize(("high", "mode"), [(1, "L"), (255, "L"), (255, "1"), (255, "RGB"), (1, "RGB"), (255, "RGBA")])
def test_binary_masks_become_0_and_1(tmp_path: Path, load: Load, high: int, mode: str) -> None:
    for name in ("train/a", "test/b"):
        put(tmp_path / "data", name, half(0, high), mode=mode)
    splits = load()
    assert splits.train.masks is not None
    assert splits.train.masks.dtype == torch.uint8
    assert splits.train.masks.tolist() == half()[None].tolist()
    assert splits.notes == ()


def test_classes_and_indexed_masks(tmp_path: Path, load: Load) -> None:
    indexed = Image.fromarray(half(1, 2).astype(np.uint8))
    indexed.putpalette([0, 0, 0, 128, 0, 0, 0, 128, 0])
    put(tmp_path / "data", "train/a", half(0, 3))
    put(tmp_path / "data", "test/b", half())
    indexed.save(tmp_path / "data/test/masks/b.png")
    splits = load()
    assert splits.train.masks.unique().tolist() == [0, 3]
    assert splits.val.masks.unique().tolist() == [1, 2]


def test_a_mask_is_cut_and_enlarged_as_its_image_is(tmp_path: Path, load: Load) -> None:
    """A picture of 20x12 pixels, black but for a white box, is its own mask."""
    picture = np.zeros((12, 20), np.uint8)
    picture[2:8, 6:12] = 255
    for split in ("train", "test"):
        put(tmp_path / "data", f"{split}/a", picture)
        Image.fromarray(picture).save(tmp_path / "data" / split / "images" / "a.jpg", quality=100)
    for size, notes in ((12, ()), (24, ("enlarged 2 images smaller than 24 pixels, with their masks.",))):
        splits = load(size=size)
        scale = size // 12
        assert splits.train.masks.sum() == 36 * scale**2
        agree = (splits.train.rgb[:, 0] > 127) == (splits.train.masks == 1)
        assert agree.float().mean() == 1.0
        assert splits.notes == notes
    with pytest.raises(UserError, match=r"skipped 2 files smaller than 12.5 pixels"):
        load(size=25)


def test_masks_come_from_the_cache_and_the_cache_notices(
    tmp_path: Path, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("train/a", "test/b"):
        put(tmp_path / "data", name, half())
    first = load()
    assert load(masks=False).train.masks is None, "no masks are read where none are wanted"
    with monkeypatch.context() as patch:
        patch.setattr(_folder, "_load", None)
        again = load()
    assert torch.equal(again.val.masks, first.val.masks)
    Image.fromarray(half(1, 0).astype(np.uint8)).save(tmp_path / "data/train/masks/a.png")
    os.utime(tmp_path / "data/train/masks/a.png", ns=(1, 1))
    assert torch.equal(load().train.masks, 1 - first.train.masks)


def test_a_folder_of_images_and_masks_is_split_by_the_seed(tmp_path: Path, load: Load) -> None:
    put(tmp_path / "data", "one/a", half())
    put(tmp_path / "data", "one/b", half())
    splits = load(tmp_path / "data" / "one")
    assert (len(splits.train), len(splits.val)) == (1, 1)
    assert splits.val.masks.sum() == 128


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        ("missing", "2 of 3 images have no mask of their name in train/masks/: train/images/a.jpg, train/images/c.jpg"),
        ("no folder", "has no images/ with masks/ beside it"),
        ("size", "1 masks are of another size than their image: train/masks/a.png (8x16, its image 16x16)"),
        ("value", "1 masks hold the value 7: train/masks/a.png; masks hold 0 and 255, or class numbers"),
        ("border", "1 masks hold the value 255: train/masks/a.png"),
        ("gradient", "the masks hold 256 different values"),
        ("one class", "all masks hold the one value 0"),
        ("color", "1 masks cannot be read as masks: train/masks/a.png (it is in color"),
        ("damaged", "1 masks cannot be read as masks: train/masks/a.png (not a picture that Pillow reads)"),
    ],
)
def test_wrong_masks_are_counted_and_named(tmp_path: Path, load: Load, break_it: str, said: str) -> None:
    root = tmp_path / "data"
    for name in ("train/a", "train/b", "train/c", "test/d"):
        put(root, name, half(0, 0) if break_it == "one class" else half())
    bad = root / "train/masks/a.png"
    if break_it == "missing":
        bad.unlink()
        (root / "train/masks/c.png").unlink()
    elif break_it == "no folder":
        (root / "test/masks").rename(root / "test/labels")
    elif break_it == "color":
        Image.new("RGB", (16, 16), (1, 0, 0)).save(bad)
    elif break_it == "damaged":
        bad.write_text("x")
    elif break_it in ("size", "value", "border", "gradient"):
        pixels = {
            "size": half(shape=(16, 8)),
            "value": half(0, 7),
            "border": half(0, 255),
            "gradient": np.arange(256).reshape(16, 16),
        }[break_it]
        Image.fromarray(pixels.astype(np.uint8)).save(bad)
    with pytest.raises(UserError) as caught:
        load()
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert list((tmp_path / "cache").glob("*")) == [] if (tmp_path / "cache").exists() else True


def test_masks_without_an_image_are_a_note(tmp_path: Path, load: Load) -> None:
    for name in ("train/a", "test/b"):
        put(tmp_path / "data", name, half())
    (tmp_path / "data/train/masks/z.png").write_bytes((tmp_path / "data/train/masks/a.png").read_bytes())
    assert load().notes == ("1 masks have no image: train/masks/z.png",)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the data sets of the team are not beside the repository")
def test_real_masks(load: Load) -> None:
    splits = load(SHARED / "weizmann-horses", size=64)
    assert (len(splits.train), len(splits.val)) == (278, 49)
    assert splits.train.masks.unique().tolist() == [0, 1]
    assert 0.15 < splits.train.masks.float().mean() < 0.4
