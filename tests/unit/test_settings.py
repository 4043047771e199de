"""One road for every setting, from the command line and from Python."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import zoo
from zoo.api import NamedRecipe, Recipe
from zoo.config import Config, fields_of, setting, values_of
from zoo.errors import UserError
from zoo.jobs.plan import make_plan
from zoo.registry import load_registry
from zoo.settings import SHORTCUTS, addresses_of, sort_settings, with_shortcuts

REGISTRY = load_registry()
TASK = REGISTRY.task("segmentation").value
UNET = REGISTRY.architecture("unet").value


def plan(settings: dict[str, Any], task: str = "segmentation", recipe: str = "default") -> Any:
    return make_plan(
        REGISTRY, "unet", settings=settings, task=task, data=None, size=None, classes=(), recipe=recipe, seed=0,
        device="cpu",
    )  # fmt: skip


def test_every_setting_has_one_address_and_reaches_the_plan() -> None:
    addresses = dict(addresses_of(UNET.config, TASK.config, Recipe))
    assert {"num_filters", "task.loss", "recipe.schedule", "recipe.channels_last"} <= set(addresses)
    made = plan({"num_filters": "8", "task.loss": "soft-iou", "recipe.schedule": "constant", "recipe.lr": 0.5})
    assert made.config.num_filters == 8
    assert made.task_config.loss == "soft-iou"
    assert (made.recipe.schedule, made.recipe.lr) == ("constant", 0.5)


@given(st.sampled_from([name for name, _, _ in fields_of(Recipe)]))
def test_no_setting_of_a_recipe_is_lost(field: str) -> None:
    changed = {"epochs": 7, "max_steps": 3, "batch_size": 9, "lr": 0.5, "schedule": "constant", "precision": "fp32"}
    changed |= {"train": "last", "backbone_lr_share": 0.25, "augment": "flip", "channels_last": False}
    changed |= {"weight_decay": 0.1, "best": "accuracy"}
    assert getattr(plan({f"recipe.{field}": changed[field]}).recipe, field) == changed[field]


@pytest.mark.parametrize(
    ("address", "hint"),
    [
        ("lr", "did you mean recipe.lr"),
        ("recipe.schedul", "did you mean recipe.schedule"),
        ("task.los", "did you mean task.loss"),
        ("num_filter", "did you mean num_filters"),
        ("", "zoo show NAME"),
    ],
)
def test_an_unknown_setting_is_refused_with_close_matches(address: str, hint: str) -> None:
    with pytest.raises(UserError, match=rf"unknown setting '{address}'.*{hint}"):
        plan({address: 1})


def test_shortcuts_are_settings_that_exist() -> None:
    colorization = REGISTRY.task("colorization").value
    addresses = dict(addresses_of(UNET.config, colorization.config, Recipe))
    assert set(SHORTCUTS.values()) <= set(addresses)
    assert with_shortcuts({"num_filters": 4}, {"lr": 0.1, "epochs": None}) == {"num_filters": 4, "recipe.lr": 0.1}
    with pytest.raises(UserError, match=r"lr and the setting recipe\.lr are the same"):
        with_shortcuts({"recipe.lr": 0.2}, {"lr": 0.1})
    with pytest.raises(UserError, match="unknown argument 'epoch': did you mean epochs"):
        with_shortcuts({}, {"epoch": 1})


def test_a_strangers_task_is_set_by_the_same_road() -> None:
    @dataclasses.dataclass(frozen=True)
    class Stranger(Config):
        levels: int = setting(4, low=2, high=9, help="levels")

    assert sort_settings({"task.levels": 3}, UNET.config, Stranger, Recipe).task == {"levels": 3}


def test_a_record_holds_names_and_gives_the_config_back() -> None:
    config = REGISTRY.configure(UNET.config(), {"conv": "myconv:im2col"})
    values = values_of(config)
    assert values["conv"] == "myconv:im2col"
    assert REGISTRY.configure(UNET.config(), values) == config


def test_a_plugin_brings_a_recipe(tmp_path: Path, tiny_data: Path) -> None:
    path = tmp_path / "slow.py"
    path.write_text(
        "from zoo.api import NamedRecipe, Recipe, hookimpl\n\n\n@hookimpl\ndef zoo_recipes():\n"
        '    return [NamedRecipe("slow", "one step", Recipe(epochs=1, max_steps=1, schedule="constant"))]\n',
        encoding="utf-8",
    )
    registry = load_registry([path])
    entry = registry.recipe("slow")
    assert isinstance(entry.value, NamedRecipe)
    assert entry.address == "slow/slow"
    run = zoo.train(
        "unet", data=f"folder:{tiny_data}", size=16, recipe="slow", settings={"num_filters": 2}, registry=registry,
        out=tmp_path / "run", palette="course",
    )  # fmt: skip
    assert run.record["plan"]["recipe"]["schedule"] == "constant"
    assert run.epochs()[-1]["steps"] == 1
