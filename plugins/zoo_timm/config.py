"""Settings of the fine-tuner."""

from __future__ import annotations

from dataclasses import dataclass

from zoo.api import Config, setting

DEFAULT_BACKBONE = "tf_efficientnet_lite0"


@dataclass(frozen=True)
class FinetuneConfig(Config):
    """Which backbone, with which weights, under which head."""

    backbone: str = setting(DEFAULT_BACKBONE, help="a timm model that has features_only")
    weights: str = setting(
        "pretrained", help="pretrained (a package for the default backbone, timm's hub for others), random, or a FILE"
    )
    head_kind: str = setting(
        "topdown", choices=("linear", "topdown"), help="a 1x1 convolution on all maps, or a small decoder"
    )
    head_width: int = setting(48, symbol="NH", low=1, high=1024, help="channels of the topdown head")
    finest: int = setting(
        4, low=1, high=32, help="the head leaves out maps whose pixels are fewer than this many of the picture's wide"
    )
