"""Photos computed a band of rows at a time are those computed at once."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from zoo.api import FittedTask
from zoo.tasks import bands
from zoo.tasks.colorization.color import mean_grey
from zoo.tasks.colorization.fitted import FittedColorization
from zoo.tasks.colorization.lab import lab_to_rgb, rgb_to_lab
from zoo.tasks.colorization.palette import COURSE_PALETTE
from zoo.tasks.segmentation.fitted import FittedSegmentation

SIZES = ((97, 61), (61, 97), (13, 200), (9, 9))


@pytest.fixture(autouse=True)
def of_two_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bands so low that every seam would show."""
    monkeypatch.setattr(bands, "BAND_PIXELS", 130)


def photo(height: int, width: int) -> Tensor:
    return torch.randint(0, 256, (3, height, width), dtype=torch.uint8, generator=torch.Generator().manual_seed(height))


@pytest.mark.parametrize(("height", "width"), SIZES)
def test_bands_are_whole_rows_and_each_row_once(height: int, width: int) -> None:
    rows = [row for _, band, _ in bands.bands(height, width) for row in range(height)[band]]
    assert rows == list(range(height))


@pytest.mark.parametrize(("height", "width"), SIZES)
@pytest.mark.parametrize("size", [(7, 5), (40, 31), (120, 150)])
def test_shrinking_and_enlarging_are_those_of_the_whole(height: int, width: int, size: tuple[int, int]) -> None:
    picture = photo(height, width)
    whole = F.interpolate(mean_grey(picture[None]).float(), size, mode="bilinear", antialias=True)
    small = bands.shrunk(picture, size, mean_grey)
    assert torch.equal(small, whole.round().clamp(0, 255).to(torch.uint8))
    maps = torch.randn(1, 4, *size, generator=torch.Generator().manual_seed(0))
    for mode in ("bilinear", "bicubic"):
        enlarged = torch.cat([rows for _, rows in bands.enlarged(maps, (height, width), mode)], dim=2)
        assert torch.allclose(enlarged, F.interpolate(maps, (height, width), mode=mode, align_corners=False), atol=1e-5)


def scores(visible: Tensor, classes: int) -> Tensor:
    """Logits that change from pixel to pixel."""
    phase = torch.arange(classes).view(1, -1, 1, 1)
    return 3 * torch.cos(visible[:, :1].float() / 9 + phase)


def fitted(name: str, cache: Path) -> FittedTask:
    if name == "colorization":
        return FittedColorization(torch.tensor(COURSE_PALETTE, dtype=torch.uint8), cache)
    return FittedSegmentation(2 if name == "two classes" else 3, "cross-entropy")


@pytest.mark.parametrize("name", ["colorization", "two classes", "three classes"])
@pytest.mark.parametrize(("height", "width"), SIZES)
def test_a_photo_has_no_seams(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, height: int, width: int
) -> None:
    task, picture = fitted(name, tmp_path), photo(height, width)
    before = picture.clone()
    banded = task.apply(picture, 8, lambda visible: scores(visible, task.num_classes))
    monkeypatch.setattr(bands, "BAND_PIXELS", height * width)
    whole = task.apply(picture, 8, lambda visible: scores(visible, task.num_classes))
    assert torch.equal(picture, before)
    assert tuple(banded) == task.outputs
    for output in task.outputs:
        assert (banded[output].int() - whole[output].int()).abs().max() <= (0 if output in task.lossless else 1)


def test_a_colored_photo_is_the_greys_lightness_and_the_networks_color(tmp_path: Path) -> None:
    task = fitted("colorization", tmp_path)
    assert isinstance(task, FittedColorization)
    picture = photo(50, 70)
    logits = scores(torch.arange(256, dtype=torch.uint8).view(1, 1, 16, 16), 24)
    ab = F.interpolate(task.decider.ab(logits, task.decision), (50, 70), mode="bicubic", align_corners=False)
    lightness = rgb_to_lab(mean_grey(picture[None]).expand(-1, 3, -1, -1))[:, :1]
    expected = lab_to_rgb(torch.cat([lightness, ab], dim=1))[0]
    assert (task.apply(picture, 8, lambda _: logits)["colorized"].int() - expected.int()).abs().max() <= 1
