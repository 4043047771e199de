"""``zoo show NAME``: one architecture, its settings, preprocessing, citation and size."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from zoo.cli.output import JsonOption, print_json, print_table
from zoo.config import Setting, fields_of, parse_assignments, replace

SetOption = Annotated[
    list[str] | None, typer.Option("--set", help="Change a setting of the architecture.", metavar="NAME=VALUE")
]


def show(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="An architecture, as in `zoo list`.")],
    assignments: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show an architecture: its settings, preprocessing, citation and size."""
    registry = context.obj()
    entry = registry.architecture(name)
    architecture = entry.value
    config = replace(architecture.config(), parse_assignments(assignments or []))

    from zoo.library import CLASSES, build_on_meta

    task = registry.task(architecture.tasks[0]).value
    preprocess = architecture.preprocess(config, task)
    model = build_on_meta(architecture, config, preprocess.channels, CLASSES)
    weights = sum(parameter.numel() for parameter in model.parameters())
    described = (preprocess.__doc__ or "").strip().splitlines()[0]
    settings = [
        {
            "name": field,
            "symbol": known.symbol,
            "value": getattr(config, field),
            "help": known.help,
            "allowed": allowed(kind, known),
        }
        for field, kind, known in fields_of(architecture.config)
    ]
    if as_json:
        print_json(
            {
                "name": architecture.name,
                "address": entry.address,
                "summary": architecture.summary,
                "tasks": architecture.tasks,
                "citation": architecture.citation,
                "settings": settings,
                "recipes": {recipe: dict(changes) for recipe, changes in architecture.recipes.items()},
                "preprocessing": described,
                "in_channels": preprocess.channels,
                "num_classes": CLASSES,
                "weights": weights,
            }
        )
        return
    facts = {
        "what it is": architecture.summary,
        "tasks": ", ".join(architecture.tasks),
        "preprocessing": described,
        "size": f"{weights:,} weights with {preprocess.channels} channel(s) in and {CLASSES} classes out",
        "recipes": "; ".join(f"{recipe}: {_changes(changes)}" for recipe, changes in architecture.recipes.items()),
        "from": architecture.citation,
    }
    print_table([entry.address, ""], [[key, value] for key, value in facts.items() if value])
    typer.echo()
    print_table(
        ["setting", "symbol", "value", "allowed", "what it is"],
        [[str(row[key]) for key in ("name", "symbol", "value", "allowed", "help")] for row in settings],
    )


def allowed(kind: type, known: Setting) -> str:
    """The values that a setting takes, in words."""
    if known.choices:
        return ", ".join(map(str, known.choices))
    if known.low is None and known.high is None:
        return {bool: "true, false", str: "text"}.get(kind, "any")
    low = "" if known.low is None else f"{known.low:g}"
    high = "" if known.high is None else f"{known.high:g}"
    return f"{low} to {high}" + (", odd" if known.odd else "")


def _changes(changes: Any) -> str:
    return ", ".join(f"{name}={value}" for name, value in changes.items())
