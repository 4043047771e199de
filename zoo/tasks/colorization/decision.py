"""From probabilities of colors to one color: the decision, which is not the network's to make but its user's.

A network says how probable every palette color is. Which color to show follows from what an error costs (Bayesian
decision theory; Bishop 2006, Pattern Recognition and Machine Learning, section 1.5): the most probable one where every
error costs the same, the mean where the cost grows with the square of the distance, and otherwise whichever color has
the least expected cost. Zhang, Isola and Efros (2016), arXiv:1603.08511, section 2.3, go between mode and mean.
"""

from __future__ import annotations

import torch
from torch import Tensor

from zoo.tasks.colorization.lab import color_differences, rgb_to_lab

TEMPERATURE = 0.38
"""Of the annealed mean, between the mean (1, pale) and the mode (0, spotty); Zhang et al. 2016, section 2.3."""


class Decider:
    """Decides in the colors of one palette.

    Args:
        palette_K3: the colors, uint8 (K, 3).

    Attributes:
        differences: CIEDE2000 between every two of them, float32 (K, K).
    """

    def __init__(self, palette_K3: Tensor) -> None:
        lab_13K1 = rgb_to_lab(palette_K3.T[None, :, :, None])
        self._ab_K2 = lab_13K1[0, 1:, :, 0].T
        colors = len(palette_K3)
        row, column = lab_13K1.expand(-1, -1, -1, colors), lab_13K1.transpose(2, 3).expand(-1, -1, colors, -1)
        self.differences = color_differences(row, column)[0]

    def classes(self, logits_NKHW: Tensor, decision: str) -> Tensor:
        """The palette color that `mode` or `least-difference` takes: int64 (N, H, W)."""
        if decision == "mode":
            return logits_NKHW.argmax(dim=1)
        probability_NKHW = logits_NKHW.float().softmax(dim=1)
        cost_KK = self.differences.to(logits_NKHW.device)
        return torch.einsum("nkhw,kc->nchw", probability_NKHW, cost_KK).argmin(dim=1)

    def ab(self, logits_NKHW: Tensor, decision: str) -> Tensor:
        """The a and b of Lab that a decision gives every pixel: float32 (N, 2, H, W)."""
        ab_K2 = self._ab_K2.to(logits_NKHW.device)
        if decision in ("mode", "least-difference"):
            return ab_K2[self.classes(logits_NKHW, decision)].permute(0, 3, 1, 2)
        temperature = TEMPERATURE if decision == "annealed-mean" else 1.0
        probability_NKHW = (logits_NKHW.float() / temperature).softmax(dim=1)
        return torch.einsum("nkhw,kc->nchw", probability_NKHW, ab_K2)
