"""The engine that puts networks and data on one device or on many."""

from __future__ import annotations

import torch
from accelerate import Accelerator
from accelerate.state import AcceleratorState

from zoo.errors import UserError


def make_accelerator(device: str) -> Accelerator:
    """The engine for one device or, under ``accelerate launch``, for many.

    Raises:
        UserError: if the device is not there, or a launcher's variables are incomplete.
    """
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if not there.get(device, True):
        raise UserError(f"--device {device}: torch finds none on this machine; use --device cpu or auto.")
    if AcceleratorState._shared_state and AcceleratorState().num_processes == 1:
        # It is kept for the life of the process, and an earlier run may have been on another device.
        AcceleratorState._reset_state(reset_partial_state=True)
    try:
        # Precision is the recipe's, so the launcher's own setting of it must not be applied on top.
        return Accelerator(cpu=device == "cpu", mixed_precision="no")
    except (ValueError, RuntimeError) as error:
        reason = str(error).strip().splitlines()[0]
        raise UserError(
            f"several processes cannot be set up ({reason}): use `accelerate launch`, or unset RANK, LOCAL_RANK and "
            "WORLD_SIZE."
        ) from error
