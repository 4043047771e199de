"""Settings of the lookup table."""

from __future__ import annotations

from dataclasses import dataclass

from zoo.api import Config, setting


@dataclass(frozen=True)
class LookupConfig(Config):
    """One number keeps unseen pairs from having an infinite loss."""

    smoothing: float = setting(
        0.1, low=1e-6, high=1000, help="added to every count, so that no color is impossible (Lidstone)"
    )
