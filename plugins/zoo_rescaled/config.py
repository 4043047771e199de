"""Settings of the rescaled networks."""

from __future__ import annotations

from dataclasses import dataclass

from zoo.api import Config, setting


@dataclass(frozen=True)
class RescaledConfig(Config):
    """Which network, what its input becomes, and the two things on which it depends what difference that makes."""

    of: str = setting("baseline", choices=("baseline", "unet"), help="the network that is fed scale * x + shift")
    scale: float = setting(1.0, low=-1000.0, high=1000.0, help="what pixel values, from 0 to 1, are multiplied by")
    shift: float = setting(0.0, low=-1000.0, high=1000.0, help="what is then added")
    padding: str = setting(
        "zeros",
        choices=("zeros", "shifted"),
        help="around the picture: zeros, or shifted: what zeros become, which is the shift",
    )
    norm: str = setting("batch", choices=("batch", "none"), help="batch normalization, or none")
