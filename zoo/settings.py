"""One road for every setting: ``num_filters`` is the architecture's, ``task.palette`` the task's, and so on.

The command line spells it ``--set recipe.lr=0.01``, Python ``settings={"recipe.lr": 0.01}``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from zoo.config import Config, Value, fields_of
from zoo.errors import UserError, unknown

SHORTCUTS = {
    "epochs": "recipe.epochs",
    "batch_size": "recipe.batch_size",
    "lr": "recipe.lr",
    "palette": "task.palette",
}
"""Settings that everybody turns, and that therefore have an option or an argument of their own."""


@dataclass(frozen=True)
class Settings:
    """Changes to the defaults of what a run is made of, by field.

    Attributes:
        architecture: changes to the architecture's config.
        task: changes to the task's config.
        recipe: changes to the recipe.
    """

    architecture: Mapping[str, Value]
    task: Mapping[str, Value]
    recipe: Mapping[str, Value]


def sort_settings(
    settings: Mapping[str, Value], architecture: type[Config], task: type[Config], recipe: type[Config]
) -> Settings:
    """Sort settings by what they belong to.

    Args:
        settings: values by address, such as ``num_filters``, ``task.palette`` or ``recipe.lr``.
        architecture: the config of the architecture.
        task: the config of the task.
        recipe: the config of recipes.

    Raises:
        UserError: if there is no such setting, with close matches.
    """
    addresses = dict(addresses_of(architecture, task, recipe))
    sorted_: dict[str, dict[str, Value]] = {"": {}, "task": {}, "recipe": {}}
    for address, value in settings.items():
        if address not in addresses:
            namesakes = [candidate for candidate in addresses if candidate.endswith(f".{address}")]
            if namesakes:
                raise UserError(f"unknown setting {address!r}: did you mean {' or '.join(namesakes)}?")
            raise unknown("setting", address, addresses, then="`zoo show NAME` lists them with their values.")
        group, field = addresses[address]
        sorted_[group][field] = value
    return Settings(sorted_[""], sorted_["task"], sorted_["recipe"])


def addresses_of(
    architecture: type[Config], task: type[Config], recipe: type[Config]
) -> Iterator[tuple[str, tuple[str, str]]]:
    """Every setting's address, with its group and its field."""
    for group, config in (("", architecture), ("task", task), ("recipe", recipe)):
        for field, _, _ in fields_of(config):
            yield f"{group}.{field}" if group else field, (group, field)


def with_shortcuts(settings: Mapping[str, Value], shortcuts: Mapping[str, Value | None]) -> dict[str, Value]:
    """Settings, and those shortcuts that were used, by address.

    Raises:
        UserError: if there is no such shortcut, or a setting is given twice.
    """
    merged = dict(settings)
    for name, value in shortcuts.items():
        if name not in SHORTCUTS:
            raise unknown("argument", name, SHORTCUTS, then="Other settings go into `settings`.")
        if value is None:
            continue
        if SHORTCUTS[name] in settings:
            raise UserError(f"{name} and the setting {SHORTCUTS[name]} are the same; give one of them.")
        merged[SHORTCUTS[name]] = value
    return merged
