"""Which layers of a model are trained, and at which learning rate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from zoo.api.recipe import Recipe
from zoo.errors import unknown
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
        chosen = names[_first(network.model, names, layer) :]
    else:
        raise unknown("value of recipe.train", choice, CHOICES)
    for name, module in network.model.named_modules():
        for parameter in module.parameters(recurse=False):
            parameter.requires_grad_(name in chosen)
    network.freeze()


def weighted_layers(model: nn.Module) -> list[str]:
    """Paths of the modules that hold weights of their own, in the order in which they were made."""
    return [name for name, module in model.named_modules() if next(module.parameters(recurse=False), None) is not None]


def within(names: Sequence[str], path: str) -> list[str]:
    """Those of some paths that are a module or lie below it."""
    return [name for name in names if name == path or name.startswith(f"{path}.")]


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


def _first(model: nn.Module, names: Sequence[str], layer: str) -> int:
    """The place of a layer, or of the first one below it, among those with weights."""
    inside = within(names, layer)
    if not layer or not inside:
        known = [name for name, _ in model.named_modules() if name and within(names, name)]
        raise unknown("layer in recipe.train=from:", layer, known)
    return names.index(inside[0])
