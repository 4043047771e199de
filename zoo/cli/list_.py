"""``zoo list``: what there is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import typer

from zoo.api import Entry, Table
from zoo.cli.context import load_plugins
from zoo.cli.output import JsonOption, print_json, print_table, say


def list_(context: typer.Context, as_json: JsonOption = False) -> None:
    """List architectures, tasks, data sets and recipes."""
    registry = load_plugins(context)
    architectures = by_name(registry.architectures())
    others: dict[str, Sequence[Entry[Any]]] = {
        "tasks": registry.tasks(),
        "datasets": registry.datasets(),
        "recipes": registry.recipes(),
    }
    if as_json:
        print_json(
            {
                "architectures": [
                    {"name": name, "address": entry.address, "tasks": entry.value.tasks, "summary": entry.value.summary}
                    for name, entry in architectures.items()
                ],
                **{
                    kind: [{"name": name, "summary": entry.value.summary} for name, entry in by_name(entries).items()]
                    for kind, entries in others.items()
                },
            }
        )
        return
    rows = [[name, ", ".join(entry.value.tasks), entry.value.summary] for name, entry in architectures.items()]
    print_table(Table(["architecture", "tasks", "what it is"], rows, words=None))
    for kind, entries in zip(("task", "data set", "recipe"), others.values(), strict=True):
        say("")
        rows = [[_with_argument(name, entry), entry.value.summary] for name, entry in by_name(entries).items()]
        print_table(Table([kind, "what it is"], rows, words=None))
    broken = [plugin.name for plugin in registry.plugins if plugin.errors]
    if broken:
        say(f"plugins with errors: {', '.join(broken)} (see `zoo plugins`)", err=True)


def by_name(entries: Sequence[Entry[Any]]) -> dict[str, Entry[Any]]:
    """Entries by the names that a user types, in their order: the name where it is unique, else the address."""
    names = [entry.name for entry in entries]
    labels = {(entry.name if names.count(entry.name) == 1 else entry.address): entry for entry in entries}
    return dict(sorted(labels.items()))


def _with_argument(name: str, entry: Entry[Any]) -> str:
    argument = getattr(entry.value, "argument", "")
    return f"{name}:{argument}" if argument else name
