"""Which layers of a model are trained, and at which learning rate."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from zoo.api.recipe import Recipe
from zoo.errors import unknown
from zoo.freezing import layers_from, parameters_of, weighted_layers, within
from zoo.network import Network

CHOICES = ("all", "last", "head", "from:LAYER")


def choose_trainable(network: Network, choice: str, head: str) -> None:
    """Freeze what is not to be trained: no gradients, and evaluation mode throughout.

    Evaluation mode matters as much: batch normalization that is left training goes on averaging the statistics of its
    batches into those that it learned, so that a "frozen" network drifts.

    Args:
        network: what is trained.
        choice: ``all``; ``last``, the last layer that has weights; ``head``; or ``from:LAYER``, that layer and all
            that were made after it.
        head: the path of the model's head, or an empty string for its last layer.

    Raises:
        UserError: if the choice or its layer is unknown.
    """
    names = weighted_layers(network.model)
    if not names:
        return
    kind, _, layer = choice.partition(":")
    if choice == "all":
        chosen = names
    elif choice == "last":
        chosen = names[-1:]
    elif choice == "head":
        chosen = within(names, head or names[-1])
    elif kind == "from":
        chosen = layers_from(network.model, layer, "layer in recipe.train=from:")
    else:
        raise unknown("value of recipe.train", choice, CHOICES)
    network.freeze(parameters_of(network.model, chosen))


def parameter_groups(model: nn.Module, head: str, recipe: Recipe) -> tuple[list[dict[str, Any]], list[float]]:
    """What the optimizer trains: the head at the recipe's learning rate, all else at a share of it.

    Returns:
        The optimizer's groups, those of the head first, and the learning rate of each.
    """
    names = weighted_layers(model)
    of_head = set(within(names, head or names[-1]))
    groups: list[dict[str, Any]] = []
    for inside, rate in ((True, recipe.lr), (False, recipe.lr * recipe.backbone_lr_share)):
        layers = [model.get_submodule(name) for name in names if (name in of_head) == inside]
        parameters: list[torch.nn.Parameter] = [
            parameter for layer in layers for parameter in layer.parameters(recurse=False) if parameter.requires_grad
        ]
        if parameters:
            groups.append({"params": parameters, "lr": rate})
    return groups, [group["lr"] for group in groups]
