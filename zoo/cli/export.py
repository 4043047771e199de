"""``zoo export RUN --html``: a trained network as one file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zoo.cli.context import load_plugins
from zoo.cli.output import say
from zoo.errors import UserError


def export(
    context: typer.Context,
    run: Annotated[
        Path, typer.Argument(help="The folder of a run, or an architecture that ships trained weights, such as chroma.")
    ],
    html: Annotated[bool, typer.Option("--html", help="Write a page that computes the network in a browser.")] = False,
    onnx: Annotated[bool, typer.Option("--onnx", help="Write ONNX; needs the extra of that name.")] = False,
    out: Annotated[
        Path | None,
        typer.Option(help="The file to write.", show_default="RUN/network.html or .onnx", metavar="FILE"),
    ] = None,
) -> None:
    """Export a trained network: as a page that can be explored, or for other programs."""
    from zoo.jobs.shipped import open_run

    if html == onnx:
        raise UserError("name one format: zoo export RUN --html, or --onnx.")
    registry = load_plugins(context)
    opened = open_run(run, registry)  # refused before torch is imported, which takes seconds

    from zoo.exports.export import export as write

    def note(text: str) -> None:
        say(f"note: {text}", err=True)

    say(write(opened, format="html" if html else "onnx", out=out, registry=registry, note=note))
