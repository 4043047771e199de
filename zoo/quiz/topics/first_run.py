"""First run: what comes out of a network, what is right, and how it is scored."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from zoo.quiz.derived import cost
from zoo.quiz.exercise import Topic
from zoo.quiz.kinds import ChoiceExercise, FormulaExercise, NumberExercise

if TYPE_CHECKING:
    from zoo.registry import Registry

RIGHT, PIXELS = 64, 256
PIXEL = (200, 60, 40)
COLORS = {"a": (119, 78, 53), "b": (164, 105, 64), "c": (85, 88, 88), "d": (182, 148, 112)}


def accuracy(registry: Registry) -> float:
    """The accuracy of an answer with some pixels right, by the task's own metrics."""
    import torch

    from zoo.tasks.colorization.fitted import FittedColorization

    task = FittedColorization(torch.tensor([[120, 120, 120], [200, 40, 40]], dtype=torch.uint8), Path())
    return task.metrics(torch.tensor([[RIGHT, PIXELS - RIGHT], [0, 0]]))["accuracy"]


def nearest(registry: Registry) -> tuple[str, str]:
    """The color that the task's table of labels gives to the pixel."""
    import torch

    from zoo.tasks.colorization.labels import class_table, label

    palette_K3 = torch.tensor(list(COLORS.values()), dtype=torch.uint8)
    pixel_N3HW = torch.tensor(PIXEL, dtype=torch.uint8).view(1, 3, 1, 1)
    nearest_color = list(COLORS)[int(label(pixel_N3HW, class_table(palette_K3)))]
    squares = {letter: sum((a - b) ** 2 for a, b in zip(PIXEL, color, strict=True)) for letter, color in COLORS.items()}
    return nearest_color, "Squared distances: " + ", ".join(
        f"{letter} {square:,}" for letter, square in squares.items()
    ) + "."


TOPIC = Topic(
    "first-run",
    "scores, true colors, accuracy",
    (
        FormulaExercise(
            name="outputs",
            title="scores for one picture",
            question="How many scores does the baseline return for one picture of H x W pixels, with NC classes?",
            hint="Every pixel is classified. How many scores are there for one pixel?",
            solution="NC*H*W",
            because="There is one score per class and pixel.",
            symbols=("NC", "H", "W"),
            derive=cost("baseline", {"scores": ("layer6", "outputs")}),
            slips={
                "H*W": "That would be one score per pixel; there is one for every class.",
                "3*H*W": "The network does not return red, green and blue; it scores palette colors.",
            },
        ),
        ChoiceExercise(
            name="target",
            title="the class of a pixel",
            question=f"A pixel is {PIXEL} in red, green and blue. Which of these palette colors is its true class?",
            hint="It is the palette color with the smallest squared distance in red, green and blue.",
            solution="b",
            because="The nearest color in RGB is the true class, even if another looks more alike.",
            options={letter: str(color) for letter, color in COLORS.items()},
            decide=nearest,
            slips={
                "a": "It is near, but add up the squared differences of red, green and blue.",
                "c": "Its grey level is near, but it is grey: its red is far away.",
                "d": "Its red is nearest, but green and blue count as much.",
            },
        ),
        NumberExercise(
            name="accuracy",
            title="the accuracy of an answer",
            question=(
                f"In a picture of 16 x 16 pixels, the network chose the right color for {RIGHT} pixels. What is its "
                "accuracy on this picture?"
            ),
            hint="Accuracy is the share of pixels that got the right color.",
            solution="25%",
            because="64 / 256 = 0.25.",
            measure=accuracy,
            how="Computed",
            unit="%",
            slips={
                "75%": "That is the share of pixels with a wrong color.",
                "4": "How many of the 16 x 16 pixels are right? Divide the smaller number by the larger.",
            },
        ),
    ),
)
