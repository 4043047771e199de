"""Plugins: files that the contract's checks are run on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo.quiz.exercise import Topic
from zoo.quiz.kinds import FileExercise

if TYPE_CHECKING:
    from torch import nn

    from zoo.api import Architecture
    from zoo.registry import Entry, Registry

SOLUTIONS = Path(__file__).resolve().parents[1] / "solutions"
COLUMNS, MOST_WEIGHTS = 11, 10_000


def nothing_more(entry: Entry[Architecture[Any]], registry: Registry) -> Iterator[str]:
    """The contract is all that is asked."""
    yield from ()


def wide_and_light(entry: Entry[Architecture[Any]], registry: Registry) -> Iterator[str]:
    """See far, with few weights."""
    from zoo.quiz.derived import seen_columns

    model, channels = _model(entry, registry)
    weights = sum(weight.numel() for weight in model.parameters())
    if weights > MOST_WEIGHTS:
        yield f"{entry.name} has {weights:,} weights; at most {MOST_WEIGHTS:,} are allowed."
    seen = seen_columns(model, channels=channels)
    if seen < COLUMNS:
        yield f"an output value of {entry.name} depends on {seen} columns of the picture; {COLUMNS} are asked."


def proved(entry: Entry[Architecture[Any]], registry: Registry) -> Iterator[str]:
    """Formulas for every layer that has a cost, proved."""
    from zoo.complexity import report

    task = registry.task(entry.value.tasks[0]).value
    channels = entry.value.preprocess(entry.value.config(), task).channels
    told = report(entry.value, in_channels=channels)
    yield from (f"{failure}" for failure in told.failures)
    for row in told.rows:
        missing = [name for name, cell in row.cells.items() if cell.value and not cell.registered]
        if missing:
            yield f"{row.layer} has no formula for its {' and '.join(missing)}: register it in complexity()."


def _model(entry: Entry[Architecture[Any]], registry: Registry) -> tuple[nn.Module, int]:
    from zoo.library import CLASSES

    config, task = entry.value.config(), registry.task(entry.value.tasks[0]).value
    channels = entry.value.preprocess(config, task).channels
    return entry.value.build(config, channels, CLASSES), channels


TOPIC = Topic(
    "plugins",
    "files of your own, checked by the contract",
    (
        FileExercise(
            name="first",
            title="an architecture in one file",
            question="Write an architecture in one file that keeps the contract. Answer with the file's name.",
            hint="Begin with the file of the tutorial, and make one change: a layer more, another activation.",
            solution=str(SOLUTIONS / "first.py"),
            because="It passes the checks of zoo.testing.contract, which every built-in architecture passes.",
            demand=nothing_more,
        ),
        FileExercise(
            name="wide",
            title="see far with few weights",
            question=(
                f"Write an architecture of which an output value depends on at least {COLUMNS} columns of the picture, "
                f"with at most {MOST_WEIGHTS:,} weights (for 24 classes). Answer with the file's name."
            ),
            hint="Deeper, with fewer filters; or dilation, which spreads a kernel's taps.",
            solution=str(SOLUTIONS / "wide.py"),
            because="A 3x3 kernel with dilation d reaches d further on each side, for the same nine weights.",
            demand=wide_and_light,
        ),
        FileExercise(
            name="proved",
            title="formulas that are proved",
            question=(
                "Write an architecture that registers formulas for every layer, for all that the layer has of weights, "
                "biases, outputs and connections, and have them proved. Answer with the file's name."
            ),
            hint="Return a LayerCost for each layer from complexity(); `zoo complexity` shows the layers' names.",
            solution=str(SOLUTIONS / "proved.py"),
            because="What the zoo derives from the module, and counts at random sizes, agrees with what is registered.",
            demand=proved,
        ),
    ),
)
