"""Change training pictures at random, and their targets with them, a batch at a time on the device."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

SMALLEST, LARGEST = 0.6, 1.25
"""Height and width of the window that is shown, as a share of the picture's; beyond 1 its border is repeated."""

TURN = 0.17
"""Pictures are turned by at most this angle to either side (radians, about ten degrees)."""

GAIN, TINT = 0.35, 0.1
"""Brightness is changed by a factor of up to e to this power, and that of each color by up to e to this one."""


def augment(picture_NCHW: Tensor, target_NHW: Tensor, choice: str) -> tuple[Tensor, Tensor]:
    """A batch as an epoch shows it; torch's random state decides.

    Args:
        picture_NCHW: uint8 (N, C, H, W).
        target_NHW: the class of every pixel, uint8 (N, H, W).
        choice: ``none``; ``flip``, left and right exchanged in half of the pictures; or ``full``, also moved, scaled,
            turned and, where they are in color, lit otherwise.

    Returns:
        The same shapes and types.
    """
    if choice == "none":
        return picture_NCHW, target_NHW
    count, device = len(picture_NCHW), picture_NCHW.device
    mirror_N = torch.where(torch.rand(count, device=device) < 0.5, -1.0, 1.0)
    if choice == "flip":
        flipped_N = mirror_N < 0
        return (
            torch.where(flipped_N[:, None, None, None], picture_NCHW.flip(-1), picture_NCHW),
            torch.where(flipped_N[:, None, None], target_NHW.flip(-1), target_NHW),
        )
    grid_NHW2 = F.affine_grid(_windows(mirror_N), list(picture_NCHW.shape), align_corners=False)
    moved_NCHW = F.grid_sample(picture_NCHW.float(), grid_NHW2, padding_mode="border", align_corners=False)
    target_N1HW = F.grid_sample(
        target_NHW[:, None].float(), grid_NHW2, mode="nearest", padding_mode="border", align_corners=False
    )
    if moved_NCHW.shape[1] == 3:
        gain_N1 = torch.randn(count, 1, device=device).clamp(-1, 1) * GAIN
        tint_N3 = torch.randn(count, 3, device=device).clamp(-1, 1) * TINT
        moved_NCHW = moved_NCHW * (gain_N1 + tint_N3).exp()[..., None, None]
    return moved_NCHW.round().clamp(0, 255).to(torch.uint8), target_N1HW[:, 0].round().to(torch.uint8)


def _windows(mirror_N: Tensor) -> Tensor:
    """Where in the picture every window's pixels come from: float (N, 2, 3), for `F.affine_grid`."""
    count, device = len(mirror_N), mirror_N.device
    scale_N = SMALLEST + (LARGEST - SMALLEST) * torch.rand(count, device=device)
    turn_N = TURN * (2 * torch.rand(count, device=device) - 1)
    slack_N2 = (1 - scale_N).abs()[:, None] * (2 * torch.rand(count, 2, device=device) - 1)
    cos_N, sin_N = scale_N * turn_N.cos(), scale_N * turn_N.sin()
    rows = [
        torch.stack([cos_N * mirror_N, -sin_N, slack_N2[:, 0]], dim=1),
        torch.stack([sin_N * mirror_N, cos_N, slack_N2[:, 1]], dim=1),
    ]
    return torch.stack(rows, dim=1)
