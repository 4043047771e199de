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
def root(tmp_path: Path) -> Path:
    (tmp_path / "photos").mkdir()
    return tmp_path / "photos"


@pytest.fixture
def load(root: Path, tmp_path: Path) -> Load:
    def load(*classes: str, path: Path = root, size: int = 16, seed: int = 0, progress: object = None) -> Splits:
        silent = progress or (lambda *_: None)
        return Folder().load(DataRequest(str(path), size, classes, seed, tmp_path / "cache", silent))

    return load


def put(root: Path, *names: str, size: tuple[int, int] = (20, 18)) -> None:
    """Images of one grey level each, by which `levels` tells them apart: 1, 2, 3, ... in the order of the names."""
    for level, name in enumerate(names, start=1):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", size, (level, level, level)).save(root / name)


def levels(splits: Splits) -> tuple[list[int], list[int]]:
    return splits.train.rgb[:, 0, 0, 0].tolist(), splits.val.rgb[:, 0, 0, 0].tolist()


@pytest.mark.parametrize("held_out", ["test", "val", "valid", "validation", "Test"])
def test_train_and_held_out_folders(root: Path, load: Load, held_out: str) -> None:
    put(root, "train/b.png", "train/a.png", f"{held_out}/c.png", "other/d.png")
    splits = load()
    assert levels(splits) == ([2, 1], [3])
    assert splits.notes == ()
    assert splits.train.rgb.shape == (2, 3, 16, 16)
    assert splits.train.rgb.dtype == torch.uint8


def test_val_goes_before_test(root: Path, load: Load) -> None:
    put(root, "train/a.png", "test/b.png", "val/c.png")
    splits = load()
    assert levels(splits) == ([1], [3])
    assert splits.notes == ("validation images are those of val/; test/ is not used.",)


@pytest.mark.parametrize("prefix", ["", "cats/", "train/", "train/cats/"])
def test_without_a_held_out_folder_a_fifth_is_held_out(root: Path, load: Load, prefix: str) -> None:
    put(root, *(f"{prefix}{n:02}.png" for n in range(50)))
    train, val = levels(load(seed=1))
    assert len(val) == 10
    assert sorted(train + val) == list(range(1, 51))
    assert "10 of the 50 images are held out" in load(seed=1).notes[0]
    assert levels(load(seed=2))[1] != val
    (root / f"{prefix}00.png").unlink()
    assert len(set(val) - set(levels(load(seed=1))[1])) <= 2, "one file less should move few of the others"


def test_two_images_are_enough_and_one_is_not(root: Path, load: Load) -> None:
    put(root, "a.png")
    with pytest.raises(UserError, match="photos: no training images to use: it needs two or more"):
        load()
    put(root, "a.png", "b.png")
    assert sorted(map(len, levels(load()))) == [1, 1]


def test_classes_are_the_folders_below_train(root: Path, load: Load) -> None:
    names = [f"{split}/{kind}/{n}.png" for split in ("test", "train") for kind in ("cat", "cow", "dog") for n in (1, 2)]
    put(root, *names)
    assert levels(load("cow")) == ([9, 10], [3, 4])
    assert levels(load("dog", "cat")) == ([7, 8, 11, 12], [1, 2, 5, 6])
    assert len(load().train) == 6
    with pytest.raises(UserError, match="unknown class 'cats': did you mean cat"):
        load("cats")


def test_classes_without_train_and_below_another_folder(root: Path, load: Load) -> None:
    put(root, *(f"{kind}/deep/{n}.png" for kind in ("cat", "dog") for n in range(5)))
    train, val = levels(load("dog"))
    assert sorted(train + val) == [6, 7, 8, 9, 10]


def test_a_class_of_one_split_only_is_an_error_that_says_so(root: Path, load: Load) -> None:
    put(root, "train/cat/1.png", "train/dog/1.png", "test/cat/1.png")
    with pytest.raises(UserError, match="no validation images of class dog"):
        load("dog")


def test_classes_of_a_flat_folder(root: Path, load: Load) -> None:
    put(root, "a.png", "b.png")
    with pytest.raises(UserError, match="no class folders"):
        load("cat")


def test_masks_beside_images_are_left_alone(root: Path, load: Load) -> None:
    put(root, "train/images/a.png", "train/masks/a.png", "test/images/b.png", "test/masks/b.png")
    splits = load()
    assert levels(splits) == ([1], [3])
    assert splits.notes == ("masks/ is not used: only the images/ beside it are read.",)


def test_skipped_files_are_counted_and_named_and_so_they_are_from_the_cache(
    root: Path, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(root, "train/a.png", "test/b.png")
    put(root, "train/small.png", "test/low.png", size=(40, 15))
    for name in ("w.jpg", "x.jpg", "y.jpg", "z.jpg"):
        (root / "train" / name).write_text("no picture")
    first = load()
    assert first.notes == (
        "skipped 4 files that could not be decoded: train/w.jpg (not a picture that Pillow reads), "
        "train/x.jpg (not a picture that Pillow reads), train/y.jpg (not a picture that Pillow reads) and 1 more",
        "skipped 2 files smaller than 16 pixels: train/small.png, test/low.png",
    )
    assert levels(first) == ([1], [2])
    monkeypatch.setattr(_folder, "_load", None)
    again = load()
    assert again.notes == first.notes
    assert levels(again) == levels(first)


def test_what_is_no_image_by_name_is_passed_over_in_silence(root: Path, load: Load) -> None:
    put(root, "train/a.PNG", "test/b.png", "train/.hidden.png", "train/.folder/c.png")
    for name in ("notes.txt", ".DS_Store", "Thumbs.db"):
        (root / "train" / name).write_text("x")
    splits = load()
    assert levels(splits) == ([1], [2])
    assert splits.notes == ()


def test_pictures_are_cut_from_the_middle_upright(root: Path, load: Load) -> None:
    picture = Image.new("RGB", (48, 16), "black")
    picture.paste((255, 0, 0), (16, 0, 24, 16))
    picture.paste((0, 0, 255), (24, 0, 32, 16))
    exif = Image.Exif()
    exif[0x0112] = 6
    picture.transpose(Image.Transpose.ROTATE_90).save(root / "a.png", exif=exif)
    picture.save(root / "b.png")
    splits = load()
    for images in (splits.train, splits.val):
        assert images.rgb[0, :, 8, 2].tolist() == [255, 0, 0]
        assert images.rgb[0, :, 8, 13].tolist() == [0, 0, 255]


@pytest.mark.parametrize("change", ["written", "renamed", "added", "size", "seed"])
def test_the_cache_notices(root: Path, load: Load, change: str) -> None:
    put(root, "train/a.png", "train/b.png", "test/c.png")
    before = levels(load())
    size, seed, expected = 16, 0, before
    if change == "written":
        Image.new("RGB", (20, 18), (99, 99, 99)).save(root / "train/a.png")
        os.utime(root / "train/a.png", ns=(1, 1))
        expected = ([99, 2], [3])
    elif change == "renamed":
        (root / "train/a.png").rename(root / "train/z.png")
        expected = ([2, 1], [3])
    elif change == "added":
        put(root, "test/d.png")
        expected = ([1, 2], [3, 1])
    size, seed = (17, 0) if change == "size" else (16, 5 if change == "seed" else 0)
    splits = load(size=size, seed=seed)
    assert levels(splits) == expected
    assert splits.train.rgb.shape[-1] == size


def test_progress_counts_every_file(root: Path, load: Load) -> None:
    put(root, "train/a.png", "train/b.png", "test/c.png")
    (root / "test/d.png").write_text("no picture")
    steps: list[tuple[str, int, int]] = []
    load(progress=lambda *step: steps.append(step))
    assert [(done, total) for _, done, total in steps] == [(1, 4), (2, 4), (3, 4), (4, 4)]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ((), "no images to use: it needs two or more, named .avif"),
        (("test/a.png",), "has test/ but no train/"),
        (("train/a.png", "test/notes.txt"), "no validation images to use"),
        (("train/notes.txt", "test/a.png"), "no training images to use"),
        (("train/bad.jpg", "test/a.png"), "no training images to use: skipped 1 file that could not be decoded"),
    ],
)
def test_folders_with_nothing_to_use(root: Path, load: Load, names: tuple[str, ...], message: str) -> None:
    put(root, *(name for name in names if name.endswith(".png")))
    for name in names:
        (root / name).parent.mkdir(exist_ok=True)
        if not name.endswith(".png"):
            (root / name).write_text("x")
    with pytest.raises(UserError) as caught:
        load()
    assert message in str(caught.value)
    assert "photos" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_too_large_a_size_names_the_reason(root: Path, load: Load) -> None:
    put(root, "a.png", "b.png")
    with pytest.raises(UserError, match=r"skipped 2 files smaller than 64 pixels: a\.png, b\.png"):
        load(size=64)


def test_paths_that_are_no_folders(root: Path, load: Load, tmp_path: Path) -> None:
    (root / "a.zip").touch()
    with pytest.raises(UserError, match="is a file, not a folder"):
        load(path=root / "a.zip")
    with pytest.raises(UserError, match="there is no folder"):
        load(path=root / "missing")
    with pytest.raises(UserError, match="there is no folder"):
        load(path=root / ("long" * 1000))
    with pytest.raises(UserError, match="--data folder:PATH"):
        Folder().load(DataRequest("", 16, (), 0, tmp_path, lambda *_: None))


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
def test_links_are_followed_and_loops_end(root: Path, load: Load, tmp_path: Path) -> None:
    put(tmp_path / "elsewhere", "a.png", "b.png")
    put(root, "test/c.png")
    (root / "train").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    (root / "train" / "loop").symlink_to(root / "train", target_is_directory=True)
    (root / "train" / "up").symlink_to(root, target_is_directory=True)
    (root / "train" / "broken.png").symlink_to(root / "missing.png")
    splits = load()
    assert splits.notes == ("skipped 1 file that could not be decoded: train/broken.png (there is no such file)",)
    assert levels(splits)[0][:2] == [1, 2]


@pytest.mark.skipif(not SHARED.is_dir(), reason="the data sets of the team are not beside the repository")
def test_real_folders(load: Load) -> None:
    horses = load("horse", path=SHARED / "cifar10-horses", size=32)
    assert (len(horses.train), len(horses.val), horses.notes) == (5000, 1000, ())
    weizmann = load(path=SHARED / "weizmann-horses", size=32)
    assert (len(weizmann.train), len(weizmann.val)) == (278, 49)
    assert np.ptp(weizmann.val.rgb.numpy()) == 255
