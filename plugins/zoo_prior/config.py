"""Settings of the prior."""

from __future__ import annotations

from dataclasses import dataclass

from zoo.api import Config, setting


@dataclass(frozen=True)
class PriorConfig(Config):
    """How finely positions are told apart, and what keeps unseen classes possible."""

    grid: int = setting(64, low=1, high=1024, help="rows and columns of the grid of positions")
    smoothing: float = setting(0.1, low=1e-6, high=1000, help="added to every count, in pictures (Lidstone)")
