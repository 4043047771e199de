"""What the ledger and the measurement freeze is what training freezes, for every layer that can be named."""

from __future__ import annotations

from typing import Any, cast

import pytest
from torch import nn

import zoo_baseline
import zoo_chroma
import zoo_myconv
import zoo_rescaled
import zoo_unet
from zoo.complexity.deriving.libraries import of_library
from zoo.complexity.deriving.subject import Subject, of_architecture
from zoo.complexity.training_cost.ledger import prepare, scopes
from zoo.freezing import train_only, weighted_layers
from zoo.training.trainable import choose_trainable

ARCHITECTURES = [
    zoo_baseline.Baseline(),
    zoo_unet.UNet(),
    zoo_rescaled.RescaledNetwork(),
    zoo_chroma.ChromaNetwork(),
    zoo_myconv.zoo_architectures()[0],
]
MODELS = ["resnet18", "vit_b_16", "googlenet", "swin_t", "mobilenet_v3_small", "squeezenet1_1"]


class Network:
    """What training needs of a network to freeze it."""

    def __init__(self, model: nn.Module) -> None:
        self.model = model

    def freeze(self, parameters: frozenset[str]) -> None:
        train_only(self.model, parameters)


def trained(model: nn.Module) -> set[str]:
    return {name for name, parameter in model.named_parameters() if parameter.requires_grad}


def assert_one_definition(subject: Subject, step: int) -> None:
    model = subject.module(subject.point)
    layers = [name for name in weighted_layers(model) if name][::step]
    everything, last, *rest = scopes(subject, layers)
    choices = ["all", "last", *(f"from:{layer}" for layer in layers)]
    for scope, choice in zip([everything, last, *rest], choices, strict=True):
        choose_trainable(cast("Any", Network(model)), choice, "")
        by_training = trained(model)
        prepare(model, scope)
        assert by_training == trained(model) == scope.parameters
        assert by_training


@pytest.mark.parametrize("architecture", ARCHITECTURES, ids=lambda a: a.name)
def test_every_layer_of_our_architectures_freezes_the_same(architecture: Any) -> None:
    config = architecture.config()
    channels = {"rescaled": 3, "chroma": 3}.get(architecture.name, 1)
    assert_one_definition(of_architecture(architecture, config, channels, 24, 32, 32), 1)


@pytest.mark.parametrize("name", MODELS)
def test_layers_of_library_models_freeze_the_same(name: str) -> None:
    assert_one_definition(of_library(f"torchvision:{name}", None, None), 9)
