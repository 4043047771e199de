"""What tests of every kind share: a cache of their own, a tiny data set, and the command line."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

# Before anything imports torch: pictures this small are done sooner by one thread than shared out to several.
os.environ.setdefault("OMP_NUM_THREADS", "1")

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
"""Real pictures that lie beside the project where it is developed, and nowhere else."""


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> object:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZOO_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("ZOO_PROGRESS", str(tmp_path_factory.mktemp("progress") / "quiz.json"))
        yield


@pytest.fixture(scope="session")
def tiny_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder data set: 48 training and 16 validation pictures of 16 pixels whose color follows from their grey."""
    folder = tmp_path_factory.mktemp("tiny")
    random = np.random.default_rng(0)
    for split, count in (("train", 48), ("val", 16)):
        (folder / split).mkdir()
        for number in range(count):
            Image.fromarray(tiny_picture(random)).save(folder / split / f"{number:02}.png")
    return folder


@pytest.fixture(scope="session")
def tiny_masks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder data set with masks: 24 training and 8 validation pictures of 16 pixels, bright boxes on the dark."""
    folder = tmp_path_factory.mktemp("masks")
    random = np.random.default_rng(0)
    for split, count in (("train", 24), ("test", 8)):
        for number in range(count):
            put_masked(folder / split, f"{number:02}", random)
    return folder


@pytest.fixture
def unreported(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs leave no pictures and no page, which take most of a short run's time and change no figure."""
    monkeypatch.setattr("zoo.jobs.job.Job._report", lambda *_: None)


def put_masked(folder: Path, name: str, random: np.random.Generator, size: int = 16) -> None:
    """One picture and its mask of 0 and 255, in ``images`` and ``masks`` below a folder."""
    mask = np.zeros((size, size), np.uint8)
    top, left = random.integers(1, size // 2, 2)
    mask[top : top + size // 2, left : left + size // 2] = 255
    picture = np.where(mask[..., None] > 0, (200, 160, 90), (30, 60, 90)) + random.normal(0, 12, (size, size, 3))
    for kind, pixels in (("images", np.clip(picture, 0, 255).astype(np.uint8)), ("masks", mask)):
        (folder / kind).mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(folder / kind / f"{name}.png")


def tiny_picture(random: np.random.Generator, size: int = 16) -> np.ndarray:
    """A soft gradient from dark blue through green to bright red, with some noise."""
    y, x = np.mgrid[:size, :size] / size
    level = np.clip((x * random.uniform(-1, 1) + y * random.uniform(-1, 1) + random.uniform(0, 1)) / 1.5, 0, 1)
    color = np.stack([level**2 * 255, (0.2 + 0.6 * level) * 200, (1 - level) * 120 * level + 40], axis=-1)
    return np.clip(color + random.normal(0, 4, color.shape), 0, 255).astype(np.uint8)


@dataclass(frozen=True)
class Outcome:
    """What a command came to."""

    code: int
    out: str
    err: str


@pytest.fixture
def zoo_cli(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Outcome]:
    """Runs the command line in this process, in an empty folder."""
    from zoo.cli import main

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")

    def run(*arguments: object) -> Outcome:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return Outcome(int(ended.value.code or 0), out, err)

    return run
