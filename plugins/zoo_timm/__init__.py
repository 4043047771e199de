"""Fine-tuning: any timm backbone that gives feature maps, with pretrained weights, and a light head of our own."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from zoo.api import Architecture, Preprocess, Task, UserError, Value, hookimpl
from zoo_timm.config import FinetuneConfig

if TYPE_CHECKING:
    from torch import nn

_HEAD_ON_FROZEN_BACKBONE: Mapping[str, Value] = MappingProxyType(
    {"epochs": 8, "batch_size": 8, "lr": 4e-3, "train": "head", "backbone_lr_share": 0.1}
)
_EVERYTHING: Mapping[str, Value] = MappingProxyType(
    {"epochs": 24, "batch_size": 8, "lr": 3e-3, "backbone_lr_share": 0.2, "precision": "fp32"}
)
"""In fp32: on processors, the backward of depthwise 5x5 convolutions takes over twice as long in bf16."""


class Finetune(Architecture[FinetuneConfig]):
    """A pretrained backbone with a new head."""

    name = "finetune"
    summary = "any timm backbone, pretrained, with a light head; frozen by default"
    tasks = ("segmentation", "colorization")
    citation = (
        "Wightman (2019), PyTorch Image Models, github.com/huggingface/pytorch-image-models; linear head: Hariharan et "
        "al. (2015), Hypercolumns, arXiv:1411.5752; topdown head: Lin et al. (2017), Feature Pyramid Networks, "
        "arXiv:1612.03144"
    )
    config = FinetuneConfig
    recipes = MappingProxyType({"default": _HEAD_ON_FROZEN_BACKBONE, "full": _EVERYTHING})
    head = "head"
    shipped = "shipped"

    def preprocess(self, config: FinetuneConfig, task: Task[Any]) -> Preprocess:
        """Mean and standard deviation of the backbone's own pretrained configuration."""
        from zoo_timm.preprocess import PretrainedPreprocess

        return PretrainedPreprocess(config.backbone)

    def build(self, config: FinetuneConfig, in_channels: int, num_classes: int) -> nn.Module:
        """The network of `zoo_timm.model`, with random weights; `initialize` gives it pretrained ones."""
        from zoo_timm.model import FineTuned

        return FineTuned(config, in_channels, num_classes)

    def initialize(self, config: FinetuneConfig, model: nn.Module) -> str:
        """Put the pretrained weights in, as the setting `weights` says."""
        from zoo_timm.model import FineTuned
        from zoo_timm.weights import load_pretrained

        assert isinstance(model, FineTuned)
        if model.in_channels != 3 and config.weights != "random":
            raise UserError(
                f"pretrained backbones read 3 channels, not {model.in_channels}: build with 3, or weights=random."
            )
        return load_pretrained(config, model.backbone)


@hookimpl
def zoo_architectures() -> list[Architecture[Any]]:
    """One architecture."""
    return [Finetune()]
