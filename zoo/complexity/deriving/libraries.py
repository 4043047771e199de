"""Models of other libraries, without their weights."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable

import torch
from torch import nn

from zoo.api import pretrained_config
from zoo.complexity.counting.meta import meta_copy
from zoo.complexity.deriving.axes import Point
from zoo.complexity.deriving.subject import Subject, sizes
from zoo.errors import unknown


def of_library(target: str, height: int | None, width: int | None) -> Subject:
    """A model of another library, such as ``timm:resnet18`` or ``torchvision:resnet18``, without its weights.

    Raises:
        UserError: if the library is missing or does not know the model.
    """
    library, _, name = target.partition(":")
    if library not in _LIBRARIES:
        raise unknown("library", library, _LIBRARIES, then="Write timm:NAME or torchvision:NAME.")
    make, (channels, default_height, default_width) = _LIBRARIES[library](name)

    def build(point: Point) -> nn.Module:
        try:
            return make()
        except (RuntimeError, NotImplementedError):  # its constructor computes with real numbers
            with torch.device("cpu"):
                return meta_copy(make())

    picture = sizes(default_height if height is None else height, default_width if width is None else width)
    subject = Subject(target, picture, build, (), channels)
    subject.real_module = lambda point: make()  # type: ignore[method-assign]
    return subject


def _timm(name: str) -> tuple[Callable[[], nn.Module], tuple[int, int, int]]:
    shape = pretrained_config(name).input_size
    import timm

    return lambda: timm.create_model(name, pretrained=False), tuple(shape)


def _torchvision(name: str) -> tuple[Callable[[], nn.Module], tuple[int, int, int]]:
    from torchvision import models

    if name not in models.list_models():
        raise unknown("torchvision model", name, models.list_models())
    wanted = inspect.signature(models.get_model_builder(name)).parameters
    options = {"weights_backbone": None} if "weights_backbone" in wanted else {}
    size = 299 if name == "inception_v3" else 224

    def make() -> nn.Module:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # on how weights will be drawn some day
            model: nn.Module = models.get_model(name, weights=None, **options)
        return model

    return make, (3, size, size)


_LIBRARIES: dict[str, Callable[[str], tuple[Callable[[], nn.Module], tuple[int, int, int]]]] = {
    "timm": _timm,
    "torchvision": _torchvision,
}
