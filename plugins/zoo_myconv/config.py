"""Settings of the network of hand-written convolutions, and the names of the implementations."""

from __future__ import annotations

from dataclasses import dataclass

from zoo.api import Config, setting

IMPLEMENTATIONS = {
    "loops": "the definition, one output after another",
    "shifted": "one multiply-add of the whole picture for every tap of the kernel",
    "im2col": "windows written out as columns, then one matrix product",
    "strided": "windows as a strided view, then einsum",
    "fft": "a product in frequency space",
    "winograd": "F(2x2, 3x3): fewer multiplications, more additions",
    "kn2row": "one matrix product a tap, on slices that are no copies",
    "winograd1d": "F(4, 3) down the columns, kn2row along the rows",
    "fast": "the best of these for each layer, in blocks that fit the cache",
}
"""What `zoo_myconv.rungs` implements, in the order in which it is taught."""


@dataclass(frozen=True)
class MyConvConfig(Config):
    """The two numbers that the course varies, and how convolutions are computed."""

    num_filters: int = setting(32, symbol="NF", low=1, high=1024, help="filters of the first convolution")
    kernel_size: int = setting(3, symbol="k", low=1, high=15, odd=True, help="height and width of every kernel")
    implementation: str = setting(
        "fast", choices=tuple(IMPLEMENTATIONS), help="how convolutions are computed, such as im2col"
    )
