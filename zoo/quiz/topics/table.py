"""From a table to a network: what the table holds, where the network begins, and which color to show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zoo.quiz.derived import cost
from zoo.quiz.exercise import Topic
from zoo.quiz.kinds import ChoiceExercise, FormulaExercise, NumberExercise

if TYPE_CHECKING:
    from torch import Tensor

    from zoo.registry import Registry

ODDS = (0.6, 0.4)
"""Probabilities of two palette colors, the others being impossible."""


def entries(registry: Registry) -> float:
    """Numbers in the table of a network for 24 colors."""
    from zoo.library import build

    return float(build("chroma", in_channels=3, registry=registry).get_buffer("table.log_probability").numel())


def first_step(registry: Registry) -> tuple[str, str]:
    """How far an untrained network's logits are from those of its table."""
    import torch

    from zoo.library import build

    network = build("chroma", in_channels=3, registry=registry).eval()
    x_NCHW = torch.randint(0, 256, (1, 3, 16, 16), generator=torch.Generator().manual_seed(0)).float() / 255
    with torch.no_grad():
        apart = float((network(x_NCHW) - network.get_submodule("table")((x_NCHW[:, :1] * 255).round())).abs().max())
    return "a" if apart == 0 else "b", f"The largest difference of a logit is {apart:g}."


def sharpened(registry: Registry) -> float:
    """The first color's share in the annealed mean."""
    import torch

    from zoo.tasks.colorization.decision import TEMPERATURE

    return float((torch.tensor(ODDS, dtype=torch.float64).log() / TEMPERATURE).softmax(dim=0)[0])


def red_or_green(registry: Registry) -> tuple[str, str]:
    """Which decision is nearest to a red and a green that are equally probable, in squared a and b."""
    import torch

    from zoo.tasks.colorization import DECISIONS
    from zoo.tasks.colorization.decision import Decider

    decider = Decider(torch.tensor([[200, 60, 50], [60, 140, 60]], dtype=torch.uint8))
    logits_NKHW = torch.zeros(1, 2, 1, 1)
    truths = [decider.ab(100 * one.view(1, 2, 1, 1), "mode") for one in torch.eye(2)]

    def squared(ab: Tensor) -> float:
        return sum(float((ab - truth).square().sum()) for truth in truths) / 2

    costs = {name: squared(decider.ab(logits_NKHW, name)) for name in DECISIONS}
    letter = "b" if costs["mean"] < costs["mode"] else "a"
    return letter, f"Expected squared distance: mode {costs['mode']:.0f}, mean {costs['mean']:.0f}."


TOPIC = Topic(
    "table",
    "a network that starts from a table",
    (
        NumberExercise(
            name="entries",
            title="how large the table is",
            question="`chroma` chooses among 24 colors. How many numbers does its table hold?",
            hint="A row for every grey level, a column for every color.",
            solution="6144",
            because="256 grey levels x 24 colors; they are counted, not trained.",
            measure=entries,
            slips={
                "256": "That is the number of rows.",
                "0": "It has no weights, but it holds counted numbers.",
            },
        ),
        ChoiceExercise(
            name="first-step",
            title="where training begins",
            question=(
                "The last layer of the U-Net in `chroma` starts at zero. What does the network predict before its "
                "first step?"
            ),
            hint="Its logits are the table's plus the U-Net's.",
            solution="a",
            because="The table's logits plus zero. The last layer can learn all the same, as what it sees is not zero.",
            options={
                "a": "exactly what the table predicts",
                "b": "the table with some noise",
                "c": "every color with the same probability",
            },
            decide=first_step,
            slips={
                "b": "That is so for usual initial weights, but zero times anything is zero.",
                "c": "That is so without the table.",
            },
        ),
        FormulaExercise(
            name="head",
            title="the layer that starts at zero",
            question="That layer is a 1x1 convolution from NF channels to NC colors. How many weights and biases?",
            hint="A 1x1 convolution is the same matrix at every pixel.",
            solution="NF*NC + NC",
            because="NF weights and a bias for every color.",
            symbols=("NF", "NC"),
            derive=cost("chroma", {"weights": ("head", "weights"), "biases": ("head", "biases")}),
            slips={
                "NF*NC": "There is a bias for every color, too.",
                "9*NF*NC + NC": "The kernel is 1x1.",
            },
        ),
        ChoiceExercise(
            name="decision",
            title="red or green",
            question=(
                "A pixel is red or green, each with a probability of one half. Which decision has the smaller expected "
                "squared distance in a and b?"
            ),
            hint="Compare being right half of the time with being half wrong all of the time.",
            solution="b",
            because="The mean minimizes the expected squared distance, though here it is a brown that nobody expects.",
            options={"a": "the mode: one of the two", "b": "the mean: a color between them"},
            decide=red_or_green,
            slips={"a": "It is right half of the time, and the other half twice as far off as the mean always is."},
        ),
        NumberExercise(
            name="annealed",
            title="sharpened probabilities",
            question=(
                f"Two colors have probabilities of {ODDS[0]:g} and {ODDS[1]:g}. What is the first one's share in the "
                "annealed mean, whose temperature is 0.38?"
            ),
            hint="Divide the logarithms by the temperature, then apply softmax.",
            solution="74.4%",
            because="0.6^(1/0.38) / (0.6^(1/0.38) + 0.4^(1/0.38)).",
            measure=sharpened,
            how="Computed",
            unit="%",
            tolerance=0.005,
            slips={"60%": "That is its share in the mean.", "100%": "That is its share in the mode."},
        ),
    ),
)
