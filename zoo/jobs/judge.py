"""Judge a trained network on every metric of the task, beside the task's reference, and pick pictures to show."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from zoo.api import Architecture, Catalog, Images
from zoo.jobs.plan import Plan
from zoo.jobs.prepare import Prepared, Split
from zoo.network import Network, build_network
from zoo.training.batches import Batches
from zoo.training.evaluate import Evaluation, evaluate
from zoo.training.precision import autocast

SAMPLES = 10
"""Pictures on a sheet."""


def judge(
    network: Network,
    prepared: Prepared,
    device: torch.device,
    precision: str,
    evaluation: Evaluation | None = None,
) -> tuple[dict[str, float], Tensor]:
    """All figures on the validation pictures.

    Args:
        network: what is judged.
        prepared: data and task.
        device: where to compute.
        precision: ``bf16`` or ``fp32``.
        evaluation: the network's evaluation on all validation pictures, if it is there already.

    Returns:
        The loss and the task's metrics by name, and the predicted classes, uint8 (N, H, W).
    """
    if evaluation is None or evaluation.classes_NHW is None:
        batches = Batches(prepared.val.visible_NCHW, prepared.val.targets_NHW, device)
        evaluation = evaluate(network, prepared.task, batches, autocast=autocast(precision, device))
    classes_NHW = evaluation.classes_NHW
    assert classes_NHW is not None
    figures = {
        "loss": evaluation.loss,
        **prepared.task.metrics(evaluation.confusion_KK),
        **prepared.task.picture_metrics(prepared.val.images, classes_NHW, evaluation.variants),
    }
    return figures, classes_NHW


def fit_in_closed_form(
    architecture: Architecture[Any], network: Network, training: Split, device: torch.device
) -> None:
    """Show an architecture every training picture once."""

    def encoded() -> Iterator[tuple[Tensor, Tensor]]:
        for picture_NCHW, target_NHW in Batches(training.visible_NCHW, training.targets_NHW, device).in_order():
            assert isinstance(picture_NCHW, Tensor)
            yield network.preprocess.encode(picture_NCHW), target_NHW

    architecture.fit(network.to(device).model, encoded())


def fit_reference(plan: Plan, registry: Catalog, prepared: Prepared, device: torch.device) -> Network | None:
    """The task's reference architecture, fitted to the training pictures; None if no plugin brings it."""
    name = plan.task.value.reference
    if not any(name in (entry.name, entry.address) for entry in registry.architectures()):
        return None
    architecture = registry.architecture(name).value
    network = build_network(architecture, architecture.config(), plan.task.value, prepared.task.num_classes)
    fit_in_closed_form(architecture, network, prepared.train, device)
    return network


def reference_figures(plan: Plan, registry: Catalog, prepared: Prepared, device: torch.device) -> dict[str, Any]:
    """The figures of the task's reference architecture on the same pixels; empty if no plugin brings it."""
    network = fit_reference(plan, registry, prepared, device)
    if network is None:
        return {}
    figures, _ = judge(network, prepared, device, "fp32")
    return {"architecture": plan.task.value.reference, **figures}


def pick_samples(prepared: Prepared, classes_NHW: Tensor) -> dict[str, NDArray[np.uint8]]:
    """Rows of pictures for the sheet: the same validation pictures, evenly spread, for every run on the same data.

    Returns:
        By label: uint8 (SAMPLES, H, W, 3).
    """
    count = min(SAMPLES, len(classes_NHW))
    picked = torch.linspace(0, len(classes_NHW) - 1, count).round().long()
    masks = prepared.val.images.masks
    images = Images(prepared.val.images.rgb[picked], None if masks is None else masks[picked])
    rows = prepared.task.samples(images, prepared.val.targets_NHW[picked], classes_NHW[picked])
    return {label: row.permute(0, 2, 3, 1).contiguous().numpy() for label, row in rows.items()}
