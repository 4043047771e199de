"""What ``run.json`` says of a run before it begins."""

from __future__ import annotations

import importlib.metadata
import platform
from typing import Any

import torch
from accelerate import Accelerator

from zoo._version import __version__
from zoo.jobs.plan import Plan
from zoo.jobs.prepare import Prepared
from zoo.network import Network


def describe(plan: Plan, prepared: Prepared, network: Network, accelerator: Accelerator) -> dict[str, Any]:
    """Everything that can be said of a run before it begins, as JSON."""
    parameters = list(network.parameters())
    return {
        "architecture": plan.architecture.name,
        "plan": plan.to_record(),
        "processes": accelerator.num_processes,
        "device": str(accelerator.device),
        "threads": torch.get_num_threads(),
        "in_channels": network.preprocess.channels,
        "num_classes": prepared.task.num_classes,
        "parameters": sum(parameter.numel() for parameter in parameters),
        "trained_parameters": sum(parameter.numel() for parameter in parameters if parameter.requires_grad),
        "task_state": prepared.task.state(),
        "train_pictures": len(prepared.train.images),
        "val_pictures": len(prepared.val.images),
        "notes": list(prepared.notes),
        "judged_on": prepared.judged_on,
        "versions": {
            "zoo": __version__,
            "python": platform.python_version(),
            **{name: importlib.metadata.version(name) for name in ("torch", "accelerate", "numpy")},
        },
    }
