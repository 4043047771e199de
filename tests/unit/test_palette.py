from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from zoo.data.images import read_rgb
from zoo.errors import UserError
from zoo.tasks.colorization.labels import class_table, label
from zoo.tasks.colorization.palette import COURSE_PALETTE, kmeans_palette, read_palette, resolve_palette

HORSES = Path(__file__).parents[3] / "shared" / "data" / "cifar10-horses" / "train" / "horse"


def noise(count: int = 20) -> Tensor:
    return torch.randint(0, 256, (count, 3, 16, 16), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))


def pictures_of(colors: Tensor, counts: list[int]) -> Tensor:
    """One picture, a pixel wide, with every color as often as told."""
    return colors.repeat_interleave(torch.tensor(counts), dim=0).T.reshape(1, 3, -1, 1)


def as_set(palette: Tensor) -> set[tuple[int, ...]]:
    return {tuple(color) for color in palette.tolist()}


def squared_error(rgb: Tensor, palette: Tensor) -> float:
    colored = palette[label(rgb, class_table(palette)).long()].permute(0, 3, 1, 2)
    return float(((rgb.float() - colored.float()) ** 2).sum(dim=1).mean())


def test_clusters_are_found() -> None:
    middles = torch.tensor([[20, 30, 40], [200, 60, 50], [60, 220, 90], [230, 230, 230]], dtype=torch.uint8)
    random = torch.Generator().manual_seed(0)
    pixels = middles[torch.randint(0, 4, (4000,), generator=random)].int()
    pixels += torch.randint(-3, 4, pixels.shape, generator=random)
    centers = kmeans_palette(pixels.to(torch.uint8).T.reshape(1, 3, 40, 100), 4, seed=0)
    assert (centers.int() - middles.int()).abs().max() <= 1
    assert centers.dtype == torch.uint8


def test_the_palette_is_different_colors_from_dark_to_bright_and_depends_on_the_seed_alone() -> None:
    palette = kmeans_palette(noise(), 24, seed=3)
    assert palette.shape == (24, 3)
    assert len(as_set(palette)) == 24
    assert (palette.int().sum(dim=1).diff() >= 0).all()
    assert torch.equal(palette, kmeans_palette(noise(), 24, seed=3))
    assert not torch.equal(palette, kmeans_palette(noise(), 24, seed=4))


@pytest.mark.parametrize("count", [2, 256])
def test_the_fewest_and_the_most_colors(count: int) -> None:
    assert len(as_set(kmeans_palette(noise(), count, seed=0))) == count


def test_with_just_enough_colors_the_palette_is_all_of_them() -> None:
    colors = torch.randint(0, 256, (24, 3), dtype=torch.uint8, generator=torch.Generator().manual_seed(1))
    assert as_set(kmeans_palette(pictures_of(colors, [50] * 24), 24, seed=0)) == as_set(colors)


def test_rare_colors_count_where_there_are_no_others() -> None:
    colors = torch.randint(0, 256, (24, 3), dtype=torch.uint8, generator=torch.Generator().manual_seed(1))
    rgb = pictures_of(colors, [1_000_000] + [1] * 23)
    assert as_set(kmeans_palette(rgb, 24, seed=0)) == as_set(colors)


def test_crowded_colors_give_different_palette_colors() -> None:
    # 27 neighbors: centers of 26 clusters fall together when rounded.
    colors = torch.cartesian_prod(*[torch.tensor([100, 101, 102])] * 3).to(torch.uint8)
    assert len(as_set(kmeans_palette(pictures_of(colors, [40] * 27), 26, seed=0))) == 26


def test_too_few_colors_are_a_user_error() -> None:
    rgb = torch.zeros(2, 3, 4, 4, dtype=torch.uint8)
    rgb[0, 0, 0, 0] = 9
    with pytest.raises(UserError, match="needs 3 different colors, but the training images have only 2"):
        kmeans_palette(rgb, 3, seed=0)


def test_options() -> None:
    rgb = noise()
    assert torch.equal(resolve_palette("course", rgb, 0), torch.tensor(COURSE_PALETTE, dtype=torch.uint8))
    assert torch.equal(resolve_palette("kmeans", rgb, 5), kmeans_palette(rgb, 24, 5))
    assert torch.equal(resolve_palette("kmeans:7", rgb, 5), kmeans_palette(rgb, 7, 5))


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("kmeans:1", "2 to 256 colors, not 1"),
        ("kmeans:257", "2 to 256 colors, not 257"),
        ("kmeans:", "as in kmeans:24"),
        ("kmeans:many", "as in kmeans:24"),
        ("kmeans:-3", "as in kmeans:24"),
        ("kmens", "did you mean kmeans"),
        ("curse", "did you mean course"),
        ("missing.txt", "no file of that name"),
        ("", "unknown palette"),
        ("long" * 1000, "unknown palette"),
    ],
)
def test_options_that_make_no_sense(option: str, message: str) -> None:
    with pytest.raises(UserError, match=message) as caught:
        resolve_palette(option, noise(1), 0)
    assert "\n" not in str(caught.value)


def test_a_palette_can_be_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "colors.txt"
    path.write_text(
        "\ufeff# my colors\n\n223 208 182\n  38,33 , 28 # dark\n#5e8cb6\n#FFFFFF # white\n0\t0\t0\n#\n#no more\n",
        encoding="utf-8",
    )
    expected = [[223, 208, 182], [38, 33, 28], [94, 140, 182], [255, 255, 255], [0, 0, 0]]
    assert read_palette(path).tolist() == expected
    assert resolve_palette(str(path), noise(1), 0).tolist() == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1 2 3\n4 5\n", "line 2: '4 5' is no color"),
        ("1 2 3\n4 5 6 7\n", "line 2"),
        ("1 2 3\n\n4 5 256\n", "line 3: 256 is out of range"),
        ("1 2 3\n-4 5 6\n", "line 2"),
        ("1 2 3\n4.5 5 6\n", "line 2"),
        ("1 2 3\n#fff\n", "line 2: '#fff' is no color; write six digits"),
        ("1 2 3\n#ffffff 7\n", "line 2"),
        ("1 2 3\n4 5 6\n#010203\n", "line 3: the same color as line 1"),
        ("1 2 3\n", "2 to 256 colors, not 1"),
        ("# nothing\n", "2 to 256 colors, not 0"),
        ("\n".join(f"{n // 256} {n % 256} 0" for n in range(257)), "2 to 256 colors, not 257"),
    ],
)
def test_errors_in_a_file_name_file_and_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "colors.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=message) as caught:
        read_palette(path)
    assert "colors.txt" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_is_no_text_file(tmp_path: Path) -> None:
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\xff\xfe")
    with pytest.raises(UserError, match="not a text file"):
        read_palette(tmp_path / "picture.png")
    with pytest.raises(UserError, match="cannot read the palette"):
        resolve_palette(str(tmp_path), noise(1), 0)


@pytest.mark.skipif(not HORSES.is_dir(), reason="the horses of CIFAR-10 are not beside the repository")
def test_on_the_horses_k_means_is_as_good_as_the_course_palette() -> None:
    rgb = np.stack([read_rgb(HORSES / name) for name in sorted(os.listdir(HORSES))[:1000]])
    rgb_N3HW = torch.from_numpy(rgb).permute(0, 3, 1, 2)
    course = torch.tensor(COURSE_PALETTE, dtype=torch.uint8)
    assert squared_error(rgb_N3HW, kmeans_palette(rgb_N3HW, 24, 0)) < 1.02 * squared_error(rgb_N3HW, course)
