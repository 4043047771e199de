"""Weights that plugins ship: packed, used by name, gone on from, and described by a card."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from pathlib import Path

import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

import zoo
import zoo_unet
from zoo.data._patches import photo_files
from zoo.jobs.card import Card, checked, read_card
from zoo.jobs.load import load_network
from zoo.jobs.pack import check
from zoo.jobs.shipped import shipped_folder, ships
from zoo.registry import load_registry
from zoo.runs.run import Run

ABOUT = {
    "purpose": "a test",
    "not_for": "anything else",
    "data_license": "made by the test",
    "code_license": "MIT",
    "weights_license": "none",
}
SETTINGS = {"num_filters": 4, "recipe.precision": "fp32"}
SHIPPING = [entry for entry in load_registry().architectures() if ships(entry.value)]
LIMIT_BYTES = 4_000_000
"""Of all shipped weights together."""


@pytest.fixture(scope="module")
def run(tiny_data: Path, tmp_path_factory: pytest.TempPathFactory) -> zoo.Run:
    out = tmp_path_factory.mktemp("run") / "unet"
    return zoo.train("unet", settings=SETTINGS, data=f"folder:{tiny_data}", size=16, epochs=2, out=out)


@pytest.fixture(scope="module")
def folder(run: zoo.Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    failures = dict.fromkeys(photo_files()[:3], "it is brown")
    return zoo.pack(run, tmp_path_factory.mktemp("plugin") / "shipped", ABOUT, data="folder:TINY", failures=failures)


@pytest.fixture
def weighted_unet(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zoo_unet.UNet, "shipped", str(folder))


def test_a_packed_run_has_half_the_bytes_and_a_whole_card(run: zoo.Run, folder: Path) -> None:
    card = read_card(folder)
    assert card.command == (
        "zoo run unet --task colorization --data folder:TINY --size 16 --set num_filters=4 --set recipe.epochs=2 "
        "--set recipe.precision=fp32 --seed 0"
    )
    assert card.sha256 == hashlib.sha256((folder / "weights.safetensors").read_bytes()).hexdigest()
    assert card.figures["unet"]["loss"] == pytest.approx(run.result["loss"], abs=0.02)
    assert card.figures["lookup"]["loss"] == pytest.approx(run.reference["loss"], abs=1e-4)
    assert set(card.failures) == {"astronaut.jpg", "chelsea.jpg", "coffee.jpg"}
    for name in card.failures:
        with Image.open(folder / name) as strip:
            assert strip.height == 160
    packed, whole = load_file(folder / "weights.safetensors"), load_file(run.folder / "weights.safetensors")
    assert packed.keys() == whole.keys()
    assert all(tensor.dtype in (torch.bfloat16, torch.int64) for tensor in packed.values())
    assert str(run.folder.parent) not in (folder / "run.json").read_text() + (folder / "card.json").read_text()


@pytest.mark.parametrize("field", [field.name for field in dataclasses.fields(Card)])
def test_a_card_without_a_field_is_refused(folder: Path, field: str, tmp_path: Path) -> None:
    fields = json.loads((folder / "card.json").read_text())
    del fields[field]
    (tmp_path / "card.json").write_text(json.dumps(fields))
    with pytest.raises(zoo.UserError, match=f"does not say its {field}"):
        read_card(tmp_path)


def test_a_card_shows_three_failures(folder: Path) -> None:
    fields = json.loads((folder / "card.json").read_text())
    fields["failures"].popitem()
    with pytest.raises(ValueError, match="2 of its failures"):
        checked(fields)


@pytest.mark.usefixtures("weighted_unet")
def test_shipped_weights_are_used_by_name(zoo_cli, run: zoo.Run, folder: Path) -> None:  # type: ignore[no-untyped-def]
    photo = photo_files()[1]
    by_name, by_run = zoo.predict("unet", photo), zoo.predict(run, photo)
    assert abs(by_name.astype(int) - by_run).mean() < 3
    before = sorted(folder.iterdir())
    outcome = zoo_cli("predict", "unet", photo)
    assert outcome.code == 0, outcome.err
    assert outcome.out.strip() == str(Path("predictions", "chelsea-colorized.png"))
    assert sorted(folder.iterdir()) == before, "nothing is written into a package"
    assert "folder:TINY" in zoo_cli("show", "unet").out


@pytest.mark.usefixtures("weighted_unet")
def test_a_training_goes_on_from_shipped_weights(folder: Path, tiny_data: Path, tmp_path: Path) -> None:
    data = {"data": f"folder:{tiny_data}", "size": 16, "settings": SETTINGS, "epochs": 1}
    on = zoo.train("unet", init="shipped", lr=1e-5, out=tmp_path / "on", **data)
    shipped = Run.load(folder)
    assert on.result["loss"] == pytest.approx(shipped.result["loss"], abs=0.05)
    assert on.record["task_state"] == shipped.record["task_state"]
    other = zoo.train("unet", init="shipped", palette="course", out=tmp_path / "other", **data)
    assert other.record["task_state"] != shipped.record["task_state"], "another palette was asked for"


def test_without_shipped_weights_a_name_is_told_so(zoo_cli) -> None:  # type: ignore[no-untyped-def]
    outcome = zoo_cli("predict", "lookup", photo_files()[0])
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert "lookup ships no trained weights" in outcome.err
    assert "rescaled ships no trained weights" in zoo_cli("run", "rescaled", "--init", "shipped").err


def test_the_colorizers_and_the_fine_tuner_ship_weights() -> None:
    assert {"baseline", "chroma", "finetune", "unet"} <= {entry.name for entry in SHIPPING}


def test_all_shipped_weights_are_small() -> None:
    files = [shipped_folder(entry.value) / "weights.safetensors" for entry in SHIPPING]
    assert sum(file.stat().st_size for file in files) < LIMIT_BYTES


@pytest.mark.parametrize("entry", SHIPPING, ids=lambda entry: entry.name)
def test_shipped_weights_do_what_their_card_says(entry) -> None:  # type: ignore[no-untyped-def]
    folder = shipped_folder(entry.value)
    card = read_card(folder)
    assert card.sha256 == hashlib.sha256((folder / "weights.safetensors").read_bytes()).hexdigest()
    assert all((folder / picture).is_file() for picture in card.failures)
    figures = check(*load_network(Run.load(folder), load_registry()))
    assert figures == pytest.approx({name: card.check[name] for name in figures}, rel=0.01)


def test_a_derived_architecture_does_not_inherit_weights() -> None:
    class Wider(zoo_unet.UNet):
        name = "wider"

    assert ships(zoo_unet.UNet())
    assert not ships(Wider())
    assert not ships(load_registry().architecture("myconv").value), "a preset of the baseline"
    with pytest.raises(zoo.UserError, match="wider ships no trained weights"):
        shipped_folder(Wider())
