from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

import zoo.tasks.colorization.labels as module
from zoo.tasks.colorization.labels import class_table, label, labels
from zoo.tasks.colorization.palette import COURSE_PALETTE

COURSE = torch.tensor(COURSE_PALETTE, dtype=torch.uint8)


def nearest(colors_P3: Tensor, palette_K3: Tensor) -> Tensor:
    """The definition: the first palette color at the smallest squared distance."""
    apart = colors_P3.to(torch.int32)[:, None] - palette_K3.to(torch.int32)
    return torch.from_numpy((apart**2).sum(dim=2).numpy().argmin(axis=1)).to(torch.uint8)


def looked_up(colors_P3: Tensor, palette_K3: Tensor) -> Tensor:
    return label(colors_P3.T.reshape(1, 3, 1, -1), class_table(palette_K3)).flatten()


@st.composite
def palettes(draw: st.DrawFn) -> Tensor:
    """Random palettes of 2 to 256 colors, spread out or crowded, often with twins and near twins."""
    count = draw(st.integers(2, 256))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    spread = draw(st.sampled_from([1, 4, 30, 256]))
    middle = random.integers(0, 257 - spread, 3)
    palette = middle + random.integers(0, spread, (count, 3))
    twins = random.integers(0, count, (draw(st.integers(0, count // 2)), 2))
    nudge = random.integers(-1, 2, (len(twins), 3)) * draw(st.integers(0, 1))
    palette[twins[:, 0]] = np.clip(palette[twins[:, 1]] + nudge, 0, 255)
    return torch.from_numpy(palette.astype(np.uint8))


def worth_trying(palette_K3: Tensor) -> Tensor:
    """Random colors, the palette and its neighbors, points halfway between colors, and the corners of boxes."""
    random = np.random.default_rng(0)
    palette = palette_K3.numpy().astype(np.int64)
    pairs = random.integers(0, len(palette), (100, 2))
    halfway = (palette[pairs[:, 0]] + palette[pairs[:, 1]]) // 2
    around = np.concatenate([palette, halfway])[:, None] + random.integers(-1, 2, (1, 4, 3))
    edges = np.array([0, 15, 16, 31, 32, 127, 128, 239, 240, 255])
    corners = np.stack(np.meshgrid(edges, edges, edges), axis=-1).reshape(-1, 3)
    colors = np.concatenate([random.integers(0, 256, (500, 3)), around.reshape(-1, 3), corners])
    return torch.from_numpy(np.clip(colors, 0, 255).astype(np.uint8))


@settings(max_examples=15, deadline=None)
@given(palettes())
def test_the_table_agrees_with_the_definition(palette_K3: Tensor) -> None:
    colors_P3 = worth_trying(palette_K3)
    assert torch.equal(looked_up(colors_P3, palette_K3), nearest(colors_P3, palette_K3))


def test_the_whole_table_agrees_with_the_definition_for_the_course_palette() -> None:
    palette = COURSE.numpy().astype(np.int32)
    axis = np.arange(256, dtype=np.int32)
    square_of = [(axis[None] - palette[:, channel, None]) ** 2 for channel in range(3)]
    best = np.full((256, 256, 256), np.iinfo(np.int32).max, np.int32)
    expected = np.zeros((256, 256, 256), np.uint8)
    for index, (red, green, blue) in enumerate(zip(*square_of, strict=True)):
        distance = red[:, None, None] + green[:, None] + blue
        np.copyto(expected, index, where=distance < best)
        np.minimum(best, distance, out=best)
    np.testing.assert_array_equal(class_table(COURSE).numpy(), expected.reshape(-1))


def test_ties_go_to_the_lowest_index() -> None:
    palette = torch.tensor([[9, 9, 9], [20, 0, 0], [10, 0, 0], [10, 0, 0], [0, 0, 0]], dtype=torch.uint8)
    colors = torch.tensor([[10, 0, 0], [15, 0, 0], [5, 0, 0]], dtype=torch.uint8)
    assert looked_up(colors, palette).tolist() == [2, 1, 2]


def test_one_color_takes_all() -> None:
    assert (class_table(torch.tensor([[1, 2, 3]], dtype=torch.uint8)) == 0).all()


def test_labels_have_the_layout_of_the_pictures() -> None:
    palette = torch.tensor([[255, 0, 0], [0, 255, 0], [0, 0, 255]], dtype=torch.uint8)
    classes = torch.tensor([[[0, 1, 2], [2, 2, 1]], [[1, 1, 0], [0, 2, 0]]], dtype=torch.uint8)
    rgb_N3HW = palette[classes.long()].permute(0, 3, 1, 2)
    labels = label(rgb_N3HW, class_table(palette))
    assert labels.dtype == torch.uint8
    assert torch.equal(labels, classes)


def test_labels_are_cached_by_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rgb_N3HW = torch.randint(0, 256, (4, 3, 8, 8), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    first = labels(rgb_N3HW, COURSE, tmp_path)
    assert torch.equal(first, label(rgb_N3HW, class_table(COURSE)))
    other_palette = labels(rgb_N3HW, COURSE.flip(0), tmp_path)
    assert torch.equal(COURSE.flip(0)[other_palette.long()], COURSE[first.long()])
    assert not torch.equal(labels(255 - rgb_N3HW, COURSE, tmp_path), first)
    monkeypatch.setattr(module, "class_table", None)
    assert torch.equal(labels(rgb_N3HW.clone(), COURSE.clone(), tmp_path), first)


@pytest.mark.parametrize(
    "palette",
    [torch.zeros(3, 3), torch.zeros(0, 3, dtype=torch.uint8), torch.zeros(257, 3, dtype=torch.uint8), COURSE.T],
)
def test_what_is_no_palette_is_refused(palette: Tensor) -> None:
    with pytest.raises(ValueError, match="a palette"):
        class_table(palette)
