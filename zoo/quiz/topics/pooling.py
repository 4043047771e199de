"""Pooling and upsampling: sizes, what is seen, and what is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zoo.quiz.derived import cost, seen_columns
from zoo.quiz.exercise import Topic
from zoo.quiz.kinds import FormulaExercise, NumberExercise

if TYPE_CHECKING:
    from zoo.registry import Registry


def survivors(registry: Registry) -> float:
    """The share of values that are the same after max-pooling and nearest upsampling."""
    import torch
    from torch.nn import functional as F

    x_NCHW = torch.randperm(64 * 64, generator=torch.Generator().manual_seed(0)).float().view(1, 1, 64, 64)
    again_NCHW = F.interpolate(F.max_pool2d(x_NCHW, 2), scale_factor=2.0, mode="nearest")
    return float((again_NCHW == x_NCHW).double().mean())


def field(registry: Registry) -> float:
    """Columns seen through convolution, pooling, convolution."""
    from torch import nn

    return seen_columns(nn.Sequential(nn.Conv2d(1, 1, 3, padding=1), nn.MaxPool2d(2), nn.Conv2d(1, 1, 3, padding=1)))


def transposed(registry: Registry) -> float:
    """Rows that come out of a transposed convolution."""
    import torch
    from torch import nn

    return float(nn.ConvTranspose2d(1, 1, 3, stride=2, padding=1)(torch.zeros(1, 1, 16, 16)).shape[2])


TOPIC = Topic(
    "pooling",
    "sizes, receptive fields, what is lost",
    (
        FormulaExercise(
            name="outputs",
            title="values out of the first pooling",
            question=(
                "The baseline's first layer has NF filters, and then pools 2x2. How many values come out of the "
                "pooling for a picture of H x W? (H and W are multiples of four.)"
            ),
            hint="Pooling halves the height and the width, and leaves the channels alone.",
            solution="NF*H*W/4",
            because="NF maps of H/2 x W/2.",
            symbols=("NF", "H", "W"),
            derive=cost("baseline", {"maps": ("layer1.1", "outputs")}),
            slips={
                "NF*H*W/2": "Both height and width are halved.",
                "NF*H*W": "That is what goes in.",
                "0": "It has no weights, but it puts out whole maps, and they take memory.",
            },
        ),
        NumberExercise(
            name="lost",
            title="what pooling loses",
            question=(
                "A picture whose values all differ is max-pooled 2x2, and blown up again by nearest-neighbor "
                "upsampling. Which share of its values is as it was?"
            ),
            hint="Look at one 2x2 window: what does it hold afterwards?",
            solution="25%",
            because="Of the four values of a window one survives, and stands in all four places, its own among them.",
            measure=survivors,
            unit="%",
            slips={
                "0": "The largest of each window is written to all four places; one of these is its own.",
                "1": "Upsampling gives the size back, not the values.",
                "1/2": "A window has four places.",
                "1/16": "Of the four values of a window, how many survive?",
            },
        ),
        NumberExercise(
            name="field",
            title="how far an output sees",
            question=(
                "A 3x3 convolution, a 2x2 pooling, another 3x3 convolution. How many columns of the picture does one "
                "value at the end depend on?"
            ),
            hint="Go backward: 3 pooled columns come from how many before the pooling, and these from how many?",
            solution="8",
            because="3 pooled columns are 6 before pooling, and the first convolution adds one on each side.",
            measure=field,
            unit="columns",
            slips={
                "5": "That is without the pooling: it doubles what the second convolution sees.",
                "6": "The first convolution adds one column on each side.",
                "7": "That counts the pooling's stride, but not that its window is two wide.",
                "12": "The first convolution does not double anything: its neighbors overlap.",
                "9": "Three by three is a window's area; count columns only.",
            },
        ),
        NumberExercise(
            name="transposed",
            title="rows out of a transposed convolution",
            question=(
                "A 3x3 transposed convolution has stride 2 and padding 1, and no output padding. How many rows come "
                "out if 16 go in?"
            ),
            hint="It undoes a convolution's shape. What sizes does that convolution turn into 16?",
            solution="31",
            because="(16 - 1) * 2 - 2 + 3 = 31. A convolution makes 16 rows of 31 and of 32: output_padding=1 says 32.",
            measure=transposed,
            unit="rows",
            slips={
                "32": "That takes output_padding=1, for both 31 and 32 rows would have become 16.",
                "33": "That forgets the padding, which takes a row off at each side.",
                "8": "A transposed convolution with stride 2 makes maps larger.",
            },
        ),
    ),
)
