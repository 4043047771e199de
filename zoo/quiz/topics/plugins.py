"""Plugins: files that the contract's checks are run on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo.errors import UserError
from zoo.quiz.exercise import Topic
from zoo.quiz.kinds import FileExercise

if TYPE_CHECKING:
    from zoo.api import Architecture, Config, Entry
    from zoo.registry import Registry

SOLUTIONS = Path(__file__).resolve().parents[1] / "solutions"
COLUMNS, MOST_WEIGHTS = 11, 10_000


def two_settings(entry: Entry[Architecture[Any]], registry: Registry) -> Iterator[str]:
    """Two settings that change the number of weights."""
    from zoo.config import fields_of

    usual, differing = entry.value.config(), []
    for name, kind, declared in fields_of(entry.value.config):
        if kind is not int:
            continue
        value = getattr(usual, name)
        others = declared.choices or [value + step for step in (1, -1, 2, -2)]
        changed = [replaced for other in others if (replaced := _replaced(usual, name, other))]
        if any(_weights(entry, config, registry) != _weights(entry, usual, registry) for config in changed):
            differing.append(name)
    if len(differing) < 2:
        only = f"only {differing[0]} changes" if differing else "no setting that is a whole number changes"
        yield f"In {entry.name} {only} the number of weights; two settings that do are needed."


def wide_and_light(entry: Entry[Architecture[Any]], registry: Registry) -> Iterator[str]:
    """See far, with few weights."""
    from zoo.library import CLASSES
    from zoo.quiz.derived import seen_columns

    config = entry.value.config()
    weights, channels = _weights(entry, config, registry), _channels(entry, config, registry)
    if weights > MOST_WEIGHTS:
        yield f"{entry.name} has {weights:,} weights; at most {MOST_WEIGHTS:,} are allowed."
    width = seen_columns(entry.value.build(config, channels, CLASSES), channels=channels)
    if width < COLUMNS:
        yield (
            f"An output value of {entry.name} depends on {width} columns of the picture; at least {COLUMNS} are needed."
        )


def proved(entry: Entry[Architecture[Any]], registry: Registry) -> Iterator[str]:
    """Formulas for every layer that has a cost, none of them wrong."""
    from zoo.complexity import report

    counted = report(entry.value, in_channels=_channels(entry, entry.value.config(), registry))
    yield from (f"{failure}" for failure in counted.failures)
    for row in counted.rows:
        missing = [name for name, cell in row.cells.items() if cell.value and not cell.registered]
        if missing:
            yield f"{row.layer} has no formula for its {', '.join(missing)}; register a LayerCost in complexity()."


def _channels(entry: Entry[Architecture[Any]], config: Config, registry: Registry) -> int:
    return entry.value.preprocess(config, registry.task(entry.value.tasks[0]).value).channels


def _weights(entry: Entry[Architecture[Any]], config: Config, registry: Registry) -> int:
    from zoo.library import CLASSES, build_on_meta

    model = build_on_meta(entry.value, config, _channels(entry, config, registry), CLASSES)
    return sum(weight.numel() for weight in model.parameters())


def _replaced(config: Config, name: str, value: Any) -> Config | None:
    """The settings with another value of one, or None if it is out of bounds."""
    from zoo.config import replace

    try:
        return replace(config, {name: value})
    except UserError:
        return None


TOPIC = Topic(
    "plugins",
    "files of your own, checked by the contract",
    (
        FileExercise(
            name="first",
            title="a setting of your own",
            question=(
                "Start an architecture with zoo new mine, and give it a second setting that changes its number of "
                "weights, such as a depth or a kernel size. It must still pass zoo check."
            ),
            hint="A setting is a field of the config, made by zoo.api.setting with bounds and help; build() reads it.",
            solution=str(SOLUTIONS / "first.py"),
            because="Every value within the bounds must build; --set depth=4 works without further code.",
            demand=two_settings,
        ),
        FileExercise(
            name="wide",
            title="a wide receptive field with few weights",
            question=(
                f"Write an architecture whose output values depend on at least {COLUMNS} columns of the picture, "
                f"with at most {MOST_WEIGHTS:,} weights (for 24 classes)."
            ),
            hint="Use more layers with fewer filters, or dilation, which spreads the taps of a kernel.",
            solution=str(SOLUTIONS / "wide.py"),
            because="A 3x3 kernel with dilation d reaches d pixels to each side with the same nine weights.",
            demand=wide_and_light,
        ),
        FileExercise(
            name="proved",
            title="formulas that are right",
            question=(
                "Write an architecture that registers formulas for the weights, biases, outputs and connections of "
                "every layer, and let zoo complexity verify them."
            ),
            hint="Return a LayerCost for each layer from complexity(); zoo complexity shows the names of the layers.",
            solution=str(SOLUTIONS / "proved.py"),
            because=(
                "What the zoo derives from the module, and counts at random sizes, agrees with the registered formulas."
            ),
            demand=proved,
        ),
    ),
)
