"""The exported page: it opens from a file, colors as `zoo predict` does, answers to the pointer, and asks nobody."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import zoo
from zoo.errors import UserError

from ..browser import Page
from ..conftest import tiny_picture

PHONE, DESK = (390, 844), (1280, 900)


@pytest.fixture(scope="module")
def run(tiny_data: Path, tmp_path_factory: pytest.TempPathFactory) -> zoo.Run:
    return zoo.train("unet", data=f"folder:{tiny_data}", size=16, epochs=1, out=tmp_path_factory.mktemp("run") / "unet")


@pytest.fixture(scope="module")
def file(run: zoo.Run) -> Path:
    return zoo.export(run)


@pytest.fixture
def page(browser: Page) -> Iterator[Page]:
    yield browser
    browser.call("Emulation.clearDeviceMetricsOverride")
    browser.call("Emulation.setEmulatedMedia", features=[])
    browser.complaints()


def open_page(page: Page, file: Path) -> None:
    page.open(file.as_uri())
    page.wait(lambda: page.run("globalThis.zoo?.state.logits != null"), "the first answer")


@pytest.mark.parametrize(("size", "colors"), [(DESK, "light"), (PHONE, "dark")])
def test_the_page_opens_from_a_file_without_a_complaint(
    page: Page, file: Path, size: tuple[int, int], colors: str
) -> None:
    page.call("Emulation.setDeviceMetricsOverride", width=size[0], height=size[1], deviceScaleFactor=1, mobile=False)
    page.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": colors}])
    open_page(page, file)
    assert page.complaints() == []
    assert page.run("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert page.run("performance.getEntriesByType('resource').length") == 0
    assert file.stat().st_size < 1_000_000


def test_photos_are_colored_as_zoo_predict_does(page: Page, file: Path, run: zoo.Run) -> None:
    open_page(page, file)
    random = np.random.default_rng(3)
    for height, width in ((16, 16), (50, 71), (90, 40)):
        picture = tiny_picture(random, max(height, width))[:height, :width]
        planes = base64.b64encode(np.ascontiguousarray(picture.transpose(2, 0, 1)).tobytes()).decode("ascii")
        script = f"""(async () => {{
            const data = Float32Array.from(atob({json.dumps(planes)}), (character) => character.charCodeAt(0));
            await zoo.use({{ width: {width}, height: {height}, data }});
            return [...zoo.pictureFrom(zoo.state.logits, zoo.state.temperature).data];
        }})()"""
        computed = np.array(page.run(script)).reshape(3, height, width).transpose(1, 2, 0)
        assert np.abs(computed - zoo.predict(run, picture).astype(int)).max() <= 1


def test_pointing_hiding_and_cutting_change_what_the_page_says(page: Page, file: Path) -> None:
    open_page(page, file)
    page.run("document.getElementById('answer').dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight' }))")
    assert page.run("document.querySelectorAll('#bars li').length") == 24
    page.run("zoo.point('conv2d', 3, 5, 6)")
    page.run("[...document.querySelectorAll('#layers button')].find((b) => b.dataset.name === 'conv2d').click()")
    assert "bias" in page.run("document.getElementById('sum').textContent")
    page.run("document.querySelector('#skips input').click()")
    page.wait(lambda: "pixels" in page.run("document.getElementById('change').textContent"), "the cut's effect")
    assert page.complaints() == []


def test_numbers_of_multiply_adds_follow_the_picture(page: Page, file: Path) -> None:
    open_page(page, file)
    facts = "document.getElementById('layer-facts').textContent"
    assert "multiply-adds at 16" in page.run(facts)
    assert f"{9 * 32 * 16 * 16:,}" in page.run(facts)


def test_an_unknown_operation_is_named_and_nothing_written(run: zoo.Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zoo.exports.graph.SUPPORTED", frozenset({"to", "div", "pad", "conv2d"}))
    out = run.folder.parent / "none.html"
    with pytest.raises(UserError, match=r"uses aten\.max_pool2d\.default, which a page cannot compute"):
        zoo.export(run, out=out)
    assert not out.exists()


def test_a_network_of_hand_written_convolutions_is_exported_with_torchs(tiny_data: Path, tmp_path: Path) -> None:
    mine = zoo.train("myconv", data=f"folder:{tiny_data}", size=16, epochs=1, out=tmp_path / "myconv")
    assert zoo.export(mine).is_file()
