"""A model between its architecture's preprocessing: what is trained, judged and used on photos."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from zoo.api import Architecture, Config, Preprocess, Task, TwoStep
from zoo.errors import FailedError, printable
from zoo.freezing import train_only


@dataclass(frozen=True)
class Features:
    """What the first step of a `TwoStep` gave.

    Attributes:
        maps: the maps, (N, C, h, w) each.
        encoded: height and width of the encoded pictures (H', W').
        picture: height and width of the pictures (H, W).
    """

    maps: tuple[Tensor, ...]
    encoded: tuple[int, int]
    picture: tuple[int, int]

    def of(self, index: Tensor | slice) -> Features:
        """Those of some of the pictures."""
        return Features(tuple(m[index] for m in self.maps), self.encoded, self.picture)


class Network(nn.Module):
    """From what the network may see to a score for every class of every pixel.

    Args:
        preprocess: the architecture's way in and out.
        model: the architecture's module, from encoded pictures (N, NIC, H', W') to logits (N, K, H', W').
        num_classes: K, the number of classes.
        channels_last: whether activations are laid out as NHWC in memory, which many processors convolve faster.
    """

    def __init__(
        self, preprocess: Preprocess, model: nn.Module, num_classes: int, *, channels_last: bool = False
    ) -> None:
        super().__init__()
        self.num_classes = num_classes
        self.layout = torch.channels_last if channels_last else torch.contiguous_format
        self.preprocess = preprocess
        self.model = model.to(memory_format=self.layout)
        self._frozen: tuple[nn.Module, ...] = ()

    def freeze(self, trained: frozenset[str]) -> None:
        """Train the named parameters of the model only; modules with weights, none of which is trained, stay as is."""
        self._frozen = train_only(self.model, trained)

    def train(self, mode: bool = True) -> Network:
        """Training mode for all but what is frozen."""
        super().train(mode)
        for module in self._frozen:
            module.eval()
        return self

    def forward(self, visible: Tensor | Features) -> Tensor:
        """From pictures, uint8 (N, C, H, W), or what `features` made of them, to logits (N, K, H, W).

        Raises:
            FailedError: if the logits are of another shape.
        """
        if isinstance(visible, Features):
            assert isinstance(self.model, TwoStep)
            count, (height, width) = len(visible.maps[0]), visible.picture
            logits_NKHW = self.model.classify(visible.maps, visible.encoded)
        else:
            count, height, width = len(visible), visible.shape[-2], visible.shape[-1]
            logits_NKHW = self.model(self._encoded(visible))
        decoded_NKHW = self.preprocess.decode(logits_NKHW, height, width)
        expected = (count, self.num_classes, height, width)
        if decoded_NKHW.shape != expected:
            raise FailedError(
                f"the logits have the shape {tuple(decoded_NKHW.shape)}, not {expected} (pictures, classes, height, "
                f"width); the model gave {tuple(logits_NKHW.shape)}. Convolutions without padding shrink pictures, and "
                "decode() has to return to their size."
            )
        return decoded_NKHW

    def features(self, picture_NCHW: Tensor) -> Features:
        """The first step of a model of two, from pictures, uint8 (N, C, H, W)."""
        assert isinstance(self.model, TwoStep)
        x_NCHW = self._encoded(picture_NCHW)
        encoded, picture = ((shape[-2], shape[-1]) for shape in (x_NCHW.shape, picture_NCHW.shape))
        return Features(self.model.features(x_NCHW), encoded, picture)

    def _encoded(self, picture_NCHW: Tensor) -> Tensor:
        return self.preprocess.encode(picture_NCHW).contiguous(memory_format=self.layout)


def preprocess_of(architecture: Architecture[Any], config: Config, task: Task[Any]) -> Preprocess:
    """The preprocessing of an architecture.

    Raises:
        FailedError: if the architecture gives something else.
    """
    preprocess: object = architecture.preprocess(config, task)
    if not isinstance(preprocess, Preprocess):
        raise FailedError(f"{architecture.name}: preprocess() gave {_label(preprocess)}, not a zoo.api.Preprocess.")
    channels: object = preprocess.channels
    if type(channels) is not int or channels < 1:
        raise FailedError(f"{architecture.name}: the channels of its preprocessing are not a whole number above 0.")
    return preprocess


def model_of(architecture: Architecture[Any], config: Config, in_channels: int, num_classes: int) -> nn.Module:
    """The model of an architecture.

    Raises:
        FailedError: if the architecture gives something else.
    """
    model: object = architecture.build(config, in_channels, num_classes)
    if not isinstance(model, nn.Module):
        raise FailedError(f"{architecture.name}: build() gave {_label(model)}, not a torch.nn.Module.")
    return model


def _label(value: object) -> str:
    return "None" if value is None else printable(type(value).__name__)


def build_network(
    architecture: Architecture[Any], config: Config, task: Task[Any], num_classes: int, *, channels_last: bool = False
) -> Network:
    """Build an architecture for a task; the initial weights follow torch's random state.

    Raises:
        FailedError: as `preprocess_of` and `model_of` do.
    """
    preprocess = preprocess_of(architecture, config, task)
    model = model_of(architecture, config, preprocess.channels, num_classes)
    return Network(preprocess, model, num_classes, channels_last=channels_last)
