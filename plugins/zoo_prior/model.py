"""A grid of class probabilities, stretched over the picture."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from zoo_prior.config import PriorConfig


class MeanMask(nn.Module):
    """Gives every position the class frequencies of the training masks there, whatever the picture shows."""

    probability_1KGG: Tensor

    def __init__(self, config: PriorConfig, num_classes: int) -> None:
        super().__init__()
        self.smoothing = config.smoothing
        self.register_buffer(
            "probability_1KGG", torch.full((1, num_classes, config.grid, config.grid), 1 / num_classes)
        )

    def count(self, batches: Iterable[tuple[Tensor, Tensor]]) -> None:
        """Set the grid to the smoothed class frequencies.

        Args:
            batches: pictures, which are not looked at, and classes, uint8 (N, H, W).
        """
        classes, grid = self.probability_1KGG.shape[1:3]
        total_KGG = torch.zeros(self.probability_1KGG.shape[1:], dtype=torch.float64)
        for _, class_NHW in batches:
            for number in range(classes):
                share_N1GG = F.adaptive_avg_pool2d((class_NHW == number).double()[:, None], grid)
                total_KGG[number] += share_N1GG.sum(dim=(0, 1)).cpu()
        smoothed = total_KGG + self.smoothing
        self.probability_1KGG.copy_((smoothed / smoothed.sum(dim=0))[None])

    def forward(self, x_NCHW: Tensor) -> Tensor:
        """From any picture (N, C, H, W) to log-probabilities (N, K, H, W), which serve as logits."""
        size = x_NCHW.shape[-2:]
        p_1KHW = F.interpolate(self.probability_1KGG, size, mode="bilinear", align_corners=False)
        return p_1KHW.log().expand(len(x_NCHW), -1, -1, -1)
