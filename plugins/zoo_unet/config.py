"""Settings of the U-Net."""

from __future__ import annotations

from dataclasses import dataclass

from zoo.api import TORCH, Config, Convolution, setting


@dataclass(frozen=True)
class UNetConfig(Config):
    """The two numbers that the course varies, how convolutions are computed, and what the skip connections do."""

    num_filters: int = setting(32, symbol="NF", low=1, high=1024, help="filters of the first convolution")
    kernel_size: int = setting(3, symbol="k", low=1, high=15, odd=True, help="height and width of every kernel")
    conv: Convolution = setting(TORCH, help="torch's convolution, or one that a plugin brings, such as myconv:fast")
    skips: str = setting(
        "concatenated",
        choices=("concatenated", "added", "zeroed"),
        help="how maps from the way down join those on the way up; zeroed: concatenated, but all zeros",
    )
