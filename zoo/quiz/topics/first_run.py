"""First run: what goes into a network, what comes out, and what its loss means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zoo.quiz.derived import cost
from zoo.quiz.exercise import Topic
from zoo.quiz.kinds import ChoiceExercise, FormulaExercise, NumberExercise

if TYPE_CHECKING:
    from zoo.registry import Registry

PICTURES, BATCH = 1030, 100
PIXEL = (200, 60, 40)
COLORS = {"a": (119, 78, 53), "b": (164, 105, 64), "c": (85, 88, 88), "d": (182, 148, 112)}


def guessing(registry: Registry) -> float:
    """The loss of logits that are all zero, over 24 classes."""
    import torch
    from torch.nn import functional as F

    target_NHW = torch.randint(0, 24, (4, 8, 8), generator=torch.Generator().manual_seed(0))
    return float(F.cross_entropy(torch.zeros(4, 24, 8, 8), target_NHW))


def updates(registry: Registry) -> float:
    """Batches that the training loop cuts an epoch into."""
    import torch

    from zoo.training.batches import Batches

    batches = Batches(torch.zeros(PICTURES, 1, 1, 1), torch.zeros(PICTURES, 1, 1), torch.device("cpu"))
    return sum(1 for _ in batches.shuffled(BATCH, seed=0))


def nearest(registry: Registry) -> tuple[str, str]:
    """The color that the task's table of labels gives to the pixel."""
    import torch

    from zoo.tasks.colorization.labels import class_table, label

    palette_K3 = torch.tensor(list(COLORS.values()), dtype=torch.uint8)
    pixel_N3HW = torch.tensor(PIXEL, dtype=torch.uint8).view(1, 3, 1, 1)
    found = list(COLORS)[int(label(pixel_N3HW, class_table(palette_K3)))]
    squares = {letter: sum((a - b) ** 2 for a, b in zip(PIXEL, color, strict=True)) for letter, color in COLORS.items()}
    return found, "Squared distances: " + ", ".join(f"{letter} {square:,}" for letter, square in squares.items()) + "."


TOPIC = Topic(
    "first-run",
    "what goes in, what comes out, what a loss means",
    (
        FormulaExercise(
            name="outputs",
            title="numbers that come out for one picture",
            question="How many numbers does the baseline put out for one picture of H x W pixels and NC classes?",
            hint="Every pixel is classified. What does a classifier give for one thing that it classifies?",
            solution="NC*H*W",
            because="There is a score for every class of every pixel: logits (N, NC, H, W).",
            symbols=("NC", "H", "W"),
            derive=cost("baseline", {"scores": ("layer6", "outputs")}),
            slips={
                "H*W": "That would be one answer a pixel; the network gives a score for every class.",
                "3*H*W": "The network does not put out red, green and blue; it scores palette colors.",
            },
        ),
        ChoiceExercise(
            name="target",
            title="the class of a pixel",
            question=f"A pixel is {PIXEL} in red, green and blue. Which of these palette colors is its target?",
            hint="The target is the palette color at the smallest Euclidean distance in RGB.",
            solution="b",
            because="The nearest color in RGB is the target, even if it does not look alike.",
            options={letter: str(color) for letter, color in COLORS.items()},
            decide=nearest,
            slips={
                "a": "It is near, but add up the squared differences of all three channels.",
                "c": "Its grey level is near, but it is grey: its red is far away.",
                "d": "Its red is nearest, but the other channels count as much.",
            },
        ),
        NumberExercise(
            name="guess",
            title="the loss of a network that knows nothing",
            question=(
                "A network gives each of 24 colors the same probability, whatever it sees. What is its loss, the mean "
                "cross-entropy in nats?"
            ),
            hint="Cross-entropy is minus the natural logarithm of the probability that the true class was given.",
            solution="3.178",
            because="-ln(1/24) = ln 24. A loss above it means that the network is sure of what is wrong.",
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
            name="updates",
            title="updates in an epoch",
            question=(
                f"There are {PICTURES:,} training pictures, and the batch size is {BATCH}. How often does the zoo "
                "update the weights in one epoch?"
            ),
            hint="What happens to the last 30 pictures? See `Batches.steps` in zoo/training/batches.py.",
            solution="10",
            because=(
                "Whole batches only: in a batch of 30 each picture would count for more. Another 30 are left out in "
                "the next epoch, for the order is drawn anew."
            ),
            measure=updates,
            unit="updates",
            slips={
                "11": "The last batch would have 30 pictures; the zoo leaves it out.",
                "10.3": "An update happens or it does not.",
                "1030": "The weights are updated once a batch, not once a picture.",
            },
        ),
    ),
)
