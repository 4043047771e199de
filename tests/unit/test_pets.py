"""The Oxford pets with made data: the real ones are a download of 811 MB."""

from __future__ import annotations

import urllib.error
import urllib.request
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from zoo.api import DataRequest, Splits, UserError
from zoo.data.pets import Pets


def load(cache: Path, argument: str = "", classes: tuple[str, ...] = ()) -> Splits:
    return Pets().load(DataRequest(argument, 16, classes, 0, cache, lambda *_: None, masks=True))


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise urllib.error.URLError("no network\nin tests")

    monkeypatch.setattr(urllib.request, "urlopen", refuse)


@pytest.fixture
def unpacked(tmp_path: Path) -> Path:
    """The folders as torchvision unpacks them: three pets, 20x16 pixels, whose upper half is the animal."""
    base = tmp_path / "pets" / "oxford-iiit-pet"
    (base / "images").mkdir(parents=True)
    (base / "annotations" / "trimaps").mkdir(parents=True)
    lists = {"trainval": ("Abyssinian_1", "beagle_2"), "test": ("pug_3",)}
    for split, names in lists.items():
        lines = [f"{name} {number} {number} 1" for number, name in enumerate(names, start=1)]
        (base / "annotations" / f"{split}.txt").write_text("\n".join(lines))
        for name in names:
            trimap = np.full((16, 20), 2, np.uint8)
            trimap[:8], trimap[8] = 1, 3
            Image.new("RGB", (20, 16), (9, 9, 9)).save(base / "images" / f"{name}.jpg")
            Image.fromarray(trimap).save(base / "annotations" / "trimaps" / f"{name}.png")
    return base


def test_pet_and_outline_are_the_foreground(tmp_path: Path, unpacked: Path) -> None:
    splits = load(tmp_path)
    assert (len(splits.train), len(splits.val)) == (2, 1)
    assert splits.train.rgb.shape == (2, 3, 16, 16)
    assert splits.val.masks is not None
    assert splits.val.masks[0, :, 5].tolist() == [1] * 9 + [0] * 7
    assert "band along the outline" in splits.notes[0]


def test_a_damaged_file_says_what_to_delete(tmp_path: Path, unpacked: Path) -> None:
    (unpacked / "annotations" / "trimaps" / "pug_3.png").unlink()
    with pytest.raises(UserError, match=r"no such file\. Delete .*pets, and"):
        load(tmp_path)


def test_without_a_network_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"could not download the Oxford-IIIT pets .*no network in tests") as caught:
        load(tmp_path)
    assert "--data composed" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_pets_do_not_take(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="nothing after the colon"):
        load(tmp_path, argument="cats")
    with pytest.raises(UserError, match="leave out --classes"):
        load(tmp_path, classes=("cat",))
