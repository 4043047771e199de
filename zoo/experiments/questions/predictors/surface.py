"""Statistics of pictures in palette colors, from classes and pixels alone; imports torch only when called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zoo.api.experiment import Measured

if TYPE_CHECKING:
    from torch import Tensor

    from zoo.api import Images
    from zoo.tasks.colorization.fitted import FittedColorization

CELL = 4
"""Side, in pixels, of the cells that a map of a quarter of the height and width has one value for."""


def surface(task: FittedColorization, classes_NHW: Tensor) -> Measured:
    """How colorful, fine and blocky pictures in palette colors are.

    Returns:
        ``chroma``: mean Lab chroma. ``detail``: variance of the lightness inside cells of `CELL` by `CELL` pixels,
        which a picture with one color a cell has none of. ``steps``: how often a pixel and the next, to the right or
        below, differ in color, by the pixel's place in its cell, 0 to 3, the last at the border: equal where no grid
        shows.
    """
    import torch
    from skimage.color import rgb2lab

    lab_K3 = torch.from_numpy(rgb2lab(task.palette_K3.numpy()))
    light_NHW = lab_K3[:, 0][classes_NHW.long()]
    chroma_NHW = lab_K3[:, 1:].norm(dim=1)[classes_NHW.long()]
    return {
        "chroma": float(chroma_NHW.mean()),
        "detail": _detail(light_NHW),
        "steps": _steps(classes_NHW),
    }


def _detail(light_NHW: Tensor) -> float:
    count, height, width = (*light_NHW.shape[:1], *(side // CELL for side in light_NHW.shape[1:]))
    whole = light_NHW[:, : height * CELL, : width * CELL].reshape(count, height, CELL, width, CELL)
    return float((whole - whole.mean(dim=(2, 4), keepdim=True)).square().mean())


def _steps(classes_NHW: Tensor) -> list[float]:
    import torch

    by_place: list[list[Tensor]] = [[] for _ in range(CELL)]
    for picture_NHW in (classes_NHW, classes_NHW.transpose(1, 2)):
        differs_NHW = picture_NHW[:, 1:] != picture_NHW[:, :-1]
        for place in range(CELL):
            by_place[place].append(differs_NHW[:, place::CELL].flatten())
    return [share_of(torch.cat(differing)) for differing in by_place]


def photo_chroma(images: Images) -> float:
    """The mean Lab chroma of photos."""
    from skimage.color import rgb2lab

    lab = rgb2lab(images.rgb.permute(0, 2, 3, 1).numpy())
    return float(((lab[..., 1] ** 2 + lab[..., 2] ** 2) ** 0.5).mean())


def dependence(counts_LK: Tensor) -> Measured:
    """How much a pixel's grey level says about its class.

    Args:
        counts_LK: pixels by level and class, int64 (L, K).

    Returns:
        ``entropy`` of the class and ``conditional_entropy`` given the level, in nats, which is the smallest
        cross-entropy that any function of the level can have on these pixels; ``best_accuracy``, the largest accuracy.
    """
    import torch

    pixels = counts_LK.sum().double()
    joint_LK = counts_LK.double() / pixels
    entropies = [
        -float(torch.xlogy(share, share).sum()) for share in (joint_LK, joint_LK.sum(dim=1), joint_LK.sum(dim=0))
    ]
    both, level, color = entropies
    best = float(counts_LK.amax(dim=1).sum() / pixels)
    return {"entropy": color, "conditional_entropy": both - level, "best_accuracy": best}


def share_of(is_so: Tensor) -> float:
    """The share of the elements that are true."""
    return float(is_so.double().mean())
