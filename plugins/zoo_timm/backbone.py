"""Make a timm backbone by its name, or say why it cannot be."""

from __future__ import annotations

from typing import Any

import timm
import torch
from torch import nn

from zoo.api import UserError, pretrained_config


def make_backbone(name: str, in_channels: int, **options: Any) -> nn.Module:
    """A timm model that gives feature maps, from fine to coarse.

    Args:
        name: a model of timm's, with the tag of its weights or without.
        in_channels: channels of its input.
        **options: for `timm.create_model`.

    Raises:
        UserError: if timm does not know it, or it gives no feature maps.
    """
    pretrained_config(name, kind="backbone")  # which refuses what is no name
    try:
        model: nn.Module = timm.create_model(name, features_only=True, in_chans=in_channels, **options)
    except (RuntimeError, AttributeError, NotImplementedError, TypeError, AssertionError, ValueError) as error:
        if options:  # it is the weights that do not fit, and `zoo_timm.weights` knows what to say of them
            raise
        reason = " ".join(str(error).split()).rstrip(".")[:100]
        raise UserError(
            f"backbone {name!r} gives no feature maps in timm ({reason}); take another, such as one of "
            f"{', '.join(_relatives(name))}."
        ) from None
    return model


def _relatives(name: str) -> list[str]:
    """A few backbones that do give feature maps, of the same family if there are any."""
    usual = ["resnet18", "tf_efficientnet_lite0", "convnext_atto"]
    for relative in timm.list_models(f"{name.split('_')[0]}*")[:8]:
        if relative != name.split(".")[0] and _has_features(relative):
            return [relative, *usual[:2]]
    return usual


def _has_features(name: str) -> bool:
    try:
        with torch.device("meta"):
            timm.create_model(name, features_only=True)
    except Exception:  # whatever it is, the model is not one to propose
        return False
    return True
