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
            title="outputs of the first pooling",
            question=(
                "The baseline's first layer has NF filters, followed by 2x2 pooling. How many values does the pooling "
                "put out for a picture of H x W? (H and W are multiples of four.)"
            ),
            hint="Pooling halves the height and the width, and leaves the channels alone.",
            solution="NF*H*W/4",
            because="NF maps of H/2 x W/2.",
            symbols=("NF", "H", "W"),
            derive=cost("baseline", {"maps": ("layer1.1", "outputs")}),
            slips={
                "NF*H*W/2": "Both height and width are halved.",
                "NF*H*W": "That is the number of input values.",
                "0": "It has no weights, but it puts out whole maps, and they take memory.",
            },
        ),
        NumberExercise(
            name="lost",
            title="what pooling loses",
            question=(
                "A picture whose values all differ is max-pooled 2x2, and enlarged again by nearest-neighbor "
                "upsampling. What share of its values is unchanged?"
            ),
            hint="Look at one 2x2 window: what does it hold afterwards?",
            solution="25%",
            because=(
                "Of the four values of a window one survives. It fills all four positions, one of which was its own."
            ),
            measure=survivors,
            unit="%",
            slips={
                "0": "The largest of each window is written to all four positions, and one of them was its own.",
                "1": "Upsampling restores the size, not the values.",
                "1/2": "A window has four positions.",
                "1/16": "Of the four values of a window, how many survive?",
            },
        ),
        NumberExercise(
            name="field",
            title="a receptive field",
            question=(
                "A 3x3 convolution, 2x2 pooling, another 3x3 convolution. On how many columns of the picture can one "
                "output value depend?"
            ),
            hint="Go backward: 3 pooled columns come from how many before the pooling, and these from how many?",
            solution="8",
            because="3 pooled columns are 6 before pooling, and the first convolution adds one on each side.",
            measure=field,
            unit="columns",
            slips={
                "5": "That is without pooling, which doubles the columns that the second convolution covers.",
                "6": "The first convolution adds one column on each side.",
                "7": "That counts the pooling's stride, but forgets that its window is two wide.",
                "12": "The first convolution does not double anything: neighboring windows overlap.",
                "9": "Three by three is a window's area; count columns only.",
            },
        ),
        NumberExercise(
            name="transposed",
            title="rows of a transposed convolution",
            question=(
                "A 3x3 transposed convolution has stride 2 and padding 1, and no output padding. How many rows does "
                "it put out for an input of 16 rows?"
            ),
            hint="It reverses the change of size of a convolution. Which sizes does that convolution turn into 16?",
            solution="31",
            because=(
                "(16 - 1) * 2 - 2 + 3 = 31. The convolution turns both 31 and 32 rows into 16; output_padding=1 "
                "selects 32."
            ),
            measure=transposed,
            unit="rows",
            slips={
                "32": "That takes output_padding=1, because both 31 and 32 rows would have become 16.",
                "33": "That forgets the padding, which removes one row at each side.",
                "8": "A transposed convolution with stride 2 makes maps larger.",
            },
        ),
    ),
)
