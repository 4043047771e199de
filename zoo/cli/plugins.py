"""``zoo plugins``: what is loaded, from where, and what is broken."""

from __future__ import annotations

import typer

from zoo.api import Table
from zoo.cli.context import load_plugins
from zoo.cli.output import JsonOption, print_json, print_table, say


def plugins(context: typer.Context, as_json: JsonOption = False) -> None:
    """List plugins with their origin, what they bring, and their errors."""
    loaded = load_plugins(context).plugins
    if as_json:
        print_json(
            [
                {
                    "name": plugin.name,
                    "origin": plugin.origin,
                    "brings": {kind: [entry.name for entry in entries] for kind, entries in plugin.entries.items()},
                    "errors": plugin.errors,
                    "warnings": plugin.warnings,
                }
                for plugin in loaded
            ]
        )
        return
    rows = []
    for plugin in loaded:
        brings = [f"{kind} {entry.name}" for kind, entries in plugin.entries.items() for entry in entries]
        state = "broken" if plugin.errors and not brings else "error" if plugin.errors else "ok"
        rows.append([plugin.name, state, plugin.origin, ", ".join(brings) or "-"])
    print_table(Table(["plugin", "state", "from", "brings"], rows, words=None))
    for plugin in loaded:
        for line in plugin.errors:
            say(f"error in {plugin.name}: {line}")
        for line in plugin.warnings:
            say(f"warning for {plugin.name}: {line}")
