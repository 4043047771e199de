"""Files that could be read in two ways: one reading, or a refusal that names the file; never a quiet choice."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from zoo.api import DataRequest, Splits, UserError
from zoo.data.decoding import UnreadableImageError
from zoo.data.folder import Folder
from zoo.data.images import read_rgb
from zoo.data.mask_files import read_mask

BLACK, WHITE, RED, GREEN = (0, 0, 0), (255, 255, 255), (255, 0, 0), (0, 255, 0)
ORIENTATION = 0x0112


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two pictures of 16 pixels with masks of 0 and 1: the right half is foreground."""
    for name in ("train/a", "train/b", "test/c"):
        split, _, stem = name.partition("/")
        for kind in ("images", "masks"):
            (tmp_path / "data" / split / kind).mkdir(parents=True, exist_ok=True)
        photo(tmp_path / "data" / split / "images" / f"{stem}.jpg")
        Image.fromarray(half(0, 1)).save(tmp_path / "data" / split / "masks" / f"{stem}.png")
    return tmp_path / "data"


def half(left: int, right: int, shape: tuple[int, int] = (16, 16)) -> np.ndarray:
    mask = np.full(shape, left, np.uint8)
    mask[:, shape[1] // 2 :] = right
    return mask


def photo(path: Path, orientation: int = 1, size: tuple[int, int] = (16, 16)) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    Image.new("RGB", size, (90, 60, 30)).save(path, exif=exif)


def indexed(path: Path, indices: np.ndarray, *colors: tuple[int, int, int]) -> None:
    image = Image.fromarray(indices).convert("P")
    image.putpalette([level for color in colors for level in color])
    image.save(path)


def load(root: Path, masks: bool = True) -> Splits:
    return Folder().load(DataRequest(str(root), 16, (), 0, root.parent / "cache", lambda *_: None, masks=masks))


def refusal(root: Path) -> str:
    with pytest.raises(UserError) as caught:
        load(root)
    return str(caught.value)


def two_masks(train: Path) -> None:
    Image.fromarray(half(1, 0)).save(train / "masks/a.bmp")


def two_pictures(train: Path) -> None:
    photo(train / "images/a.png")


def other_palette(train: Path) -> None:
    indexed(train / "masks/a.png", half(0, 1), BLACK, RED)
    indexed(train / "masks/b.png", half(0, 1), RED, BLACK)


def turned_photo(train: Path) -> None:
    photo(train / "images/a.jpg", orientation=3)


def turned_square_photo(train: Path) -> None:
    photo(train / "images/a.jpg", orientation=6)


def mirrored_mask(train: Path) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 2
    Image.fromarray(half(0, 1)).save(train / "masks/a.png", exif=exif)


def transparent_mask(train: Path) -> None:
    pixels = np.zeros((16, 16, 4), np.uint8)
    pixels[..., 3] = half(0, 255)
    Image.fromarray(pixels).save(train / "masks/a.png")


def animated_mask(train: Path) -> None:
    frames = [Image.fromarray(half(0, 1)), Image.fromarray(half(1, 0))]
    frames[0].save(train / "masks/a.png", save_all=True, append_images=frames[1:])


def white_is_zero(train: Path) -> None:
    (train / "masks/a.png").unlink()
    Image.fromarray(half(0, 1).astype(np.uint16)).save(train / "masks/a.tif", tiffinfo={262: 0})


def one_grey_palette(train: Path) -> None:
    indexed(train / "masks/a.png", half(0, 1), BLACK, BLACK)


def short_palette(train: Path) -> None:
    indexed(train / "masks/a.png", half(0, 1), BLACK, RED)
    data = (train / "masks/a.png").read_bytes()
    at = data.index(b"PLTE")
    (train / "masks/a.png").write_bytes(data[: at - 4] + data[at + 4 + int.from_bytes(data[at - 4 : at]) + 4 :])


def binary_in_255(train: Path) -> None:
    Image.fromarray(half(0, 255)).save(train / "masks/a.png")


def ignored_pixels(train: Path) -> None:
    Image.fromarray(half(255, 255)).save(train / "masks/a.png")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (two_masks, "masks of one name: train/masks/a.bmp and train/masks/a.png; keep one of each"),
        (two_pictures, "images of one name, and one mask for them: train/images/a.jpg and train/images/a.png"),
        (other_palette, "1 masks have another palette than the others: train/masks/b.png (0 is (255, 0, 0)"),
        (turned_photo, "may lie another way than their image: train/masks/a.png (EXIF orientation 1, its image 3)"),
        (turned_square_photo, "train/masks/a.png (EXIF orientation 1, its image 6)"),
        (mirrored_mask, "train/masks/a.png (EXIF orientation 2, its image 1)"),
        (transparent_mask, "train/masks/a.png (it is transparent in places"),
        (animated_mask, "train/masks/a.png (it holds several pictures)"),
        (white_is_zero, "train/masks/a.tif (its 0 is white"),
        (one_grey_palette, "train/masks/a.png (its palette gives two classes the same grey)"),
        (short_palette, "train/masks/a.png ("),
        (binary_in_255, "1 masks hold the value 255: train/masks/a.png"),
        (ignored_pixels, "1 masks hold the value 255: train/masks/a.png"),
    ],
)
def test_ambiguous_masks_are_refused_by_name(root: Path, change: Callable[[Path], None], said: str) -> None:
    change(root / "train")
    assert said in refusal(root)


@pytest.mark.skipif(os.path.exists("/TMP") or os.name == "nt", reason="the file system does not tell Train from train")
def test_two_folders_that_differ_by_case_are_refused(root: Path) -> None:
    shutil.copytree(root / "train", root / "Train")
    assert "has both Train/ and train/: rename one of them" in refusal(root)


def test_a_palette_of_greys_is_read_as_every_viewer_shows_it(tmp_path: Path) -> None:
    indexed(tmp_path / "a.png", half(0, 1), WHITE, BLACK)
    assert read_mask(tmp_path / "a.png").classes.tolist() == half(255, 0).tolist()
    indexed(tmp_path / "a.png", half(0, 1), RED, GREEN)
    assert read_mask(tmp_path / "a.png").classes.tolist() == half(0, 1).tolist()


def test_a_lying_photo_whose_mask_is_upright_is_no_riddle(root: Path) -> None:
    photo(root / "train/images/a.jpg", orientation=6, size=(32, 16))
    Image.fromarray(half(0, 1, (32, 16))).save(root / "train/masks/a.png")
    assert len(load(root).train) == 2


@pytest.mark.parametrize("classes", [65, 150, 255])
def test_many_classes_are_no_gradient(root: Path, classes: int) -> None:
    for name in ("train/masks/a.png", "test/masks/c.png"):
        Image.fromarray((np.arange(256) % classes).reshape(16, 16).astype(np.uint8)).save(root / name)
    masks = load(root).train.masks
    assert masks is not None
    assert masks.max() == classes - 1


@pytest.mark.parametrize("orientation", [2, 3, 5, 6, 7, 8])
def test_a_turned_tiff_is_turned_once(tmp_path: Path, orientation: int) -> None:
    pixels = np.arange(4 * 6 * 3, dtype=np.uint8).reshape(4, 6, 3)
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    Image.fromarray(pixels).save(tmp_path / "a.png", exif=exif)
    Image.fromarray(pixels).save(tmp_path / "a.tif", tiffinfo={274: orientation})
    np.testing.assert_array_equal(read_rgb(tmp_path / "a.tif"), read_rgb(tmp_path / "a.png"))


@pytest.mark.parametrize(
    ("levels", "options", "reason"),
    [
        (np.array([[0, 4095]], np.uint16), {}, "end at about 4095 of 65535"),
        (np.array([[0, 255]], np.uint16), {}, "end at about 255 of 65535"),
        (np.array([[0, 65_535]], np.uint16), {"tiffinfo": {262: 0}}, "its 0 is white"),
        (np.array([[0, 70_000]], np.int32), {}, "neither 16-bit integers"),
    ],
)
def test_values_that_do_not_say_how_bright_they_are(
    tmp_path: Path, levels: np.ndarray, options: dict[str, object], reason: str
) -> None:
    Image.fromarray(levels).save(tmp_path / "a.tif", **options)
    with pytest.raises(UnreadableImageError, match=reason):
        read_rgb(tmp_path / "a.tif")


def test_a_black_picture_of_16_bits_is_black(tmp_path: Path) -> None:
    Image.fromarray(np.zeros((2, 2), np.uint16)).save(tmp_path / "a.png")
    assert read_rgb(tmp_path / "a.png").max() == 0


@pytest.mark.parametrize("name", ["a.png", "a.tif", "a.bmp"])
def test_a_dark_picture_of_8_bits_is_read(tmp_path: Path, name: str) -> None:
    Image.new("RGB", (16, 16), (1, 2, 3)).save(tmp_path / name)
    assert read_rgb(tmp_path / name)[0, 0].tolist() == [1, 2, 3]


def test_a_copy_that_keeps_size_and_time_is_noticed(root: Path) -> None:
    path = root / "train/masks/a.png"
    path.write_bytes(path.read_bytes().ljust(200, b"\0"))
    first, before = load(root).train.masks, path.stat()
    Image.fromarray(half(1, 0)).save(path)
    path.write_bytes(path.read_bytes().ljust(200, b"\0"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert first is not None
    assert (load(root).train.masks != first).any()


def test_too_many_pixels_are_refused_before_they_are_decoded(tmp_path: Path) -> None:
    Image.new("1", (20_000, 6_000)).save(tmp_path / "a.png")
    with pytest.raises(UnreadableImageError, match="more pixels than 100 million"):
        read_rgb(tmp_path / "a.png")
