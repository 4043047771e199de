"""``zoo list``: what there is."""

from __future__ import annotations

import typer

from zoo.cli.output import JsonOption, print_json, print_table
from zoo.training.recipe import RECIPES


def list_(context: typer.Context, as_json: JsonOption = False) -> None:
    """List architectures, tasks, data sets and recipes."""
    registry = context.obj()
    names = [entry.name for entry in registry.architectures()]
    architectures = {
        (entry.name if names.count(entry.name) == 1 else entry.address): entry.value
        for entry in registry.architectures()
    }
    if as_json:
        print_json(
            {
                "architectures": [
                    {"name": name, "address": entry.address, "tasks": value.tasks, "summary": value.summary}
                    for (name, value), entry in zip(architectures.items(), registry.architectures(), strict=True)
                ],
                "tasks": [{"name": entry.name, "summary": entry.value.summary} for entry in registry.tasks()],
                "datasets": [{"name": entry.name, "summary": entry.value.summary} for entry in registry.datasets()],
                "recipes": list(RECIPES),
            }
        )
        return
    print_table(
        ["architecture", "tasks", "what it is"],
        [[name, ", ".join(value.tasks), value.summary] for name, value in architectures.items()],
    )
    typer.echo()
    print_table(["task", "what it is"], [[entry.name, entry.value.summary] for entry in registry.tasks()])
    typer.echo()
    print_table(
        ["data set", "what it is"],
        [[_with_argument(entry.value), entry.value.summary] for entry in registry.datasets()],
    )
    typer.echo(f"\nrecipes: {', '.join(RECIPES)}")
    broken = [plugin.name for plugin in registry.plugins if plugin.errors]
    if broken:
        typer.echo(f"plugins with errors: {', '.join(broken)} (see `zoo plugins`)", err=True)


def _with_argument(dataset: object) -> str:
    name, argument = getattr(dataset, "name", ""), getattr(dataset, "argument", "")
    return f"{name}:{argument}" if argument else name
