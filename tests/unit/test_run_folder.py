from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from zoo.api import Metric, Table
from zoo.errors import UserError
from zoo.files import replacing, write_text
from zoo.jobs.epochs import epoch_line
from zoo.report.page import Section, write_page
from zoo.report.samples import draw_samples
from zoo.runs.run import Run
from zoo.runs.samples import read_samples, write_samples
from zoo.training.checkpoint import load_state, load_weights, save_state, save_weights


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    write_text(path, "old")

    def fail() -> None:
        with replacing(path) as temporary:
            temporary.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["file.txt"]


def test_runs_get_the_first_free_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names = [Run.create(None, "net", {}).folder.as_posix() for _ in range(3)]
    assert names == ["runs/net-1", "runs/net-2", "runs/net-3"]


def test_a_folder_that_holds_something_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(UserError, match="is not empty"):
        Run.create(tmp_path, "net", {})
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_file_in_the_way_is_the_users_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="cannot write to"):
        Run.create(tmp_path / "file" / "run", "net", {})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "no run folder"),
        ("{", "no record of a run"),
        ("[]", "no JSON object"),
        ('{"schema": 99}', "has schema 99"),
    ],
)
def test_what_is_no_run_is_named(tmp_path: Path, content: str | None, said: str) -> None:
    if content is not None:
        (tmp_path / "run.json").write_text(content)
    with pytest.raises(UserError, match=said):
        Run.load(tmp_path)


def test_weights_and_state_come_back(tmp_path: Path) -> None:
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2)).to(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(model.parameters())
    model(torch.rand(2, 1, 5, 5)).sum().backward()
    optimizer.step()
    save_weights(tmp_path / "weights.safetensors", model)
    save_state(tmp_path / "state" / "training.pt", 3, model=model, optimizer=optimizer)
    other = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2))
    load_weights(tmp_path / "weights.safetensors", other)
    assert all(torch.equal(a, b) for a, b in zip(model.state_dict().values(), other.state_dict().values(), strict=True))
    fresh = torch.optim.Adam(other.parameters())
    assert load_state(tmp_path / "state" / "training.pt", model=other, optimizer=fresh) == 3
    assert torch.equal(fresh.state_dict()["state"][0]["exp_avg"], optimizer.state_dict()["state"][0]["exp_avg"])
    assert load_state(tmp_path / "none.pt", model=other) == 0


@pytest.mark.parametrize("damage", ["truncate", "garbage", "other", "empty", "malicious"])
def test_a_damaged_or_foreign_checkpoint_is_named(tmp_path: Path, damage: str) -> None:
    model = nn.Conv2d(1, 2, 3)
    weights, state = tmp_path / "weights.safetensors", tmp_path / "state" / "training.pt"
    save_weights(weights, model)
    save_state(state, 1, model=model)
    for path in (weights, state):
        whole = path.read_bytes()
        if damage == "truncate":
            path.write_bytes(whole[: len(whole) // 2])
        elif damage == "garbage":
            path.write_bytes(b"no checkpoint at all, but long enough to look at" * 9)
        elif damage == "empty":
            path.write_bytes(b"")
    if damage == "malicious":
        torch.save({"epoch": 1, "model": print}, state)
        weights.write_bytes(state.read_bytes())
    other = nn.Conv2d(1, 5, 3) if damage == "other" else model
    with pytest.raises(UserError, match=r"weights.safetensors does not fit the run's architecture \(.+\)"):
        load_weights(weights, other)
    with pytest.raises(UserError, match=r"training.pt cannot be resumed from \(.+\); delete it"):
        load_state(state, model=other)


def test_samples_keep_order_and_pixels(tmp_path: Path) -> None:
    rows = {f"row {letter}": np.full((2, 4, 4, 3), number, np.uint8) for number, letter in enumerate("zyxabcdefghijk")}
    write_samples(tmp_path / "samples.npz", rows)
    again = read_samples(tmp_path / "samples.npz")
    assert list(again) == list(rows)
    assert all(np.array_equal(again[label], row) for label, row in rows.items())
    draw_samples(tmp_path / "samples.png", again)
    assert (tmp_path / "samples.png").read_bytes().startswith(b"\x89PNG")
    (tmp_path / "samples.npz").write_bytes(b"PK no zip")
    with pytest.raises(UserError, match="cannot be read"):
        read_samples(tmp_path / "samples.npz")


def test_a_page_stands_alone_and_escapes_what_it_shows(tmp_path: Path) -> None:
    draw_samples(tmp_path / "picture.png", {"row": np.zeros((1, 4, 4, 3), np.uint8)})
    section = Section(
        "Title", ["<script>alert(1)</script>"], [Table(["a", "b"], [["1", "2"]])], [(tmp_path / "picture.png", "it")]
    )
    write_page(tmp_path / "page.html", "Page", "lead", [section])
    page = (tmp_path / "page.html").read_text()
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert "http" not in page
    assert 'src="data:image/png;base64,' in page


def test_metrics_are_written_whole(tmp_path: Path) -> None:
    run = Run.create(tmp_path / "run", "net", {})
    run.set_epochs([{"epoch": 1.0}, {"epoch": 2.0}])
    assert run.epochs() == [{"epoch": 1.0}, {"epoch": 2.0}]
    assert json.loads((run.folder / "run.json").read_text())["status"] == "running"


def test_an_epoch_with_nothing_to_judge_shows_a_dash() -> None:
    metrics = [Metric("accuracy", "accuracy", "", percent=True), Metric("chromatic", "chromatic", "", percent=True)]
    figures = {"epoch": 2, "loss": 0.5, "accuracy": 0.25, "chromatic": float("nan")}
    assert epoch_line(figures, metrics, 9) == "epoch   2/9  loss 0.500  accuracy 25.0%  chromatic -"


@pytest.mark.parametrize("bytes_kept", [10, 200, -20])
def test_damaged_samples_are_a_line(tmp_path: Path, bytes_kept: int) -> None:
    path = tmp_path / "samples.npz"
    np.savez_compressed(path, **{"0:grey": np.arange(3000, dtype=np.uint8).reshape(10, 10, 10, 3)})
    path.write_bytes(path.read_bytes()[:bytes_kept])
    with pytest.raises(UserError, match=r"samples\.npz cannot be read"):
        read_samples(path)


def test_changed_samples_are_a_line(tmp_path: Path) -> None:
    path = tmp_path / "samples.npz"
    np.savez_compressed(path, **{"0:grey": np.random.default_rng(0).integers(0, 255, (10, 10, 10, 3), np.uint8)})
    content = bytearray(path.read_bytes())
    content[300:340] = bytes(40)
    path.write_bytes(bytes(content))
    with pytest.raises(UserError, match=r"samples\.npz cannot be read"):
        read_samples(path)
