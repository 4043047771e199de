"""Convolution: sizes, weights, connections, borders, and the memory of im2col."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zoo.api import saved_memory
from zoo.quiz.derived import cost, formula_of, report_of
from zoo.quiz.diagnosis import put
from zoo.quiz.exercise import Topic
from zoo.quiz.kinds import FormulaExercise, NumberExercise, Truth

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from zoo.registry import Registry

ONE_CHANNEL = {"k": 3, "NIC": 1, "NF": 1}


def rows_out(registry: Registry) -> float:
    """Rows that come out of a strided convolution."""
    import torch
    from torch import nn

    return float(nn.Conv2d(1, 1, 3, stride=2, padding=1)(torch.zeros(1, 1, 33, 33)).shape[2])


def inside(registry: Registry) -> Truth:
    """Connections of the baseline's first layer that touch no padding, for one channel in and out and k = 3."""
    report = report_of(registry, "baseline", padding=False)
    return Truth({"taps": put(formula_of(report, "layer1.0", "connections"), ONE_CHANNEL)}, report.point)


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
    "sizes, weights, connections, borders, memory",
    (
        NumberExercise(
            name="rows",
            title="rows out of a strided convolution",
            question="A 3x3 convolution has stride 2 and padding 1. How many rows come out if 33 go in?",
            hint="The window starts at -1, and moves by 2 as long as it fits: floor((H + 2*padding - k) / stride) + 1.",
            solution="17",
            because="floor((33 + 2 - 3) / 2) + 1 = 17.",
            measure=rows_out,
            unit="rows",
            slips={
                "16": "That forgets the first place of the window: steps and one more.",
                "15": "That forgets the padding, one row above and one below, or the first place of the window.",
                "16.5": "A window fits or it does not.",
                "33": "That would be stride 1.",
            },
        ),
        FormulaExercise(
            name="weights",
            title="weights and biases of a convolution",
            question="A k x k convolution has NIC channels in and NF out. How many weights and biases does it have?",
            hint="One output channel looks at a window of k x k in every input channel, and adds one bias.",
            solution="k^2*NIC*NF + NF",
            because="A window has k^2 NIC weights; there are NF, each with a bias. Height and width do not matter.",
            symbols=("k", "NIC", "NF"),
            derive=cost("baseline", {"the weights": ("layer1.0", "weights"), "the biases": ("layer1.0", "biases")}),
            slips={
                "k^2*NF + NF": "Every output channel has weights of its own for every input channel.",
                "k^2*NIC*NF + NIC": "A bias is added to an output channel, so there are as many as come out.",
                "k^2*NIC*NF*H*W + NF": "The same weights are used at every place: that is what convolution means.",
            },
        ),
        FormulaExercise(
            name="connections",
            title="connections of a convolution",
            question=(
                "A k x k convolution from NIC channels to NF goes over a picture of H x W at stride 1, and keeps the "
                "size by zero padding. How many connections does it make, a connection being one multiply-add? Count "
                "those to padding; leave the biases out."
            ),
            hint="How many values come out, and how many products are added up for one of them?",
            solution="k^2*NIC*NF*H*W",
            because="NF H W values come out, each a sum of k^2 NIC products.",
            symbols=("k", "NIC", "NF", "H", "W"),
            derive=cost("baseline", {"products": ("layer1.0", "connections")}),
            slips={
                "k^2*NIC*NF": "Those are the weights. Each of them is used at every place.",
                "NF*H*W": "Those are the values that come out. Each is a sum of many products.",
            },
        ),
        FormulaExercise(
            name="border",
            title="connections that touch no padding",
            question=(
                "A 3x3 convolution with padding 1 goes over a picture of H x W, one channel in and one out. How many "
                "of its connections do not touch padding?"
            ),
            hint="Rows and columns can be looked at by themselves. Of three taps at H places, how many fall outside?",
            solution="(3*H - 2)*(3*W - 2)",
            because="Along an axis there are 3 H pairs of place and tap, and one at each end falls on padding.",
            symbols=("H", "W"),
            derive=inside,
            given=ONE_CHANNEL,
            slips={
                "9*H*W": "Those are all connections, padding included.",
                "9*(H-2)*(W-2)": "Windows at the border hang over, but most of their taps still are inside.",
                "9*H*W - 2*H - 2*W": "At a place at the border it is not one tap that is outside, but a line of three.",
                "9*H*W - 6*H - 6*W": "The taps at the four corners are subtracted twice.",
            },
        ),
        NumberExercise(
            name="im2col",
            title="memory that im2col takes",
            question=(
                "A 3x3 convolution with stride 1 is written with F.unfold and a matrix product; autograd keeps what "
                "backward needs. How many times the bytes of nn.Conv2d is that? Leave the weights out."
            ),
            hint="nn.Conv2d keeps its input. What does the matrix product keep, and how large is it?",
            solution="9",
            because="The product keeps its columns: every value is written out once for each of the 3 x 3 taps.",
            measure=kept_ratio,
            unit="times",
            slips={
                "1": "A view could share the input's memory, but F.unfold writes its columns out.",
                "10": "The input itself is not needed any more: unfolding is linear, and keeps nothing.",
                "3": "A window has 3 x 3 taps.",
            },
        ),
    ),
)
