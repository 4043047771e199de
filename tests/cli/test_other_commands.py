"""``zoo list``, ``show``, ``plugins``, ``data``, ``predict`` and ``compare``, as a user types them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import zoo

WIDTH = 80


@pytest.fixture(scope="module")
def runs(tiny_data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A trained run of each kind, and one on another palette."""
    folder = tmp_path_factory.mktemp("runs")
    common = {"data": f"folder:{tiny_data}", "size": 16, "batch_size": 16, "epochs": 2}
    palette = "kmeans:6"
    zoo.train("unet", settings={"num_filters": 4}, palette=palette, out=folder / "unet", **common)  # type: ignore[arg-type]
    zoo.train("lookup", palette=palette, out=folder / "lookup", **common)  # type: ignore[arg-type]
    zoo.train("lookup", palette="course", out=folder / "other", **common)  # type: ignore[arg-type]
    return {name: folder / name for name in ("unet", "lookup", "other")}


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.jpg"
    y, x = np.mgrid[:90, :131]
    Image.fromarray(np.stack([x * 255 // 131, y * 255 // 90, 255 - x], axis=-1).astype(np.uint8)).save(path)
    return path


def test_list_shows_everything_within_80_columns(zoo_cli) -> None:  # type: ignore[no-untyped-def]
    outcome = zoo_cli("list")
    assert outcome.code == 0
    for name in ("unet", "baseline", "lookup", "colorization", "photos", "cifar10", "folder:PATH", "course-2020"):
        assert name in outcome.out
    assert max(map(len, outcome.out.splitlines())) <= WIDTH
    output = json.loads(zoo_cli("list", "--json").out)
    assert {"unet/unet", "baseline/baseline", "lookup/lookup"} <= {row["address"] for row in output["architectures"]}


def test_show_tells_settings_and_size(zoo_cli) -> None:  # type: ignore[no-untyped-def]
    outcome = zoo_cli("show", "unet")
    assert outcome.code == 0
    for part in (
        "112,344 weights",
        "num_filters",
        "NF",
        "1 to 1024",
        "arXiv:1505.04597",
        "multiples of 4",
        "pixel values / 256",
    ):
        assert part in " ".join(outcome.out.split()), part
    assert max(map(len, outcome.out.splitlines())) <= WIDTH
    output = json.loads(zoo_cli("show", "unet", "--set", "num_filters=8", "--json").out)
    assert output["weights"] == sum(p.numel() for p in zoo.build("unet", num_filters=8).parameters())


def test_plugins_tells_origin_and_errors(zoo_cli, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "bad.py").write_text("import torch\n1 / 0\n")
    outcome = zoo_cli("--plugin", "bad.py", "plugins")
    assert outcome.code == 0
    assert "broken" in outcome.out
    assert "error in bad: importing it failed: ZeroDivisionError" in outcome.out
    output = {row["name"]: row for row in json.loads(zoo_cli("--plugin", "bad.py", "plugins", "--json").out)}
    assert output["unet"]["brings"]["architecture"] == ["unet"]
    assert output["bad"]["errors"]
    assert "see `zoo plugins`" in zoo_cli("--plugin", "bad.py", "list").err


def test_data_lists_and_prepares(zoo_cli, tiny_data: Path) -> None:  # type: ignore[no-untyped-def]
    outcome = zoo_cli("data")
    assert outcome.code == 0
    assert "photos" in outcome.out
    assert "cache:" in outcome.out
    output = json.loads(zoo_cli("data", f"folder:{tiny_data}", "--size", 16, "--json").out)
    assert (output["training"], output["validation"]) == (48, 16)
    assert any(row["name"].startswith("folder-") for row in json.loads(zoo_cli("data", "--json").out)["cache"]["files"])


@pytest.mark.parametrize("suffix", [".png", ".jpg"])
def test_predict_writes_a_photo_of_the_same_size(zoo_cli, runs, photo: Path, suffix: str) -> None:  # type: ignore[no-untyped-def]
    outcome = zoo_cli("predict", runs["unet"], photo, "--out", f"out{suffix}")
    assert outcome.code == 0, outcome.err
    assert outcome.out.split() == [f"out{suffix}"]
    with Image.open(f"out{suffix}") as result:
        assert result.size == (131, 90)
        assert result.format == {".png": "PNG", ".jpg": "JPEG"}[suffix]
        assert np.asarray(result).std(axis=2).max() > 3, "the result has color"


def test_predict_from_python_equals_the_command(zoo_cli, runs, photo: Path) -> None:  # type: ignore[no-untyped-def]
    zoo_cli("predict", runs["unet"], photo, "--out", "out.png")
    with Image.open("out.png") as result:
        assert np.array_equal(np.asarray(result), zoo.predict(runs["unet"], photo))
    with Image.open(photo) as original:
        assert np.array_equal(zoo.predict(runs["unet"], np.asarray(original)), zoo.predict(runs["unet"], photo))


def test_predict_takes_folders_and_skips_what_cannot_be_read(zoo_cli, runs, photo: Path) -> None:  # type: ignore[no-untyped-def]
    album = photo.parent / "album"
    (album / "deep").mkdir(parents=True)
    with Image.open(photo) as picture:
        picture.save(album / "one.webp")
        picture.convert("L").save(album / "deep" / "two.jpeg")
    (album / "bad.png").write_bytes(b"not a picture")
    outcome = zoo_cli("predict", runs["lookup"], album, "--out", "colored", "--json")
    assert outcome.code == 0, outcome.err
    output = json.loads(outcome.out)
    assert output["written"] == ["colored/one-colorized.png", "colored/deep/two-colorized.jpeg"]
    assert len(output["notes"]) == 1
    assert "bad.png" in output["notes"][0]
    assert all(Path(path).exists() for path in output["written"])


def test_predict_writes_beside_its_run_by_default(zoo_cli, runs, photo: Path) -> None:  # type: ignore[no-untyped-def]
    outcome = zoo_cli("predict", runs["lookup"], photo)
    assert outcome.out.strip() == str(runs["lookup"] / "predictions" / "photo-colorized.jpg")


def test_compare_puts_runs_side_by_side(zoo_cli, runs) -> None:  # type: ignore[no-untyped-def]
    outcome = zoo_cli("compare", runs["unet"], runs["lookup"])
    assert outcome.code == 0, outcome.err
    assert "note:" not in outcome.out
    assert {path.name for path in Path("runs/compare-1").iterdir()} == {"curves.png", "samples.png", "report.html"}
    assert max(map(len, outcome.out.splitlines())) <= WIDTH
    output = json.loads(zoo_cli("compare", runs["unet"], runs["lookup"], "--json").out)
    assert [row["loss"] for row in output["runs"]] == [
        json.loads((runs[name] / "run.json").read_text())["result"]["loss"] for name in ("unet", "lookup")
    ]
    assert "lookup (reference)" not in outcome.out, "a run of the lookup stands for it"
    best = {line.split()[0]: line.split()[-1] for line in outcome.out.splitlines() if "%" in line}
    for name, winner in best.items():
        metric = {"chromatic": "chromatic_accuracy", "balanced": "balanced_accuracy"}.get(name, name)
        assert output["runs"][("unet", "lookup").index(winner)][metric] == max(row[metric] for row in output["runs"])
    with Image.open("runs/compare-1/samples.png") as sheet:
        assert sheet.height == pytest.approx(5 * 92, abs=4), "three shared rows and two predictions"


def test_compare_says_when_figures_do_not_compare(zoo_cli, runs) -> None:  # type: ignore[no-untyped-def]
    outcome = zoo_cli("compare", runs["lookup"], runs["other"])
    assert outcome.code == 0
    assert "judged on different pixels or palettes" in " ".join(outcome.out.split())


def test_compare_shows_the_reference_beside_networks(zoo_cli, runs) -> None:  # type: ignore[no-untyped-def]
    outcome = zoo_cli("compare", runs["unet"])
    assert "lookup (reference)" in outcome.out


def test_a_comparison_in_a_notebook_shows_its_page(runs, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    comparison = zoo.compare([zoo.Run.load(runs["unet"]), runs["lookup"]], out=tmp_path / "both")
    assert "<h1>Runs side by side</h1>" in comparison._repr_html_()
    assert "<h1>unet: colorization</h1>" in comparison.runs[0]._repr_html_()
    assert "loss=" in repr(comparison.runs[0])
