"""A model between its architecture's preprocessing: what is trained, judged and used on photos."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from zoo.api import Architecture, Config, Preprocess, Task


class Network(nn.Module):
    """From what the network may see to a score for every class of every pixel.

    Args:
        preprocess: the architecture's way in and out.
        model: the architecture's module, from encoded pictures (N, NIC, H', W') to logits (N, K, H', W').
        channels_last: whether activations are laid out as NHWC in memory, which many processors convolve faster.
    """

    def __init__(self, preprocess: Preprocess, model: nn.Module, *, channels_last: bool = False) -> None:
        super().__init__()
        self.layout = torch.channels_last if channels_last else torch.contiguous_format
        self.preprocess = preprocess
        self.model = model.to(memory_format=self.layout)
        self._frozen: tuple[nn.Module, ...] = ()

    def freeze(self) -> None:
        """Keep every module in evaluation mode that has weights, none of which is trained."""
        weights = {module: list(module.parameters()) for module in self.model.modules()}
        self._frozen = tuple(
            module for module, held in weights.items() if held and not any(weight.requires_grad for weight in held)
        )

    def train(self, mode: bool = True) -> Network:
        """Training mode for all but what is frozen."""
        super().train(mode)
        for module in self._frozen:
            module.eval()
        return self

    def forward(self, picture_NCHW: Tensor) -> Tensor:
        """From uint8 (N, C, H, W) to logits (N, K, H, W)."""
        height, width = picture_NCHW.shape[-2:]
        x_NCHW = self.preprocess.encode(picture_NCHW).contiguous(memory_format=self.layout)
        return self.preprocess.decode(self.model(x_NCHW), height, width)


def build_network(
    architecture: Architecture[Any], config: Config, task: Task[Any], num_classes: int, *, channels_last: bool = False
) -> Network:
    """Build an architecture for a task; the initial weights follow torch's random state."""
    preprocess = architecture.preprocess(config, task)
    model = architecture.build(config, preprocess.channels, num_classes)
    return Network(preprocess, model, channels_last=channels_last)
