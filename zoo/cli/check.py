"""``zoo check NAME``: does an architecture keep its promises?"""

from __future__ import annotations

from typing import Annotated

import typer

from zoo.api import Table
from zoo.cli.context import plugin_options
from zoo.cli.output import JsonOption, print_json, print_table, progress, say


def check(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="An architecture, as in `zoo list`.")],
    as_json: JsonOption = False,
) -> None:
    """Check an architecture against the contract, for every task that it says it can do; exits with 1 if it fails."""
    from zoo.testing.apart import check_apart

    options = plugin_options(context)
    with progress() as bars:
        report = check_apart(name, options.files, options.folders, bars.advance)
    outcomes = report.outcomes
    failed = any(outcome["status"] == "failed" for outcome in outcomes)
    if as_json:
        print_json({"architecture": report.address, "passed": not failed, "checks": outcomes})
    else:
        rows = [
            [o["task"], o["status"], " ".join(filter(None, (o["promise"], o["problem"], o["reason"])))]
            for o in outcomes
        ]
        print_table(Table(["task", "", "promise"], rows, words=None))
        passed = sum(outcome["status"] == "ok" for outcome in outcomes)
        say(f"{report.address}: {passed} of {len(outcomes)} checks passed")
    if failed:
        raise typer.Exit(1)
