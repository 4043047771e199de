"""Preprocessing: what a network can make up for, what it cannot, and what BatchNorm has to do with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from zoo.quiz.derived import fresh
from zoo.quiz.exercise import Topic
from zoo.quiz.kinds import ChoiceExercise, NumberExercise

if TYPE_CHECKING:
    from torch import Tensor

    from zoo.registry import Registry

SHIFT = 0.3
SEEDS = (0, 1, 2)


def divided(registry: Registry) -> float:
    """What the baseline's preprocessing makes of grey 64."""
    import torch

    architecture = registry.architecture("baseline").value
    preprocess = architecture.preprocess(architecture.config(), registry.task("colorization").value)
    return float(preprocess.encode(torch.full((1, 1, 8, 8), 64, dtype=torch.uint8))[0, 0, 0, 0])


def _shifted() -> Tensor:
    """Where conv(x + b) - conv(x) is not what it is in the middle: bool (32, 32)."""
    import torch
    from torch import nn

    torch.manual_seed(0)
    conv = nn.Conv2d(1, 4, 3, padding=1).double()
    x_NCHW = torch.rand(1, 1, 32, 32, dtype=torch.float64)
    with torch.inference_mode():
        change_NCHW = conv(x_NCHW + SHIFT) - conv(x_NCHW)
    off_HW = ((change_NCHW - change_NCHW[..., 16:17, 16:17]).abs() > 1e-9).any(dim=1)[0]
    assert isinstance(off_HW, torch.Tensor)
    return off_HW


def shifted_places(registry: Registry) -> float:
    """At how many places no new bias can undo a shift of the input."""
    return float(_shifted().sum())


def where_shifted(registry: Registry) -> tuple[str, str]:
    """Whether these places are all, at the border, or none."""
    off_HW = _shifted()
    inside = int(off_HW[1:-1, 1:-1].sum())
    border = int(off_HW.sum()) - inside
    letter = "a" if inside else "b" if border else "c"
    return (
        letter,
        f"Of 900 values inside, {inside} changed by another amount than in the middle; of 124 at the border, {border}.",
    )


def changed(registry: Registry, transform: Callable[[Tensor], Tensor]) -> float:
    """The share of a fresh baseline's predictions that change with its input; the mean over three seeds.

    The network is in training mode: BatchNorm uses the statistics of the batch.
    """
    import torch

    shares = []
    for seed in SEEDS:
        network = fresh(registry, "baseline", seed).train()
        x_NCHW = torch.rand(16, 1, 32, 32, generator=torch.Generator().manual_seed(seed))
        with torch.no_grad():
            before_NHW, after_NHW = (network(x).argmax(dim=1) for x in (x_NCHW, transform(x_NCHW)))
        shares.append(float((before_NHW != after_NHW).double().mean()))
    return sum(shares) / len(shares)


TOPIC = Topic(
    "preprocessing",
    "scaling, shifting, and what BatchNorm undoes",
    (
        NumberExercise(
            name="divide",
            title="what the network gets",
            question=(
                "A grey pixel has the value 64, on a scale of 0 to 255. What does the course's preprocessing turn it "
                "into?"
            ),
            hint="zoo show baseline names the preprocessing.",
            solution="0.25",
            because="The course divides by 256, so that 255 becomes a little less than 1.",
            measure=divided,
            tolerance=0.0005,
            slips={"64/255": "That would be a division by 255; the course divides by 256."},
        ),
        ChoiceExercise(
            name="shift",
            title="what a new bias can undo",
            question=(
                "A number b is added to all pixels before a 3x3 convolution with zero padding. The weights stay the "
                "same. Which of the old output values can a new bias not restore?"
            ),
            hint="In the middle the shift adds b times the sum of the weights. What does it add at the border?",
            solution="b",
            because=(
                "At the border some taps fall on padding, which is still zero: fewer weights are multiplied by b there."
            ),
            options={"a": "all", "b": "those at the border", "c": "none"},
            decide=where_shifted,
            slips={
                "a": "In the middle every window gains the same: b times the sum of its weights. A bias undoes that.",
                "c": "That would be right if the padding were b, too. It is zero.",
            },
        ),
        NumberExercise(
            name="border",
            title="the size of the border",
            question=(
                "A number b is added to all pixels before a 3x3 convolution with zero padding. At how many of 32 x 32 "
                "positions can a new bias not restore the old output?"
            ),
            hint="How many pixels does the outermost ring of a 32 x 32 square have?",
            solution="124",
            because="4 * 32 - 4: a 3x3 window reaches one pixel beyond its center, so it is one ring.",
            measure=shifted_places,
            unit="positions",
            slips={
                "128": "The corners are counted twice.",
                "120": "The corners belong to the ring, too.",
                "4": "Windows reach outside along the whole border, not only at the corners.",
                "0": "The padding is zero, not b.",
                "1024": "In the middle a bias undoes it.",
            },
        ),
        NumberExercise(
            name="scale",
            title="a positive factor",
            question=(
                "All pixels are doubled. The baseline is untrained and in training mode, so BatchNorm uses the batch's "
                "statistics. What share of its predictions changes?"
            ),
            hint=(
                "What does BatchNorm turn 2x into, compared with x? What do pooling and ReLU do with a positive factor?"
            ),
            solution="0",
            because=(
                "BatchNorm divides by the standard deviation, which has doubled too; biases before it only shift the "
                "mean. Only the eps in its denominator makes a small difference."
            ),
            measure=lambda registry: changed(registry, lambda x_NCHW: 2 * x_NCHW),
            unit="%",
            tolerance=0.02,
            slips={
                "1": "BatchNorm follows the first convolution; what does it do to a positive factor?",
                "1/2": "BatchNorm divides by the standard deviation, which has doubled too.",
            },
        ),
        NumberExercise(
            name="negative",
            title="a negative factor",
            question=(
                "An untrained baseline in training mode gets -x instead of x, for pictures x of noise from 0 to 1. "
                "What share of its predictions changes? Measure it, or guess within 15 points."
            ),
            hint="BatchNorm keeps the sign. Which values does ReLU keep, of x and of -x?",
            solution="80%",
            because=(
                "ReLU keeps the values that it cut off before. Pooling picks other pixels too, but even without it "
                "most change."
            ),
            measure=lambda registry: changed(registry, lambda x_NCHW: -x_NCHW),
            unit="%",
            tolerance=0.15,
            slips={
                "0": "BatchNorm undoes a positive factor, but keeps the sign, and ReLU treats the two signs "
                "differently."
            },
        ),
    ),
)
