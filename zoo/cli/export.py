"""``zoo export RUN --html``: a trained network as one file to play with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zoo.cli.context import load_plugins
from zoo.cli.output import say
from zoo.errors import UserError


def export(
    context: typer.Context,
    run: Annotated[Path, typer.Argument(help="The folder of a run.")],
    html: Annotated[bool, typer.Option("--html", help="A page that computes the network in the browser.")] = False,
    out: Annotated[
        Path | None, typer.Option(help="The file to write.", show_default="RUN/network.html", metavar="FILE")
    ] = None,
) -> None:
    """Export a trained network: a page in which it can be touched."""
    from zoo.runs.run import Run

    if not html:
        raise UserError("say what to write: zoo export RUN --html.")
    opened = Run.load(run)  # refused before torch is imported, which takes seconds

    from zoo.exports.export import export as write

    path = write(opened, out=out, registry=load_plugins(context), note=lambda text: say(f"note: {text}", err=True))
    say(path)
