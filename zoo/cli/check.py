"""``zoo check NAME``: does an architecture keep its promises?"""

from __future__ import annotations

import dataclasses
from typing import Annotated

import typer

from zoo.api import Table
from zoo.cli.context import load_plugins
from zoo.cli.output import JsonOption, print_json, print_table, progress


def check(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="An architecture, as in `zoo list`.")],
    as_json: JsonOption = False,
) -> None:
    """Check an architecture against the contract, for every task that it says it can do; exits with 1 if it fails."""
    registry = load_plugins(context)
    entry = registry.architecture(name)
    tasks = [registry.task(task).value for task in entry.value.tasks]

    from zoo.testing.contract import CHECKS
    from zoo.testing.run import Outcome, run_checks

    outcomes: list[Outcome] = []
    with progress() as bars:
        for outcome in run_checks(entry, tasks):
            outcomes.append(outcome)
            bars.advance("checks", len(outcomes), len(tasks) * len(CHECKS))
    failed = sum(outcome.status == "failed" for outcome in outcomes)
    if as_json:
        checks = [dataclasses.asdict(outcome) for outcome in outcomes]
        print_json({"architecture": entry.address, "passed": not failed, "checks": checks})
    else:
        rows = [[o.task, o.status, " ".join(filter(None, (o.promise, o.problem, o.reason)))] for o in outcomes]
        print_table(Table(["task", "", "promise"], rows, words=None))
        passed = sum(outcome.status == "ok" for outcome in outcomes)
        typer.echo(f"{entry.address}: {passed} of {len(outcomes)} checks passed")
    if failed:
        raise typer.Exit(1)
