"""The weights that a training begins with. Importing this module imports no torch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo.api import Architecture, Config
from zoo.errors import UserError
from zoo.jobs.shipped import INIT, shipped_folder

if TYPE_CHECKING:
    from torch import nn

WORDS = 4
"""Tensors that a note names one by one."""


def weights_file(init: str, architecture: Architecture[Any]) -> Path:
    """The file behind ``--init``: a safetensors file, the last weights of a run, or those that are shipped.

    Raises:
        UserError: if there is none.
    """
    if not init:
        raise UserError("--init names nothing; name a run that has ended, or a safetensors file, or leave it out.")
    path = shipped_folder(architecture) if init == INIT else Path(init)
    file = path / "weights.safetensors" if path.is_dir() else path
    if not file.is_file():
        raise UserError(f"--init {init}: there is no file {file}; name a run that has ended, or a safetensors file.")
    return file


def initialize(architecture: Architecture[Any], config: Config, init: str, model: nn.Module) -> str:
    """Put the first weights into a model that has just been built: those of ``--init``, or else the architecture's own.

    Of ``--init``, tensors are taken that have the name and the shape of one of the model's; the others stay random, as
    those of a head for another number of classes.

    Returns:
        Which weights the model begins with, and what was not taken, in a line; empty for random ones.

    Raises:
        UserError: if the file cannot be read, is of other networks only, or holds values that are not finite.
    """
    if not init:
        return architecture.initialize(config, model)
    import safetensors
    import safetensors.torch
    import torch

    if init == INIT:  # which may be the trained weights alone
        architecture.initialize(config, model)
    file = weights_file(init, architecture)
    try:
        saved = safetensors.torch.load_file(file)
    except (OSError, ValueError, safetensors.SafetensorError) as error:
        raise UserError(f"--init {init}: {file} is no safetensors file ({error}).") from error
    own = model.state_dict()
    taken = {name: tensor for name, tensor in saved.items() if name in own and own[name].shape == tensor.shape}
    if not any(name in taken for name, _ in model.named_parameters()):
        raise UserError(f"--init {init}: none of its {len(saved)} tensors fits this {architecture.name}.")
    broken = [name for name, tensor in taken.items() if not tensor.isfinite().all()]
    if broken:
        raise UserError(f"--init {init}: {_listed(broken)} not finite; take the weights of another run.")
    with torch.no_grad():
        for name, tensor in taken.items():
            own[name].copy_(tensor)
    filled = {own[name].data_ptr() for name in taken}  # tensors that share memory are saved under one name
    random = [name for name, tensor in own.items() if name not in taken and tensor.data_ptr() not in filled]
    unused = [name for name in saved if name not in taken]
    parts = [f"{len(taken)} of {len(saved)} tensors of {file}"]
    parts += [f"still random: {_listed(random)}"] if random else []
    parts += [f"not taken: {_listed(unused)}"] if unused else []
    return "; ".join(parts)


def _listed(names: Sequence[str]) -> str:
    more = len(names) - WORDS
    return ", ".join(names[:WORDS]) + (f" and {more} more" if more > 0 else "")
