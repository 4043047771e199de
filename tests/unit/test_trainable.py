"""Which layers are trained, and that the others hold still."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import nn

import zoo
from zoo.api import ScaledPixels
from zoo.api.recipe import Recipe
from zoo.network import Network
from zoo.training.trainable import choose_trainable, parameter_groups


def small() -> Network:
    def block(channels: int) -> nn.Sequential:
        return nn.Sequential(nn.Conv2d(channels, 4, 3, padding=1), nn.BatchNorm2d(4), nn.Dropout(0.5))

    model = nn.Sequential()
    for name, part in (("first", block(1)), ("second", block(4)), ("head", block(4))):
        model.add_module(name, part)
    model.add_module("last", nn.Conv2d(4, 2, 1))
    return Network(ScaledPixels(1), model, 2)


@pytest.mark.parametrize(
    ("choice", "trained"),
    [
        ("all", {"first.0", "first.1", "second.0", "second.1", "head.0", "head.1", "last"}),
        ("last", {"last"}),
        ("head", {"head.0", "head.1"}),
        ("from:second", {"second.0", "second.1", "head.0", "head.1", "last"}),
        ("from:second.1", {"second.1", "head.0", "head.1", "last"}),
    ],
)
def test_what_is_chosen_is_trained_and_nothing_else_changes(choice: str, trained: set[str]) -> None:
    network = small()
    choose_trainable(network, choice, "head")
    before = {name: tensor.clone() for name, tensor in network.model.state_dict().items()}
    groups, _ = parameter_groups(network.model, "head", Recipe(lr=0.1))
    optimizer = torch.optim.Adam(groups)
    network.train()
    for _ in range(3):
        network(torch.randint(0, 256, (4, 1, 8, 8), dtype=torch.uint8)).square().sum().backward()
        optimizer.step()
    changed = {
        name.rpartition(".")[0] for name, tensor in network.model.state_dict().items() if (tensor != before[name]).any()
    }
    assert changed == trained, "batch statistics count, too"
    frozen_dropout = network.model.get_submodule("first.2")
    assert frozen_dropout.training == (choice == "all"), "a frozen part gives the same features every time"


def test_a_network_that_comes_back_from_judging_stays_frozen() -> None:
    network = small()
    choose_trainable(network, "last", "")
    network.eval()
    network.train()
    assert not network.model.get_submodule("second.1").training
    assert network.model.get_submodule("last").training


def test_unknown_layers_and_choices() -> None:
    with pytest.raises(zoo.UserError, match=r"unknown layer in recipe.train=from: 'secnd': did you mean second"):
        choose_trainable(small(), "from:secnd", "")
    with pytest.raises(zoo.UserError, match=r"unknown layer in recipe.train=from: ''"):
        choose_trainable(small(), "from:", "")
    with pytest.raises(zoo.UserError, match=r"unknown value of recipe.train 'lst': did you mean last"):
        choose_trainable(small(), "lst", "")


def test_the_head_learns_at_the_recipes_rate_and_the_rest_at_a_share_of_it() -> None:
    network = small()
    groups, rates = parameter_groups(network.model, "head", Recipe(lr=0.02, backbone_lr_share=0.1))
    assert rates == pytest.approx([0.02, 0.002])
    assert sum(weight.numel() for weight in groups[0]["params"]) == 4 * 4 * 9 + 4 + 8
    assert sum(len(group["params"]) for group in groups) == len(list(network.parameters()))


def test_a_run_that_trains_the_last_layer_leaves_the_others(tiny_data: Path, tmp_path: Path) -> None:
    def weights(train: str, epochs: int) -> dict[str, torch.Tensor]:
        run = zoo.train(
            "unet",
            data=f"folder:{tiny_data}",
            size=16,
            settings={"task.palette": "kmeans:6", "recipe.train": train},
            epochs=epochs,
            out=tmp_path / f"{train.replace(':', '-')}-{epochs}",
        )
        assert run.record["plan"]["recipe"]["train"] == train
        return load_file(run.folder / "weights.safetensors")

    short, long = weights("from:layer6", 1), weights("last", 2)
    different = {name.partition(".")[0] for name in short if not torch.equal(short[name], long[name])}
    assert different == {"layer6"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("unet", "--set", "recipe.train=from:layer7"),
            "unknown layer in recipe.train=from: 'layer7': did you mean layer",
        ),
        (("unet", "--set", "recipe.train=tail"), "unknown value of recipe.train 'tail'"),
        (
            ("lookup", "--set", "recipe.train=last"),
            "lookup is fitted in closed form, all at once; leave recipe.train out.",
        ),
    ],
)
def test_bad_input(zoo_cli, tiny_data: Path, arguments: tuple[str, ...], said: str) -> None:  # type: ignore[no-untyped-def]
    outcome = zoo_cli("run", *arguments, "--data", f"folder:{tiny_data}", "--size", 16)
    assert outcome.code == 2, outcome
    assert said in outcome.err.strip().splitlines()[-1]
    assert not Path("runs").exists()
