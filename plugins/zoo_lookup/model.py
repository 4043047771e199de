"""A table of log-probabilities, one row a grey level."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from zoo.api import UserError
from zoo_lookup.config import LookupConfig

LEVELS = 256


class LookupTable(nn.Module):
    """Looks the log-probability of every class up by the grey level of the pixel, and nothing else.

    Raises:
        UserError: on construction with more than one input channel: a table over colors would need 2**24 rows.
    """

    log_probability: Tensor

    def __init__(self, config: LookupConfig, in_channels: int, num_classes: int) -> None:
        super().__init__()
        if in_channels != 1:
            raise UserError(f"lookup reads one channel, a grey level; it was given {in_channels}.")
        self.smoothing = config.smoothing
        uniform = torch.full((LEVELS, num_classes), -float(torch.tensor(num_classes, device="cpu").log()))
        self.register_buffer("log_probability", uniform)

    def count(self, batches: Iterable[tuple[Tensor, Tensor]]) -> None:
        """Set the table to the smoothed class frequencies of every grey level.

        Args:
            batches: grey levels, float (N, 1, H, W) in 0..255, and classes, uint8 (N, H, W).
        """
        num_classes = self.log_probability.shape[1]
        counts = torch.zeros(LEVELS * num_classes, dtype=torch.int64)
        for level_N1HW, class_NHW in batches:
            cell = level_N1HW.long().flatten() * num_classes + class_NHW.long().flatten()
            counts += torch.bincount(cell, minlength=len(counts)).cpu()
        smoothed = counts.view(LEVELS, num_classes).double() + self.smoothing
        self.log_probability.copy_((smoothed / smoothed.sum(dim=1, keepdim=True)).log())

    def forward(self, level_N1HW: Tensor) -> Tensor:
        """From grey levels (N, 1, H, W) to log-probabilities (N, NC, H, W), which serve as logits."""
        scores_NHWK = F.embedding(level_N1HW[:, 0].long(), self.log_probability)
        return scores_NHWK.permute(0, 3, 1, 2)
