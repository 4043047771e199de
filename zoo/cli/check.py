"""``zoo check NAME``: does an architecture keep its promises?"""

from __future__ import annotations

from typing import Annotated

import typer

from zoo.api import Table
from zoo.cli.context import load_plugins
from zoo.cli.output import JsonOption, print_json, print_table, progress
from zoo.errors import describe


def check(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="An architecture, as in `zoo list`.")],
    as_json: JsonOption = False,
) -> None:
    """Check an architecture against the contract, for every task that it says it can do; ends with 1 if it fails."""
    registry = load_plugins(context)
    entry = registry.architecture(name)
    tasks = [registry.task(task).value for task in entry.value.tasks]

    from zoo.testing.contract import CHECKS

    found: list[dict[str, str]] = []
    with progress() as shown:
        for task in tasks:
            for one in CHECKS:
                shown.advance("checks", len(found), len(tasks) * len(CHECKS))
                problem = ""
                try:
                    one(entry, task)
                except AssertionError as error:
                    problem = str(error)
                except Exception as error:  # whatever the plugin's own code raises is what it does wrong
                    problem = describe(error)
                promise = (one.__doc__ or "").partition("\n")[0]
                found.append({"task": task.name, "check": one.__name__, "promise": promise, "problem": problem})
    failed = [row for row in found if row["problem"]]
    if as_json:
        print_json({"architecture": entry.address, "passed": not failed, "checks": found})
    else:
        rows = [
            [row["task"], "no" if row["problem"] else "ok", f"{row['promise']} {row['problem']}".strip()]
            for row in found
        ]
        print_table(Table(["task", "", "promise"], rows, words=None))
        typer.echo(f"{entry.address}: {len(found) - len(failed)} of {len(found)} checks passed")
    if failed:
        raise typer.Exit(1)
