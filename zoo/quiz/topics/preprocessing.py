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
            title="what the network is fed",
            question="A grey pixel has the value 64, of 0 to 255. What does the course's preprocessing make of it?",
            hint="`zoo show baseline` names the preprocessing.",
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
                "A number b is added to all pixels before a 3x3 convolution with zero padding. With the same weights, "
                "which of its output values can a new bias not bring back?"
            ),
            hint="In the middle the shift adds b times the sum of the weights. What does it add at the border?",
            solution="b",
            because="At the border some taps see padding, which is still zero: fewer weights meet b there.",
            options={"a": "all", "b": "those at the border", "c": "none"},
            decide=where_shifted,
            slips={
                "a": "In the middle every window gains the same: b times the sum of its weights. A bias undoes that.",
                "c": "It would be so if the padding were b, too. It is zero.",
            },
        ),
        NumberExercise(
            name="border",
            title="how many values that is",
            question=(
                "A number b is added to all pixels before a 3x3 convolution with zero padding. At how many of 32 x 32 "
                "places can a new bias not bring the old output back?"
            ),
            hint="How many places does the outermost ring of a square of 32 have?",
            solution="124",
            because="4 * 32 - 4: a 3x3 window reaches one pixel far, so it is one ring.",
            measure=shifted_places,
            unit="places",
            slips={
                "128": "The corners are counted twice.",
                "120": "The corners belong to it.",
                "4": "Not only at the corners do windows hang over.",
                "0": "The padding is zero, not b.",
                "1024": "In the middle a bias undoes it.",
            },
        ),
        NumberExercise(
            name="scale",
            title="a positive factor",
            question=(
                "All pixels are doubled, before a baseline that is untrained and in training mode, so that BatchNorm "
                "uses the batch's statistics. Which share of its predictions changes?"
            ),
            hint="What does BatchNorm make of 2x, compared with x? What do pooling and ReLU do with a positive factor?",
            solution="0",
            because=(
                "BatchNorm divides by the standard deviation, which has doubled too; biases before it only shift the "
                "mean. What changes a little is the eps in its denominator."
            ),
            measure=lambda registry: changed(registry, lambda x_NCHW: 2 * x_NCHW),
            unit="%",
            tolerance=0.02,
            slips={
                "1": "Without BatchNorm, nearly. But BatchNorm comes right behind the first convolution.",
                "1/2": "BatchNorm divides by the standard deviation, which has doubled too.",
            },
        ),
        NumberExercise(
            name="negative",
            title="a negative factor",
            question=(
                "A baseline that is untrained and in training mode is shown -x instead of x, for pictures x of noise "
                "in 0 to 1. Which share of its predictions changes? Measure it, or guess to 15 points."
            ),
            hint="BatchNorm keeps the sign. The largest of four values of -x is minus the smallest of x.",
            solution="80%",
            because="The weights stayed as they were; pooling now picks the smallest, and ReLU keeps what it cut off.",
            measure=lambda registry: changed(registry, lambda x_NCHW: -x_NCHW),
            unit="%",
            tolerance=0.15,
            slips={"0": "BatchNorm undoes a positive factor. A sign it keeps: pooling picks the smallest then."},
        ),
    ),
)
