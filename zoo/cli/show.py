"""``zoo show NAME``: one architecture, everything that can be set of it, preprocessing, citation and size."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import typer

from zoo.api import Architecture, Config, Recipe, Table, Task
from zoo.cli.context import load_plugins
from zoo.cli.output import JsonOption, print_json, print_table, say
from zoo.config import Setting, Value, fields_of, parse_assignments, values_of
from zoo.errors import UserError, printable
from zoo.jobs.card import card_tables, read_card
from zoo.jobs.shipped import shipped_folder, ships
from zoo.registry import Registry
from zoo.settings import sort_settings

SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        help="Change a setting: FIELD of the architecture, task.FIELD or recipe.FIELD, as `zoo show NAME` lists them.",
        metavar="NAME=VALUE",
    ),
]


def show(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="An architecture, as in `zoo list`.")],
    assignments: SetOption = None,
    task: Annotated[
        str | None, typer.Option(help="The task whose settings to show.", show_default="the architecture's first")
    ] = None,
    recipe: Annotated[str, typer.Option(help="The recipe whose settings to show.")] = "default",
    as_json: JsonOption = False,
) -> None:
    """Show an architecture: what can be set, its preprocessing, citation and size."""
    registry = load_plugins(context)
    entry = registry.architecture(name)
    architecture = entry.value
    chosen = registry.task(architecture.tasks[0] if task is None else task).value
    if chosen.name not in architecture.tasks:
        raise UserError(f"{name} cannot do the task {chosen.name}; it does {', '.join(architecture.tasks)}.")
    groups = configs(registry, architecture, chosen, recipe, parse_assignments(assignments or []))
    settings = [row for group, config in groups.items() for row in _settings(group, config)]
    facts = _facts(architecture, groups[""], chosen)
    card = read_card(shipped_folder(architecture)) if ships(architecture) else None
    if as_json:
        recipes = {recipe: dict(changes) for recipe, changes in architecture.recipes.items()}
        shipped = None if card is None else dataclasses.asdict(card)
        print_json({"address": entry.address, **facts, "settings": settings, "recipes": recipes, "card": shipped})
        return
    size = (
        f"{facts['weights']:,} weights with {facts['in_channels']} channel(s) in and {facts['num_classes']} classes out"
    )
    lines = {
        "what it is": facts["summary"],
        "tasks": ", ".join(facts["tasks"]),
        "preprocessing": facts["preprocessing"],
        "size": size,
        "recipes": "; ".join(f"{recipe}: {_changes(changes)}" for recipe, changes in architecture.recipes.items()),
        "from": facts["citation"],
    }
    print_table(Table([entry.address, ""], [[key, value] for key, value in lines.items() if value], words=None))
    say("")
    rows = [[row["name"], str(row["value"]), _explanation(row)] for row in settings]
    print_table(Table(["setting", "value", "what it is"], rows, words=None))
    if card is not None:
        say("")
        for table in card_tables(card):
            print_table(table)


def configs(
    registry: Registry,
    architecture: Architecture[Any],
    task: Task[Any],
    recipe: str,
    settings: Mapping[str, Value],
) -> dict[str, Config]:
    """The settings of an architecture, a task and a recipe, by the word that stands before their names."""
    changes = sort_settings(settings, architecture.config, task.config, Recipe)
    return {
        "": registry.configure(architecture.config(), changes.architecture),
        "task": registry.configure(task.config(), changes.task),
        "recipe": registry.recipe_for(architecture, recipe, changes.recipe),
    }


def allowed(kind: type, setting: Setting) -> str:
    """The values that a setting takes, in words."""
    if setting.choices:
        return ", ".join(map(str, setting.choices))
    if setting.low is None and setting.high is None:
        return {bool: "true, false", str: "text", int: "any", float: "any"}.get(kind, f"a {kind.__name__.lower()}")
    low = "" if setting.low is None else f"{setting.low:g}"
    high = "" if setting.high is None else f"{setting.high:g}"
    return f"{low} to {high}" + (", odd" if setting.odd else "")


def _facts(architecture: Architecture[Any], config: Config, task: Task[Any]) -> dict[str, Any]:
    from zoo.library import CLASSES, build_on_meta
    from zoo.network import preprocess_of

    preprocess = preprocess_of(architecture, config, task)
    model = build_on_meta(architecture, config, preprocess.channels, CLASSES)
    return {
        "name": architecture.name,
        "summary": architecture.summary,
        "tasks": architecture.tasks,
        "citation": architecture.citation,
        "preprocessing": printable(str(preprocess)),
        "in_channels": preprocess.channels,
        "num_classes": CLASSES,
        "weights": sum(parameter.numel() for parameter in model.parameters()),
    }


def _settings(group: str, config: Config) -> Iterator[dict[str, Any]]:
    values = values_of(config)
    for field, kind, setting in fields_of(type(config)):
        yield {
            "name": f"{group}.{field}" if group else field,
            "symbol": setting.symbol,
            "value": values[field],
            "help": setting.help,
            "allowed": allowed(kind, setting),
        }


def _explanation(row: Mapping[str, Any]) -> str:
    symbol = f"{row['symbol']}: " if row["symbol"] else ""
    return f"{symbol}{row['help']} ({row['allowed']})"


def _changes(changes: Mapping[str, Value]) -> str:
    return ", ".join(f"{name}={value}" for name, value in changes.items())
