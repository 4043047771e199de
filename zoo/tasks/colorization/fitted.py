"""Colorization with its palette: targets, metrics, and pictures of predictions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from zoo.api import FittedTask, Images
from zoo.tasks.colorization import DECISIONS, ColorizationConfig
from zoo.tasks.colorization.color import chunks, ciede2000, colorfulness, mean_grey
from zoo.tasks.colorization.decision import Decider
from zoo.tasks.colorization.lab import tinted
from zoo.tasks.colorization.labels import labels
from zoo.tasks.colorization.photo import colorize

CHROMATIC_FROM = 51
"""A palette color is chromatic if its largest channel exceeds its smallest by this much or more (0.2 of 255)."""


class FittedColorization(FittedTask):
    """Colorization in the colors of one palette.

    Args:
        palette_K3: the colors, uint8 (K, 3).
        cache: the folder in which labels are kept.
        decision: how a pixel's color is chosen by its probabilities, one of `DECISIONS`.
    """

    outputs = ("colorized",)

    def __init__(self, palette_K3: Tensor, cache: Path, decision: str = ColorizationConfig.decision) -> None:
        self.palette_K3, self.decision = palette_K3, decision
        self.decider = Decider(palette_K3)
        self.num_classes = len(palette_K3)
        # Which colors are chromatic, bool (K,); the others are greys.
        self.chromatic_K = palette_K3.amax(dim=1).int() - palette_K3.amin(dim=1).int() >= CHROMATIC_FROM
        self._cache = cache

    def visible(self, images: Images) -> Tensor:
        """Grey: the mean of R, G and B, rounded; uint8 (N, 1, H, W)."""
        return mean_grey(images.rgb)

    def targets(self, images: Images) -> Tensor:
        """The index of the nearest palette color of every pixel; uint8 (N, H, W)."""
        return labels(images.rgb, self.palette_K3, self._cache)

    def metrics(self, confusion_KK: Tensor) -> dict[str, float]:
        """Accuracy: of all pixels, of those whose true color is chromatic, and averaged over the colors that occur."""
        right_K = confusion_KK.diagonal().double()
        pixels_K = confusion_KK.sum(dim=1).double()
        chromatic_K = self.chromatic_K.to(right_K.device)
        occurs_K = pixels_K > 0
        return {
            "accuracy": _ratio(right_K.sum(), pixels_K.sum()),
            "chromatic_accuracy": _ratio(right_K[chromatic_K].sum(), pixels_K[chromatic_K].sum()),
            "balanced_accuracy": (right_K[occurs_K] / pixels_K[occurs_K]).mean().item(),
        }

    def variants(self, logits_NKHW: Tensor) -> dict[str, Tensor]:
        """The a and b of Lab by decision, (N, 2, H, W); half precision, a tenth of what can be seen, saves memory."""
        return {decision: self.decider.ab(logits_NKHW, decision).half() for decision in DECISIONS}

    def picture_metrics(self, images: Images, classes_NHW: Tensor, variants: Mapping[str, Tensor]) -> dict[str, float]:
        """CIEDE2000 in palette colors; then as colored by every decision and as grey, and how vivid that is."""
        grey_N1HW = self.visible(images)
        pictures = {name: self.colored(grey_N1HW, ab_N2HW) for name, ab_N2HW in variants.items()}
        pictures["grey"] = grey_N1HW.expand(-1, 3, -1, -1)
        of_photos = colorfulness(images.rgb)
        figures = {"ciede2000": ciede2000(images.rgb, self.decode(classes_NHW))}
        for name, picture_N3HW in pictures.items():
            figures[f"as_colored_{name}"] = ciede2000(images.rgb, picture_N3HW)
            figures[f"vividness_{name}"] = colorfulness(picture_N3HW) / of_photos if of_photos else float("nan")
        return figures | {name: figures[f"{name}_{self.decision}"] for name in ("as_colored", "vividness")}

    def colored(self, grey_N1HW: Tensor, ab_N2HW: Tensor) -> Tensor:
        """Pictures with the lightness of one batch and the colors of another: uint8 (N, 3, H, W)."""
        return torch.cat([tinted(grey_N1HW[chunk], ab_N2HW[chunk]) for chunk in chunks(grey_N1HW)])

    def decode(self, classes_NHW: Tensor) -> Tensor:
        """From classes (N, H, W) to pictures in palette colors, uint8 (N, 3, H, W)."""
        return self.palette_K3[classes_NHW.long()].permute(0, 3, 1, 2)

    def samples(self, images: Images, targets_NHW: Tensor, classes_NHW: Tensor) -> dict[str, Tensor]:
        """The input, the truth, the truth as far as the palette can show it, and the prediction."""
        return {
            "grey input": self.visible(images).expand(-1, 3, -1, -1),
            "truth": images.rgb,
            "truth in\npalette colors": self.decode(targets_NHW),
            "prediction": self.decode(classes_NHW),
        }

    def apply(self, picture_3HW: Tensor, size: int, predict: Callable[[Tensor], Tensor]) -> dict[str, Tensor]:
        """Color a photo of any size; see `zoo.tasks.colorization.photo`."""
        decide = partial(self.decider.ab, decision=self.decision)
        return {"colorized": colorize(picture_3HW, size, predict, decide)}

    def state(self) -> dict[str, Any]:
        """The palette, as ``#rrggbb``, and the decision."""
        palette = ["#" + bytes(color).hex() for color in self.palette_K3.tolist()]
        return {"palette": palette, "decision": self.decision}


def _ratio(part: Tensor, whole: Tensor) -> float:
    """A share, or nan where there is nothing to have a share of."""
    return float(part / whole) if whole else float("nan")
