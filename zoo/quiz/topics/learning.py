"""How a network learns: the loss of a guess, a step downhill, updates per epoch, overfitting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zoo.quiz.exercise import Topic
from zoo.quiz.kinds import ChoiceExercise, NumberExercise

if TYPE_CHECKING:
    from zoo.registry import Registry

PICTURES, BATCH = 1030, 100
RATE, START = 0.1, 3.0
LOSSES = {"a": (0.9, 0.8), "b": (0.1, 0.9), "c": (0.5, 0.5), "d": (3.2, 3.2)}
"""Loss on the training and on the validation pictures, made up."""


def guessing(registry: Registry) -> float:
    """The loss of logits that are all zero, over 24 classes."""
    import torch
    from torch.nn import functional as F

    target_NHW = torch.randint(0, 24, (4, 8, 8), generator=torch.Generator().manual_seed(0))
    return float(F.cross_entropy(torch.zeros(4, 24, 8, 8), target_NHW))


def stepped(registry: Registry) -> float:
    """A weight after one step of gradient descent on its square."""
    import torch

    weight = torch.tensor(START, requires_grad=True)
    [gradient] = torch.autograd.grad(weight.square(), weight)
    return float(weight.detach() - RATE * gradient)


def updates(registry: Registry) -> float:
    """Batches that the training loop cuts an epoch into."""
    import torch

    from zoo.training.batches import Batches

    batches = Batches(torch.zeros(PICTURES, 1, 1, 1), torch.zeros(PICTURES, 1, 1), torch.device("cpu"))
    return sum(1 for _ in batches.shuffled(BATCH, seed=0))


def overfitted(registry: Registry) -> tuple[str, str]:
    """The network with the widest gap between its losses."""
    gaps = {letter: validation - training for letter, (training, validation) in LOSSES.items()}
    widest = max(gaps, key=lambda letter: gaps[letter])
    return widest, "Validation less training loss: " + ", ".join(f"{k} {gap:.1f}" for k, gap in gaps.items()) + "."


TOPIC = Topic(
    "learning",
    "losses, steps, epochs, overfitting",
    (
        NumberExercise(
            name="guess",
            title="the loss of a network that knows nothing",
            question=(
                "A network gives each of 24 colors the same probability, whatever the input. What is its loss, the "
                "mean cross-entropy in nats?"
            ),
            hint="Cross-entropy is minus the natural logarithm of the probability that the true class was given.",
            solution="3.178",
            because="-ln(1/24) = ln 24. A loss above it means that the network is sure of wrong answers.",
            measure=guessing,
            unit="nats",
            tolerance=0.005,
            slips={
                "4.585": "That is in bits: the logarithm should be natural.",
                "1.380": "That is the logarithm to base 10; it should be natural.",
                "1/24": "That is the probability; the loss is minus its logarithm.",
                "-3.178": "The sign: the logarithm of a probability is negative, and the loss is minus that.",
            },
        ),
        NumberExercise(
            name="step",
            title="one step of gradient descent",
            question=(
                f"The loss is the square of a single weight w, which is {START:g} now. The learning rate is {RATE:g}. "
                "What is w after one step of gradient descent?"
            ),
            hint="The gradient of w^2 is 2 w. Multiply it by the learning rate, and subtract that.",
            solution="2.4",
            because="3 - 0.1 * (2 * 3) = 2.4.",
            measure=stepped,
            tolerance=0.0005,
            slips={
                "2.7": "The gradient of w^2 is 2 w, not w.",
                "3.6": "That step goes uphill: the gradient is subtracted.",
                "2.1": "That subtracts a tenth of the loss; a tenth of its gradient is meant.",
                "-3": "That is a learning rate of 1.",
            },
        ),
        NumberExercise(
            name="updates",
            title="updates per epoch",
            question=(
                f"There are {PICTURES:,} training pictures, and the batch size is {BATCH}. How often does the zoo "
                "update the weights in one epoch?"
            ),
            hint="What happens to the last 30 pictures?",
            solution="10",
            because=(
                "The zoo uses complete batches only: in a batch of 30, each picture would have more influence. The "
                "next epoch shuffles again, and leaves out other pictures."
            ),
            measure=updates,
            unit="updates",
            slips={
                "11": "The last batch would have 30 pictures; the zoo leaves it out.",
                "10.3": "There is no such thing as 0.3 of an update.",
                "1030": "The weights are updated once per batch, not once per picture.",
            },
        ),
        ChoiceExercise(
            name="overfitting",
            title="which network overfits",
            question=(
                "Four networks, with their loss on the training pictures and on the validation pictures. Which of them "
                "shows the clearest sign of overfitting?"
            ),
            hint="Overfitting means that a network does much better on the pictures that it was trained on.",
            solution="b",
            because="It has nearly learned the training pictures by heart, and does not do nearly as well on others.",
            options={
                letter: f"training {training:g}, validation {validation:g}"
                for letter, (training, validation) in LOSSES.items()
            },
            decide=overfitted,
            slips={
                "a": "It is not good at either, but it is not better on training pictures.",
                "c": "It does equally well on both.",
                "d": "3.2 nats is no better than guessing among 24 colors: it has learned nothing yet.",
            },
        ),
    ),
)
