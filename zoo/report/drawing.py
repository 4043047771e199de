"""Matplotlib as the zoo uses it: a style of its own, whatever the environment says, and names as plain text."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from zoo.errors import WriteError, describe, printable
from zoo.files import replacing


@contextmanager
def style(settings: Mapping[str, Any]) -> Iterator[None]:
    """Draw with matplotlib's defaults and these settings, not with those of a matplotlibrc or of a notebook."""
    with mpl.rc_context(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # on characters that the font lacks, or names too long for their place
        mpl.rcdefaults()
        mpl.rcParams.update(dict(settings))  # type: ignore[arg-type]
        yield


def write_png(path: Path, draw: Callable[[], Figure], dpi: int) -> None:
    """Draw a figure in which every text is plain text, and write it as PNG.

    Raises:
        WriteError: if the file cannot be written.
    """
    picture = io.BytesIO()
    with style({"text.parse_math": False}):
        figure = draw()
        FigureCanvasAgg(figure)
        figure.savefig(picture, format="png", dpi=dpi, facecolor="white")
    with replacing(path) as temporary:
        temporary.write_bytes(picture.getvalue())


def plain(label: str) -> str:
    """A name as a figure can show it, on as many lines as it has."""
    return "\n".join(map(printable, label.split("\n")))


def put_legend(figure: Figure, handles: Sequence[Artist], labels: Sequence[str]) -> None:
    """A legend below a figure, of whatever labels: matplotlib leaves out those that begin with an underscore."""
    legend = figure.legend(
        handles, ["-"] * len(labels), loc="outside lower center", ncols=min(4, len(labels)), frameon=False, fontsize=9
    )
    for text, label in zip(legend.get_texts(), labels, strict=True):
        text.set_text(plain(label))


def attempt(path: Path, draw: Callable[[Path], None]) -> str:
    """Draw a picture; one that fails is left out, for it must not cost the work that it shows.

    Returns:
        What went wrong, in a line; empty if nothing did.

    Raises:
        WriteError: if the file cannot be written.
    """
    try:
        draw(path)
    except WriteError:
        raise
    except Exception as error:
        path.unlink(missing_ok=True)  # of an earlier end of the same run
        return f"{path.name} could not be drawn ({describe(error)})."
    return ""
