"""Convolution: sizes, weights, connections, and the memory of im2col."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zoo.api import saved_memory
from zoo.quiz.derived import cost
from zoo.quiz.exercise import Topic
from zoo.quiz.kinds import FormulaExercise, NumberExercise

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from zoo.registry import Registry


def rows_out(registry: Registry) -> float:
    """Rows that come out of a strided convolution."""
    import torch
    from torch import nn

    return float(nn.Conv2d(1, 1, 3, stride=2, padding=1)(torch.zeros(1, 1, 33, 33)).shape[2])


def kept_ratio(registry: Registry) -> float:
    """Bytes that autograd keeps for im2col, over those for nn.Conv2d; weights not counted."""
    import torch
    from torch import nn
    from torch.nn import functional as F

    conv = nn.Conv2d(8, 8, 3, padding=1)
    x_NCHW = torch.rand(2, 8, 16, 16, requires_grad=True)

    def im2col() -> Tensor:
        columns_NRQ = F.unfold(x_NCHW, 3, padding=1)
        return conv.weight.flatten(1) @ columns_NRQ

    def kept(run: Callable[[], Tensor]) -> int:
        saved: list[int] = []
        with saved_memory(saved.append, apart_from=conv.parameters()):
            run()
        return sum(saved)

    return kept(im2col) / kept(lambda: conv(x_NCHW))


TOPIC = Topic(
    "convolution",
    "sizes, weights, connections, memory",
    (
        NumberExercise(
            name="rows",
            title="rows out of a strided convolution",
            question="A 3x3 convolution has stride 2 and padding 1. How many rows come out if 33 go in?",
            hint="The window starts at row -1, and moves by 2 while it fits: floor((H + 2*padding - k) / stride) + 1.",
            solution="17",
            because="floor((33 + 2 - 3) / 2) + 1 = 17.",
            measure=rows_out,
            unit="rows",
            slips={
                "16": "That forgets the first position of the window: it is the number of steps, plus one.",
                "15": "That forgets the padding, one row above and one below, or the first position of the window.",
                "16.5": "A window fits or it does not.",
                "33": "That would be stride 1.",
            },
        ),
        FormulaExercise(
            name="weights",
            title="weights and biases of a convolution",
            question=(
                "A k x k convolution has NIC input channels and NF output channels. How many weights and biases does "
                "it have?"
            ),
            hint="One output channel uses a window of k x k in every input channel, and adds one bias.",
            solution="k^2*NIC*NF + NF",
            because="There are NF kernels of k^2 NIC weights, each with a bias. Height and width do not matter.",
            symbols=("k", "NIC", "NF"),
            derive=cost("baseline", {"the weights": ("layer1.0", "weights"), "the biases": ("layer1.0", "biases")}),
            slips={
                "k^2*NF + NF": "Every output channel has separate weights for every input channel.",
                "k^2*NIC*NF + NIC": "A bias is added to an output channel, so there are as many as output channels.",
                "k^2*NIC*NF*H*W + NF": "The same weights are used at every position: that is what convolution means.",
            },
        ),
        FormulaExercise(
            name="connections",
            title="connections of a convolution",
            question=(
                "A k x k convolution from NIC to NF channels runs over a picture of H x W at stride 1, with zero "
                "padding that keeps the size. How many connections (multiply-adds) does it have? Count those to "
                "padding; leave the biases out."
            ),
            hint="How many output values are there, and how many products are summed for each of them?",
            solution="k^2*NIC*NF*H*W",
            because="There are NF H W output values, each a sum of k^2 NIC products.",
            symbols=("k", "NIC", "NF", "H", "W"),
            derive=cost("baseline", {"products": ("layer1.0", "connections")}),
            slips={
                "k^2*NIC*NF": "Those are the weights. Each of them is used at every position.",
                "NF*H*W": "Those are the output values. Each is a sum of many products.",
            },
        ),
        NumberExercise(
            name="im2col",
            title="memory that im2col takes",
            question=(
                "A 3x3 convolution with stride 1 is written with F.unfold and a matrix product. How many times the "
                "memory of nn.Conv2d does autograd keep for the backward pass? Leave the weights out."
            ),
            hint="nn.Conv2d keeps its input. What does the matrix product keep, and how large is it?",
            solution="9",
            because="The product keeps its columns, which have each value once for each of the 3 x 3 taps.",
            measure=kept_ratio,
            unit="times",
            slips={
                "1": "A view could share the input's memory, but F.unfold copies its columns.",
                "10": "The input itself is not kept: the backward pass of unfolding does not need it.",
                "3": "A window has 3 x 3 taps.",
            },
        ),
    ),
)
