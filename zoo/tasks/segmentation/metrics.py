"""How well predicted regions cover the true ones, in figures and as a loss."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

BOUNDARY_SHARE = 0.02
"""Width of the band along an outline, as a share of the picture's diagonal: Cheng et al.'s value."""


def class_ious(confusion_KK: Tensor) -> Tensor:
    """Intersection over union of every class: float64 (K,), nan for a class that is neither true nor predicted.

    Args:
        confusion_KK: pixels counted by true class (row) and predicted class (column).
    """
    counts_KK = confusion_KK.double()
    both_K = counts_KK.diagonal()
    return both_K / (counts_KK.sum(dim=0) + counts_KK.sum(dim=1) - both_K)


def foreground_iou(confusion_KK: Tensor) -> float:
    """Intersection over union of all classes but the first taken as one; nan where there are none."""
    counts_KK = confusion_KK.double()
    return float(counts_KK[1:, 1:].sum() / (counts_KK.sum() - counts_KK[0, 0]))


def picture_ious(truth_NHW: Tensor, guess_NHW: Tensor) -> Tensor:
    """Intersection over union of every picture's two regions: float (N,), 1 where both are empty.

    Args:
        truth_NHW: the true region, bool (N, H, W).
        guess_NHW: the predicted region, bool (N, H, W).
    """
    both_N = (truth_NHW & guess_NHW).flatten(1).sum(dim=1)
    either_N = (truth_NHW | guess_NHW).flatten(1).sum(dim=1)
    return torch.where(either_N > 0, both_N / either_N.clamp(min=1), 1.0)


def course_miou(truth_NHW: Tensor, guess_NHW: Tensor) -> float:
    """What the course calls mIOU: the mean over pictures of clamp(20 (IoU - 0.5), 0, 10), rounded up, over 10.

    A picture whose foreground IoU is 0.5 or less counts nothing, one above 0.95 counts fully. Classes are not
    averaged over, for all that the name says.

    Args:
        truth_NHW: the true foreground, bool (N, H, W).
        guess_NHW: the predicted foreground, bool (N, H, W).
    """
    points_N = (20 * (picture_ious(truth_NHW, guess_NHW).double() - 0.5)).clamp(0, 10).ceil() / 10
    return float(points_N.mean())


def boundary_iou(truth_NHW: Tensor, guess_NHW: Tensor) -> float:
    """Intersection over union of the two regions' inner bands, mean over pictures; nan if all regions are empty.

    Cheng, Girshick, Dollar, Berg and Kirillov (2021), Boundary IoU: Improving Object-Centric Image Segmentation
    Evaluation, arXiv:2103.16562, section 4. The edge of the picture counts as an outline, as in their code.

    Args:
        truth_NHW: the true region, bool (N, H, W).
        guess_NHW: the predicted region, bool (N, H, W).
    """
    some_N = (truth_NHW | guess_NHW).flatten(1).any(dim=1)
    bands = (_inner_band(region[some_N]) for region in (truth_NHW, guess_NHW))
    return float(picture_ious(*bands).mean())


def _inner_band(region_NHW: Tensor) -> Tensor:
    """The pixels of a region that are at most the band's width from what is outside it: bool (N, H, W)."""
    height, width = region_NHW.shape[1:]
    distance = max(1, round(BOUNDARY_SHARE * (height**2 + width**2) ** 0.5))
    outside_N1HW = F.pad((~region_NHW)[:, None].float(), [distance] * 4, value=1.0)
    near_N1HW = F.max_pool2d(outside_N1HW, 2 * distance + 1, stride=1)
    return region_NHW & (near_N1HW[:, 0] > 0)


def soft_iou_loss(logits_NKHW: Tensor, targets_NHW: Tensor) -> Tensor:
    """One minus the soft intersection over union, mean over the classes that a picture has, then over pictures.

    Probabilities take the place of the predicted set: the intersection is the sum of p t, the union that of
    p + t - p t.
    Rahman and Wang (2016), Optimizing Intersection-Over-Union in Deep Neural Networks for Image Segmentation.

    Args:
        logits_NKHW: float (N, K, H, W).
        targets_NHW: the class of every pixel, integers (N, H, W).

    Returns:
        A scalar between 0 and 1.
    """
    p_NKP = logits_NKHW.float().softmax(dim=1).flatten(2)
    t_NKP = F.one_hot(targets_NHW.long().flatten(1), p_NKP.shape[1]).transpose(1, 2).to(p_NKP.dtype)
    both_NK = (p_NKP * t_NKP).sum(dim=2)
    either_NK = (p_NKP + t_NKP).sum(dim=2) - both_NK
    has_NK = t_NKP.sum(dim=2) > 0
    iou_N = (both_NK / either_NK.clamp(min=1e-6) * has_NK).sum(dim=1) / has_NK.sum(dim=1)
    return 1 - iou_N.mean()
