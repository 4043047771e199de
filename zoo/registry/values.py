"""What plugins may bring: the checks of a value's plain data, so that no command has to doubt it later."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from zoo.api import API_VERSION, Architecture, Dataset, Metric, NamedRecipe, Recipe, Task
from zoo.config import Config, fields_of
from zoo.errors import printable

LONGEST_NAME, LONGEST_TEXT = 60, 1000
"""Characters of a name, and of a summary or citation."""


def problem_of(value: object, wanted: type) -> str:
    """What keeps a value that a plugin brought from being used; empty if nothing does.

    It may raise whatever the value raises when it is looked at.
    """
    if isinstance(value, type) and issubclass(value, wanted):
        return f"the class {value.__name__}, not an instance: write {value.__name__}()."
    if not isinstance(value, wanted):
        return f"{printable(repr(value))[:100]}, which is no {wanted.__name__}."
    label = printable(type(value).__name__)
    name = getattr(value, "name", None)
    if type(name) is not str or not _is_name(name):
        return f"{label}, whose name {printable(repr(name))[:100]} is not a word in lower case."
    for text in ("summary", *(("citation",) if isinstance(value, Architecture) else ())):
        if not _is_line(getattr(value, text, None)):
            return f"{name}, which has no {text} that is a line of text: {printable(repr(getattr(value, text, None)))}."
    return _problem_of_kind(value, name)


def _problem_of_kind(value: object, name: str) -> str:
    if isinstance(value, Architecture):
        return _problem_of_architecture(value, name)
    if isinstance(value, Task):
        return _problem_of_task(value, name)
    if isinstance(value, Dataset) and not (_is_line(value.argument) and value.has_masks in (True, False, None)):
        return f"{name}, whose argument is no text, or whose has_masks is none of True, False and None."
    if isinstance(value, NamedRecipe) and not isinstance(value.recipe, Recipe):
        return f"{name}, whose recipe is no zoo.api.Recipe."
    return ""


def _problem_of_architecture(value: Architecture[Any], name: str) -> str:
    if value.api != API_VERSION:
        return f"{name}, written for version {value.api} of the plugin contract; this zoo has {API_VERSION}."
    tasks: object = value.tasks
    if not (isinstance(tasks, tuple) and tasks and all(type(task) is str and _is_name(task) for task in tasks)):
        return f"{name}, whose tasks are not a tuple of names."
    if value.closed_form not in ("none", "part", "all"):
        return f"{name}, whose closed_form is none of none, part and all."
    if not _is_line(value.head):
        return f"{name}, whose head is not the path of a module."
    return _problem_of_config(value.config, name) or _problem_of_recipes(value.recipes, name)


def _problem_of_task(value: Task[Any], name: str) -> str:
    metrics: object = value.metrics
    if not (isinstance(metrics, tuple) and all(isinstance(metric, Metric) for metric in metrics)):
        return f"{name}, whose metrics are not a tuple of zoo.api.Metric."
    if not (type(value.channels) is int and value.channels > 0 and type(value.default_size) is int):
        return f"{name}, whose channels or default_size are not whole numbers above 0."
    if not (_is_line(value.default_data) and _is_line(value.reference) and _is_line(value.loss)):
        return f"{name}, whose default_data, reference or loss is no line of text."
    return _problem_of_config(value.config, name)


def _problem_of_config(config: object, name: str) -> str:
    if not (isinstance(config, type) and issubclass(config, Config) and dataclasses.is_dataclass(config)):
        return f"{name}, whose config is not a subclass of zoo.api.Config and a dataclass."
    fields = list(fields_of(config))
    bad = [field for field, _, declared in fields if not (field.isprintable() and _is_line(declared.help))]
    if bad:
        return f"{name}, whose setting {printable(bad[0])} has a help that is no line of text."
    config()  # every setting has a default, and keeps its own bounds
    return ""


def _problem_of_recipes(recipes: object, name: str) -> str:
    fields = {field for field, _, _ in fields_of(Recipe)}
    shape = f"{name}, whose recipes are not of the shape {{'default': {{'lr': 0.01}}}}"
    if not (isinstance(recipes, Mapping) and all(type(recipe) is str and _is_name(recipe) for recipe in recipes)):
        return f"{shape}."
    for changes in recipes.values():
        if not isinstance(changes, Mapping):
            return f"{shape}."
        unknown = sorted(str(field) for field in changes if field not in fields)
        if unknown:
            return f"{shape}: a recipe has no {printable(unknown[0])}."
        Recipe(**changes)
    return ""


def _is_name(name: str) -> bool:
    """Whether it can be typed as one word."""
    plain = name.isprintable() and name == name.lower() and not any(char.isspace() or char == "/" for char in name)
    return plain and not name.startswith("-") and 0 < len(name) <= LONGEST_NAME


def _is_line(text: object) -> bool:
    return type(text) is str and text.isprintable() and len(text) <= LONGEST_TEXT
