"""``zoo predict RUN PATH...``: use a trained network on photos of any size."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zoo.cli.context import load_plugins
from zoo.cli.output import JsonOption, print_json, progress, say


def predict(
    context: typer.Context,
    run: Annotated[
        Path, typer.Argument(help="The folder of a run, or an architecture that ships trained weights, such as chroma.")
    ],
    paths: Annotated[list[Path], typer.Argument(help="Photos, or folders of photos.")],
    out: Annotated[
        Path | None,
        typer.Option(help="A PNG or JPEG for one photo, or a folder.", show_default="RUN/predictions"),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Use a trained network on photos of any size."""
    from zoo.jobs.shipped import open_run

    registry = load_plugins(context)
    source = open_run(run, registry)  # before torch is imported, which takes seconds

    from zoo.prediction import predict_files

    with progress() as bars:
        written, notes = predict_files(source, paths, out, registry=registry, progress=bars.advance)
    for note in notes:
        say(f"note: {note}", err=True)
    if as_json:
        print_json({"written": [str(path) for path in written], "notes": notes})
    else:
        for path in written:
            say(path)
