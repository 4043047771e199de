"""Judge a network: its loss, and how often it takes which class for which."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from zoo.api import FittedTask
from zoo.network import Network
from zoo.training.batches import Batches


@dataclass(frozen=True)
class Evaluation:
    """What a network did on a split.

    Attributes:
        loss: mean of the task's loss over pictures.
        confusion_KK: pixels counted by true class (row) and predicted class (column), int64.
        classes_NHW: the predicted class of every pixel of this process's shard, uint8, on the CPU; None if not wanted.
        variants: what `FittedTask.variants` made of the shard's scores, on the CPU; empty if not wanted.
    """

    loss: float
    confusion_KK: Tensor
    classes_NHW: Tensor | None
    variants: Mapping[str, Tensor]


@torch.inference_mode()
def evaluate(
    network: Network,
    task: FittedTask,
    batches: Batches,
    *,
    autocast: Callable[[], torch.autocast],
    total: Callable[[Tensor], Tensor] = lambda tensor: tensor,
    keep_pixels: bool = True,
) -> Evaluation:
    """Run a network in evaluation mode over a split.

    Args:
        network: what is judged.
        task: gives the loss.
        batches: the split, or this process's share of it.
        autocast: makes the precision's context.
        total: sums a tensor over processes.
        keep_pixels: whether the predicted classes and the task's variants are wanted.
    """
    network.eval()
    classes, device = task.num_classes, batches.targets_NHW.device
    losses = torch.zeros(2, device=device)  # sum over pictures, and their number
    confusion_KK = torch.zeros(classes, classes, dtype=torch.int64, device=device)
    classes_NHW: list[Tensor] = [torch.empty(0, *batches.targets_NHW.shape[1:], dtype=torch.uint8)]
    variants: dict[str, list[Tensor]] = defaultdict(list)
    for visible, target_NHW in batches.in_order():
        with autocast():
            logits_NKHW = network(visible)
            loss = task.loss(logits_NKHW, target_NHW)
        choice_NHW = logits_NKHW.argmax(dim=1)
        losses[0] += loss * len(target_NHW)
        losses[1] += len(target_NHW)
        confusion_KK += count_pairs(target_NHW, choice_NHW, classes, classes)
        if keep_pixels:
            classes_NHW.append(choice_NHW.to(torch.uint8).cpu())
            for name, variant in task.variants(logits_NKHW).items():
                variants[name].append(variant.cpu())
    losses, confusion_KK = total(losses), total(confusion_KK)
    return Evaluation(
        loss=float(losses[0] / losses[1]),
        confusion_KK=confusion_KK.cpu(),
        classes_NHW=torch.cat(classes_NHW) if keep_pixels else None,
        variants={name: torch.cat(parts) for name, parts in variants.items()},
    )


def count_pairs(row_NHW: Tensor, column_NHW: Tensor, rows: int, columns: int) -> Tensor:
    """How many pixels have each pair of values, such as true and predicted class: int64 (rows, columns)."""
    cell = row_NHW.flatten().long() * columns + column_NHW.flatten().long()
    return torch.bincount(cell, minlength=rows * columns).view(rows, columns)
