"""What is trained and what is frozen: one definition for training, for the ledger of its cost, and for measurements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from torch import nn

from zoo.errors import unknown


def weighted_layers(model: nn.Module) -> list[str]:
    """Paths of the modules that hold weights of their own, in the order in which they were made."""
    return [name for name, module in model.named_modules() if next(module.parameters(recurse=False), None) is not None]


def within(names: Sequence[str], path: str) -> list[str]:
    """Those of some paths that are a module or lie below it."""
    return [name for name in names if name == path or name.startswith(f"{path}.")]


def layers_from(model: nn.Module, layer: str, what: str = "layer") -> list[str]:
    """A layer and all with weights that were made after it.

    Args:
        model: the model.
        layer: a module's path.
        what: what the layer is called in the error.

    Raises:
        UserError: if no such module has weights.
    """
    names = weighted_layers(model)
    inside = within(names, layer)
    if not layer or not inside:
        raise unknown(what, layer, [name for name, _ in model.named_modules() if name and within(names, name)])
    return names[names.index(inside[0]) :]


def parameters_of(model: nn.Module, layers: Iterable[str]) -> frozenset[str]:
    """The names of the parameters that some layers hold; a shared one has the first of its names."""
    held = {id(parameter) for layer in layers for parameter in model.get_submodule(layer).parameters(recurse=False)}
    return frozenset(name for name, parameter in model.named_parameters() if id(parameter) in held)


def train_only(model: nn.Module, parameters: frozenset[str]) -> tuple[nn.Module, ...]:
    """Give gradients to the named parameters and to no other.

    Returns:
        The modules that are frozen: they hold weights, none of which is trained. They belong in evaluation mode, for
        batch normalization that is left training goes on averaging the statistics of its batches.
    """
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(name in parameters)
    weights = {module: list(module.parameters()) for module in model.modules()}
    return tuple(module for module, held in weights.items() if held and not any(w.requires_grad for w in held))
