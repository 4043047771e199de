"""Export a trained network: as a page to play with, or for other programs."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from zoo.errors import UserError
from zoo.exports.contents import contents
from zoo.exports.html import write_html
from zoo.exports.subject import load_subject
from zoo.registry import Registry, load_registry
from zoo.runs.run import Run


def export(
    run: Run | str | os.PathLike[str],
    *,
    out: str | os.PathLike[str] | None = None,
    registry: Registry | None = None,
    note: Callable[[str], None] = lambda text: None,
) -> Path:
    """Export a run's network as a page that computes it in the browser.

    Args:
        run: the run, or its folder.
        out: the file to write; ``RUN/network.html`` by default.
        registry: the plugins to draw from; by default all that are installed.
        note: told what the page had to leave out, a line each.

    Returns:
        The file.

    Raises:
        UserError: if the run cannot be used, its network uses an operation that the page cannot compute, or the file
            cannot be written; nothing is written then.
    """
    opened = run if isinstance(run, Run) else Run.load(run)
    registry = registry or load_registry()
    path = opened.folder / "network.html" if out is None else Path(out)
    data, notes = contents(load_subject(opened, registry), registry)
    for line in notes:
        note(line)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_html(path, data)
    except OSError as error:
        raise UserError(f"cannot write {path} ({error.strerror}); name another file with --out.") from error
    return path
