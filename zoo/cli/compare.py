"""``zoo compare RUN RUN...``: runs side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zoo.cli.context import load_plugins
from zoo.cli.output import JsonOption, print_json, print_table, say


def compare(
    context: typer.Context,
    runs: Annotated[list[Path], typer.Argument(help="Folders of runs.")],
    out: Annotated[
        Path | None, typer.Option(help="The folder to make.", show_default="runs/compare-1, -2, ...")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Put runs side by side: a table, one plot of curves and one sheet of pictures."""
    from zoo.comparison import compare as put_side_by_side

    done = put_side_by_side(runs, out=out, registry=load_plugins(context))
    if as_json:
        print_json(done.to_json())
        return
    print_table(done.table)
    for note in done.notes:
        say(f"note: {note}")
    say("Look at:")
    for file in ("samples.png", "curves.png", "report.html"):
        say(f"  {done.folder / file}")
