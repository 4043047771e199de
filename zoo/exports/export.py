"""Export a trained network: as a page to play with, or for other programs."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from zoo.errors import UserError, unknown
from zoo.exports.contents import contents
from zoo.exports.html import write_html
from zoo.exports.onnx import write_onnx
from zoo.exports.subject import load_subject
from zoo.jobs.shipped import is_shipped, open_run
from zoo.registry import Registry, load_registry
from zoo.runs.run import Run

FORMATS = {"html": "network.html", "onnx": "network.onnx"}
"""What can be written, and the file's name in the run's folder."""


def export(
    run: Run | str | os.PathLike[str],
    *,
    format: str = "html",  # noqa: A002 -- the word that users of such functions know
    out: str | os.PathLike[str] | None = None,
    registry: Registry | None = None,
    note: Callable[[str], None] = lambda text: None,
) -> Path:
    """Export a run's network as a page that computes it in the browser, or as ONNX.

    Args:
        run: the run, its folder, or the name of an architecture that ships trained weights.
        format: ``html`` or ``onnx``.
        out: the file to write; ``RUN/network.html`` or ``RUN/network.onnx`` by default, without ``RUN/``
            where a plugin ships the run.
        registry: the plugins to draw from; by default all that are installed.
        note: called with a line about each thing that the page had to leave out.

    Returns:
        The file.

    Raises:
        UserError: if the run cannot be used, its network cannot be exported, or the file cannot be written; nothing is
            written then.
    """
    if format not in FORMATS:
        raise unknown("format", format, FORMATS)
    registry = registry or load_registry()
    opened = run if isinstance(run, Run) else open_run(run, registry)
    path = _beside(opened, registry, FORMATS[format]) if out is None else Path(out)
    if path.is_dir():
        raise UserError(f"--out {path} is a folder; name a file in it.")
    subject = load_subject(opened, registry)
    data, notes = contents(subject, registry) if format == "html" else ({}, [])
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if format == "html":
            write_html(path, data)
        else:
            write_onnx(path, subject)
    except OSError as error:
        raise UserError(f"cannot write {path} ({error.strerror}); name another file with --out.") from error
    for line in notes:
        note(line)
    return path


def _beside(run: Run, registry: Registry, name: str) -> Path:
    """Where a run's file goes by default: nothing is written into a plugin's package."""
    return Path(f"{run.record['architecture']}{Path(name).suffix}") if is_shipped(run, registry) else run.folder / name
