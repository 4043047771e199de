"""Reading a result critically: seeds, shares of an effect, metrics, and confident mistakes."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

from zoo.api.spread import RULE, Spread, decided, differ
from zoo.quiz.exercise import Topic
from zoo.quiz.kinds import ChoiceExercise, NumberExercise

if TYPE_CHECKING:
    from zoo.registry import Registry

ONE, OTHER = (28.5, 27.4, 32.4), (31.9, 33.6, 34.2)
"""Chromatic accuracy in percent, a number a seed; the first are the U-Net's in the tutorial, the others made up."""

STEPS = {"baseline, rate 0.3": 25.8, "baseline, rate 0.001": 40.9, "U-Net, rate 0.001": 49.2}
"""Accuracy in percent on CIFAR-10's horses, from the tutorial."""

GREY, RED = 90, 10
SURE, MODEST = ((0.9,) * 9 + (0.001,), (0.6,) * 8 + (0.4,) * 2)
"""What two predictors gave the true one of two classes, a number a pixel."""


def seeds(registry: Registry) -> tuple[str, str]:
    """The rule of the experiments."""
    one, other = Spread.of(ONE), Spread.of(OTHER)
    words = f"{one.format('{:.1f}')} against {other.format('{:.1f}')}"
    letter = "c" if not decided(one, other) else "a" if differ(one, other) else "b"
    return letter, f"{words}: {'apart' if letter == 'a' else 'they overlap'}."


def share(registry: Registry) -> float:
    """The learning rate's share of the lift."""
    start, middle, end = STEPS.values()
    return (middle - start) / (end - start)


def balanced(registry: Registry) -> float:
    """The balanced accuracy of answering grey always, by the task's own metrics."""
    import torch

    from zoo.tasks.colorization.fitted import FittedColorization

    task = FittedColorization(torch.tensor([[120, 120, 120], [200, 40, 40]], dtype=torch.uint8), Path())
    return task.metrics(torch.tensor([[GREY, 0], [RED, 0]]))["balanced_accuracy"]


def _loss(probabilities: tuple[float, ...]) -> float:
    return -sum(math.log(p) for p in probabilities) / len(probabilities)


def _accuracy(probabilities: tuple[float, ...]) -> float:
    return sum(p > 0.5 for p in probabilities) / len(probabilities)


def confident(registry: Registry) -> tuple[str, str]:
    """Which of two predictors has the better accuracy, and which the better loss."""
    accurate, low = _accuracy(SURE) > _accuracy(MODEST), _loss(SURE) < _loss(MODEST)
    letter = {(True, True): "a", (False, False): "b", (True, False): "c", (False, True): "d"}[accurate, low]
    return letter, (
        f"Accuracy {_accuracy(SURE):.0%} and {_accuracy(MODEST):.0%}, loss {_loss(SURE):.3f} and {_loss(MODEST):.3f}."
    )


def _listed(numbers: tuple[float, ...]) -> str:
    return ", ".join(f"{number:g}" for number in numbers)


TOPIC = Topic(
    "reading",
    "seeds, confounds, metrics",
    (
        ChoiceExercise(
            name="seeds",
            title="does a difference count?",
            question=(
                f"Chromatic accuracy, in percent, of three seeds each: {_listed(ONE)} and {_listed(OTHER)}. Does the "
                "difference count, by the rule of the zoo's experiments?"
            ),
            hint=RULE,
            solution="b",
            because="The best run of the first is better than the worst of the second.",
            options={
                "a": "yes, the second is better",
                "b": "no, the runs overlap",
                "c": "three seeds are too few to say by this rule",
            },
            decide=seeds,
            slips={
                "a": "The means differ, but look at the best run of the first and the worst of the second.",
                "c": "The rule needs at least two seeds per side.",
            },
        ),
        NumberExercise(
            name="share",
            title="shares of an improvement",
            question=(
                "Accuracy in percent: "
                + "; ".join(f"{name}: {accuracy:g}" for name, accuracy in STEPS.items())
                + ". What share of the whole improvement comes from the learning rate alone?"
            ),
            hint="The improvement from the first to the second, divided by that from the first to the last.",
            solution="65%",
            because="(40.9 - 25.8) / (49.2 - 25.8): the first comparison changes one thing, the whole improvement two.",
            measure=share,
            how="Computed",
            unit="%",
            tolerance=0.01,
            slips={
                "0": "From the first to the second, only the learning rate changes.",
                "35%": "That is the skip connections' share.",
                "15.1%": "Those are points of accuracy, not the share of the improvement.",
            },
        ),
        NumberExercise(
            name="balanced",
            title="the accuracy of always answering grey",
            question=(
                f"Of 100 pixels, {GREY} are grey and {RED} red. A predictor answers grey for all of them, so its "
                "accuracy is 90%. What is its balanced accuracy?"
            ),
            hint="The mean of the accuracies of the individual colors.",
            solution="50%",
            because="All of the grey and none of the red are right: (100% + 0%) / 2.",
            measure=balanced,
            how="Computed",
            unit="%",
            slips={
                "90%": "That is the plain accuracy, in which common colors count more.",
                "0": "That is its chromatic accuracy: none of the vivid pixels is right.",
                "10%": "Average over the colors that occur, not over pixels.",
            },
        ),
        ChoiceExercise(
            name="confident",
            title="accuracy against loss",
            question=(
                "There are two classes and ten pixels. Predictor A gave the true class a probability of 0.9 nine times "
                "and of 0.001 once; predictor B gave it 0.6 eight times and 0.4 twice. Which is better?"
            ),
            hint="Accuracy counts probabilities above one half; the loss is the mean of minus the logarithms.",
            solution="c",
            because="One confident mistake costs -ln 0.001 = 6.9 nats, more than nine good answers save.",
            options={
                "a": "A in accuracy and in loss",
                "b": "B in accuracy and in loss",
                "c": "A in accuracy, B in loss",
                "d": "B in accuracy, A in loss",
            },
            decide=confident,
            slips={
                "a": "It is more accurate, but add up the logarithms: what does 0.001 cost?",
                "b": "Its loss is lower, but count the probabilities above one half.",
                "d": "It is the other way around.",
            },
        ),
    ),
)
