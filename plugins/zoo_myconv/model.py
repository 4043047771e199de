"""The course's PoolUpsampleNet again (see `zoo_baseline.model`), of hand-written convolutions."""

from __future__ import annotations

from torch import nn

from zoo_myconv.config import MyConvConfig
from zoo_myconv.layer import MyConv2D


def build(config: MyConvConfig, in_channels: int, num_classes: int) -> nn.Sequential:
    """From (N, in_channels, H, W) to logits (N, num_classes, H, W); H and W must be multiples of four.

    Each row of the table is a layer: convolution, then pooling or upsampling, batch normalization and ReLU.
    """
    filters = config.num_filters
    table = (
        (in_channels, filters, nn.MaxPool2d(2)),
        (filters, 2 * filters, nn.MaxPool2d(2)),
        (2 * filters, 2 * filters, nn.Identity()),
        (2 * filters, filters, nn.Upsample(scale_factor=2)),
        (filters, num_classes, nn.Upsample(scale_factor=2)),
    )

    def conv(inputs: int, outputs: int) -> MyConv2D:
        k = config.kernel_size
        return MyConv2D(inputs, outputs, k, padding=k // 2, implementation=config.implementation)

    layers = [
        nn.Sequential(conv(inputs, outputs), resample, nn.BatchNorm2d(outputs), nn.ReLU())
        for inputs, outputs, resample in table
    ]
    return nn.Sequential(*layers, conv(num_classes, num_classes))
