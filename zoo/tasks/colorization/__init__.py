"""Colorization as classification: choose one color of a palette for every pixel of a grey picture.

The task of the assignment in CSC413 (University of Toronto), after Zhang, Isola and Efros (2016), Colorful Image
Colorization, arXiv:1603.08511, section 2. This module is the light half; `zoo.tasks.colorization.fitted` does the work.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo.api import Config, FittedTask, Images, Metric, Task, setting

if TYPE_CHECKING:
    from zoo.tasks.colorization.fitted import FittedColorization


DECISIONS = ("mode", "mean", "annealed-mean", "least-difference")
"""What a pixel is colored with: the most probable color; the mean color; the mean under sharpened probabilities; the
color with the least expected CIEDE2000. `zoo.tasks.colorization.decision` has the reasons and the arithmetic."""


@dataclass(frozen=True)
class ColorizationConfig(Config):
    """Where the classes come from, and how a color is chosen by their probabilities."""

    palette: str = setting(
        "kmeans", help="kmeans (24 colors of the training pixels), kmeans:K, course, or a file of RGB values"
    )
    decision: str = setting(
        "annealed-mean", choices=DECISIONS, help="how `zoo predict` gets a pixel's color from the probabilities"
    )


AS_COLORED = Metric(
    "as_colored",
    "as colored",
    "mean CIEDE2000 between the photo and what `zoo predict` makes of its grey, with its lightness kept",
    higher_is_better=False,
)
VIVIDNESS = Metric(
    "vividness",
    "vividness",
    "its colorfulness as a share of the photo's (Hasler and Suesstrunk 2003): 0% is grey, which often is not far off",
    percent=True,
)


class Colorization(Task[ColorizationConfig]):
    """Grey in, a palette color for every pixel out."""

    name = "colorization"
    summary = "choose one of 24 colors for every pixel of a grey picture"
    channels = 1
    config = ColorizationConfig
    reference = "lookup"
    metrics = (
        Metric("accuracy", "accuracy", "share of pixels whose palette color is right", percent=True),
        Metric(
            "chromatic_accuracy",
            "chromatic",
            "the same among pixels whose true color is chromatic (largest minus smallest of R, G, B at least 51)",
            percent=True,
        ),
        Metric("balanced_accuracy", "balanced", "mean of the palette colors' own accuracies", percent=True),
        Metric(
            "ciede2000",
            "CIEDE2000",
            "mean color difference between the most probable palette colors and the photo; about 1 is just visible",
            higher_is_better=False,
        ),
        AS_COLORED,
        VIVIDNESS,
    )
    variants = (*DECISIONS, "grey")
    variant_metrics = (AS_COLORED, VIVIDNESS)

    def fit(self, config: ColorizationConfig, train: Images, seed: int, cache: Path) -> FittedTask:
        """Find the palette."""
        from zoo.tasks.colorization.fitted import FittedColorization
        from zoo.tasks.colorization.palette import resolve_palette

        return FittedColorization(resolve_palette(config.palette, train.rgb, seed), cache, config.decision)

    def restore(self, state: Mapping[str, Any], cache: Path) -> FittedColorization:
        """Take palette and decision from a run's record."""
        import torch

        from zoo.tasks.colorization.fitted import FittedColorization

        colors = [list(bytes.fromhex(color.removeprefix("#"))) for color in state["palette"]]
        decision = state.get("decision", ColorizationConfig.decision)  # runs from before it was a choice lack it
        return FittedColorization(torch.tensor(colors, dtype=torch.uint8), cache, decision)
