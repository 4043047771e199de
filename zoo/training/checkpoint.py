"""The state of a training at the end of an epoch, and the weights at its end."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import nn

from zoo.errors import UserError, WriteError
from zoo.files import replacing


def save_state(path: Path, epoch: int, **parts: Any) -> None:
    """Keep what it takes to go on after `epoch`: the state dicts of model, optimizer and schedule.

    No random state is kept, for every epoch is seeded anew.
    """
    path.parent.mkdir(exist_ok=True)
    states = {name: part.state_dict() for name, part in parts.items()}
    with replacing(path) as temporary, _writing(path):
        torch.save({"epoch": epoch, **states}, temporary)


def load_state(path: Path, **parts: Any) -> int:
    """Put a saved state back into model, optimizer and schedule.

    Returns:
        The number of epochs done; 0 where no epoch had been finished.

    Raises:
        UserError: if the file is truncated, or of another model.
    """
    if not path.exists():
        return 0
    try:
        saved = torch.load(path, map_location="cpu", weights_only=True)
        for name, part in parts.items():
            part.load_state_dict(saved[name])
        return int(saved["epoch"])
    except Exception as error:  # whatever damage makes the loaders raise, of which there is no list
        reason = _first_line(error)
        raise UserError(f"{path} cannot be resumed from ({reason}); delete it to start this run over.") from error


def save_weights(path: Path, model: nn.Module) -> None:
    """Write the weights alone, as safetensors."""
    with replacing(path) as temporary, _writing(path):
        safetensors.torch.save_model(model, str(temporary))


def load_weights(path: Path, model: nn.Module, *, partly: bool = False) -> None:
    """Load weights strictly: every tensor of the model, or, if that is `partly` enough, some; and no other.

    Raises:
        UserError: if the file is missing, truncated, or of another architecture or configuration.
    """
    if not path.is_file():
        raise UserError(f"{path} is missing: the run has not ended; go on with `zoo run --resume {path.parent}`.")
    try:
        _, unexpected = safetensors.torch.load_model(model, path, strict=not partly)
        if unexpected:
            raise RuntimeError(f"it has no {unexpected[0]}")
    except (SafetensorError, RuntimeError) as error:
        reason = _first_line(error)
        raise UserError(f"{path} does not fit the run's architecture ({reason}); train the run anew.") from error


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Raise a writer's own error of a full disk as what it is."""
    try:
        yield
    except (RuntimeError, SafetensorError) as error:
        raise WriteError(errno.EIO, _first_line(error), str(path)) from error


def _first_line(error: Exception) -> str:
    """The gist of an error whose message may run over many lines."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0].strip().rstrip(".:")[:120]
