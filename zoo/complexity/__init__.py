"""Complexity that proves itself: formulas, numbers, and why to believe them.

`report` counts any architecture or module by running it without data, derives its formulas, and compares them with the
formulas that were registered by hand. Importing this package imports no torch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import nn

    from zoo.api import Architecture, Config
    from zoo.complexity.deriving.conventions import Conventions
    from zoo.complexity.views.printable import PrintableReport

__all__ = ["report"]


def report(
    target: Architecture[Any] | nn.Module | str,
    config: Config | None = None,
    *,
    in_channels: int = 1,
    num_classes: int = 24,
    height: int | None = None,
    width: int | None = None,
    conventions: Conventions | None = None,
    formulas: bool = True,
    seed: int = 0,
    example_inputs: Sequence[Any] = (),
) -> PrintableReport:
    """Count a network and derive its formulas.

    Args:
        target: an architecture of the zoo, any module that takes a batch (N, C, H, W), or a name such as
            ``"timm:resnet18"`` or ``"torchvision:resnet18"``.
        config: settings of an architecture; its defaults if None.
        in_channels: channels of the picture (NIC); not for library models, which have their own.
        num_classes: classes (NC), for an architecture.
        height: of the picture, in pixels; 32 unless a library model has its own.
        width: the same.
        conventions: what to count in; biases, normalization, pooling, activations and padding by default.
        formulas: whether to derive formulas, or only count at this configuration.
        seed: of the random test points.
        example_inputs: what a module takes where that is no picture, such as a pair, a text, a video (N, C, T, H, W) or
            a signal (N, C, T): its positional arguments, one sample each. The network is counted for these only.

    Raises:
        UserError: if the network cannot run at this configuration, or uses an operation that has no counting rule.
    """
    from zoo.api import Architecture
    from zoo.complexity.deriving.conventions import Conventions
    from zoo.complexity.deriving.libraries import of_library
    from zoo.complexity.deriving.result import make_report
    from zoo.complexity.deriving.subject import of_architecture, of_examples, of_module
    from zoo.complexity.views.printable import PrintableReport

    picture = (32 if height is None else height, 32 if width is None else width)
    if isinstance(target, str):
        subject = of_library(target, height, width)
    elif isinstance(target, Architecture):
        settings = target.config() if config is None else config
        subject = of_architecture(target, settings, in_channels, num_classes, *picture)
    elif example_inputs:
        subject, formulas = of_examples(target, tuple(example_inputs)), False
    else:
        subject = of_module(target, in_channels, *picture)
    return PrintableReport(**vars(make_report(subject, conventions or Conventions(), formulas, seed)))
