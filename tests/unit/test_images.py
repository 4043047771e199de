from __future__ import annotations

import contextlib
import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from zoo.data.decoding import UnreadableImageError
from zoo.data.images import read_rgb, resize, square, write_image
from zoo.errors import UserError

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def saved(folder: Path, image: Image.Image, name: str = "a.png", **options: object) -> Path:
    image.save(folder / name, **options)
    return folder / name


def corners() -> Image.Image:
    """3 wide, 2 high: red at the top left, green at the top right, blue at the bottom left, else white."""
    image = Image.new("RGB", (3, 2), WHITE)
    image.putpixel((0, 0), RED)
    image.putpixel((2, 0), GREEN)
    image.putpixel((0, 1), BLUE)
    return image


@pytest.mark.parametrize(
    ("orientation", "undone_by"),
    [
        (1, None),
        (2, Image.Transpose.FLIP_LEFT_RIGHT),
        (3, Image.Transpose.ROTATE_180),
        (4, Image.Transpose.FLIP_TOP_BOTTOM),
        (5, Image.Transpose.TRANSPOSE),
        (6, Image.Transpose.ROTATE_90),
        (7, Image.Transpose.TRANSVERSE),
        (8, Image.Transpose.ROTATE_270),
    ],
)
def test_exif_orientation_is_undone(tmp_path: Path, orientation: int, undone_by: Image.Transpose | None) -> None:
    stored = corners() if undone_by is None else corners().transpose(undone_by)
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = saved(tmp_path, stored, exif=exif)
    np.testing.assert_array_equal(read_rgb(path), np.array(corners()))


def test_damaged_exif_is_no_reason_to_refuse(tmp_path: Path) -> None:
    path = saved(tmp_path, corners(), exif=b"Exif\0\0MM\0*\0\0\0\x08\0\x05\x01")
    np.testing.assert_array_equal(read_rgb(path), np.array(corners()))


def test_grey_palette_and_one_bit_become_rgb(tmp_path: Path) -> None:
    grey = Image.new("L", (2, 2), 77)
    assert read_rgb(saved(tmp_path, grey)).tolist() == [[[77] * 3] * 2] * 2
    np.testing.assert_array_equal(read_rgb(saved(tmp_path, corners().quantize(8))), np.array(corners()))
    one_bit = Image.new("1", (2, 1), 0)
    one_bit.putpixel((1, 0), 1)
    assert read_rgb(saved(tmp_path, one_bit)).tolist() == [[[0] * 3, [255] * 3]]


def test_cmyk_becomes_rgb(tmp_path: Path) -> None:
    path = saved(tmp_path, Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "a.tif")
    assert read_rgb(path)[4, 4].tolist() == list(RED)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "PA", "P", "RGB"])
def test_transparency_is_laid_over_white(tmp_path: Path, mode: str) -> None:
    if mode in ("P", "RGB"):  # these have one transparent color, told beside the pixels
        image = Image.new("RGB", (2, 2), (0, 0, 0)) if mode == "RGB" else Image.new("P", (2, 2), 0)
        path = saved(tmp_path, image, transparency=(0, 0, 0) if mode == "RGB" else 0)
    else:
        path = saved(
            tmp_path, Image.new("RGBA", (2, 2), (0, 0, 0, 0)).convert(mode), "a.tif" if mode == "PA" else "a.png"
        )
    assert (read_rgb(path) == 255).all()


def test_half_transparent_black_is_half_grey(tmp_path: Path) -> None:
    path = saved(tmp_path, Image.new("RGBA", (1, 1), (0, 0, 0, 128)))
    assert read_rgb(path).tolist() == [[[127] * 3]]


@pytest.mark.parametrize("name", ["a.png", "a.tif", "a.pgm"])
def test_16_bit_grey_is_scaled_not_clipped(tmp_path: Path, name: str) -> None:
    levels = np.array([[0, 128, 129, 257, 300], [1000, 30_000, 32_896, 65_000, 65_535]], np.uint16)
    read = read_rgb(saved(tmp_path, Image.fromarray(levels), name))
    assert read[..., 0].tolist() == [[0, 0, 1, 1, 1], [4, 117, 128, 253, 255]]
    assert (read[..., 0] == read[..., 1]).all()
    assert (read[..., 0] == read[..., 2]).all()


def test_16_bit_rgb_png(tmp_path: Path) -> None:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    row = b"\0" + struct.pack(">6H", 65_535, 32_896, 0, 257 * 7, 257 * 8, 257 * 9)
    header = struct.pack(">IIBBBBB", 2, 1, 16, 2, 0, 0, 0)
    path = tmp_path / "deep.png"
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(row)) + chunk(b"IEND", b"")
    )
    assert read_rgb(path).tolist() == [[[255, 128, 0], [7, 8, 9]]]


def test_floats_from_0_to_1_are_read_and_others_refused(tmp_path: Path) -> None:
    good = saved(tmp_path, Image.fromarray(np.array([[0.0, 0.5, 1.0]], np.float32)), "good.tif")
    assert read_rgb(good)[..., 0].tolist() == [[0, 128, 255]]
    for value in (-0.1, 7.0, float("nan")):
        bad = saved(tmp_path, Image.fromarray(np.array([[value, 0.5]], np.float32)), "bad.tif")
        with pytest.raises(UnreadableImageError, match="from 0 to 1"):
            read_rgb(bad)


@pytest.mark.parametrize("name", ["a.gif", "a.png", "a.webp", "a.tif"])
def test_the_first_picture_of_an_animation(tmp_path: Path, name: str) -> None:
    frames = [Image.new("RGB", (8, 8), color) for color in (RED, BLUE)]
    options = {"lossless": True} if name == "a.webp" else {}
    path = saved(tmp_path, frames[0], name, save_all=True, append_images=frames[1:], **options)
    assert (read_rgb(path) == RED).all()


def test_a_jpeg_decoded_smaller_keeps_twice_what_is_asked_for(tmp_path: Path) -> None:
    path = saved(tmp_path, Image.linear_gradient("L").resize((640, 480)).convert("RGB"), "a.jpg", quality=95)
    whole, small = read_rgb(path), read_rgb(path, at_least=32)
    assert whole.shape == (480, 640, 3)
    assert 64 <= min(small.shape[:2]) < 480
    difference = square(whole, 32).astype(int) - square(small, 32).astype(int)
    assert abs(difference).max() <= 3


def refused(path: Path) -> UnreadableImageError:
    with pytest.raises(UnreadableImageError) as caught:
        read_rgb(path)
    assert "\n" not in str(caught.value)
    assert caught.value.path == path
    return caught.value


def test_what_is_no_picture_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "text.jpg").write_text("not\na picture")
    (tmp_path / "empty.png").touch()
    (tmp_path / "two\nlines.png").write_text("no")
    assert "not a picture" in str(refused(tmp_path / "text.jpg"))
    assert "empty" in str(refused(tmp_path / "empty.png"))
    assert "no such file" in str(refused(tmp_path / "missing.png"))
    assert "no such file" in str(refused(tmp_path / ("long" * 1000)))
    assert "folder" in str(refused(tmp_path))
    assert "two\\nlines.png" in str(refused(tmp_path / "two\nlines.png"))


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.gif", "a.webp", "a.tif", "a.bmp"])
def test_truncated_files_are_refused(tmp_path: Path, name: str) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    path = saved(tmp_path, Image.fromarray(noise), name)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    refused(path)


def test_any_damage_gives_a_picture_or_the_one_error(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (16, 16, 3), np.uint8)
    random = np.random.default_rng(1)
    for name in ("a.png", "a.jpg", "a.gif", "a.webp", "a.tif"):
        whole = bytearray(saved(tmp_path, Image.fromarray(noise), name).read_bytes())
        for _ in range(40):
            damaged = whole.copy()
            for place in random.integers(0, len(damaged), 4):
                damaged[place] = random.integers(0, 256)
            (tmp_path / name).write_bytes(damaged)
            with contextlib.suppress(UnreadableImageError):
                assert read_rgb(tmp_path / name).ndim == 3


def test_a_decompression_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved(tmp_path, corners())
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 2)
    assert "more pixels" in str(refused(path))


def test_postscript_is_not_run(tmp_path: Path) -> None:
    path = saved(tmp_path, corners(), "a.eps")
    assert "EPS" in str(refused(path))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    assert "not an ordinary file" in str(refused(tmp_path / "pipe.png"))


def test_square_takes_the_middle(tmp_path: Path) -> None:
    wide = np.zeros((2, 6, 3), np.uint8)
    wide[:, 2:4] = RED
    assert (square(wide, 2) == RED).all()
    assert (square(wide.transpose(1, 0, 2), 2) == RED).all()


def test_resizing_is_antialiased() -> None:
    checks = (np.indices((64, 64)).sum(axis=0) % 2 * 255).astype(np.uint8)
    small = resize(np.repeat(checks[..., None], 3, axis=2), 8, 8)
    assert small.shape == (8, 8, 3)
    assert abs(small.astype(int) - 127).max() <= 2


def test_a_square_of_the_right_size_is_left_alone() -> None:
    image = np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8)
    np.testing.assert_array_equal(square(image, 32), image)


def test_png_keeps_every_pixel_and_jpeg_its_color(tmp_path: Path) -> None:
    image = np.array(corners().resize((24, 16), Image.Resampling.NEAREST))
    write_image(tmp_path / "a.PNG", image)
    np.testing.assert_array_equal(read_rgb(tmp_path / "a.PNG"), image)
    for name in ("a.jpg", "a.jpeg"):
        write_image(tmp_path / name, image)
        assert abs(read_rgb(tmp_path / name).astype(int) - image).mean() < 4
        with Image.open(tmp_path / name) as written:
            assert written.format == "JPEG"
    assert sorted(os.listdir(tmp_path)) == ["a.PNG", "a.jpeg", "a.jpg"]


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved(tmp_path, corners())
    before = path.read_bytes()

    def fail(image: Image.Image, target: Path, **_: object) -> None:
        target.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Image.Image, "save", fail)
    with pytest.raises(UserError, match="No space left"):
        write_image(path, np.zeros((2, 2, 3), np.uint8))
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["a.png"]


def test_unwritable_names_are_user_errors(tmp_path: Path) -> None:
    image = np.zeros((2, 2, 3), np.uint8)
    with pytest.raises(UserError, match=r"\.png or \.jpg, not '\.webp'"):
        write_image(tmp_path / "a.webp", image)
    with pytest.raises(UserError, match=r"\.png or \.jpg"):
        write_image(tmp_path / "a", image)
    with pytest.raises(UserError, match="No such file or directory"):
        write_image(tmp_path / "missing" / "a.png", image)
