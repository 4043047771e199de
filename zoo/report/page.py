"""Pages that stand alone: one HTML file with its style and pictures inside, which opens without a network."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import jinja2

from zoo.api import Table
from zoo.files import write_text

LONG = 15
"""Tables of more rows are folded."""


@dataclass(frozen=True)
class Section:
    """A part of a page: a heading over text, tables and pictures.

    Attributes:
        title: the heading.
        text: paragraphs.
        tables: tables, in order.
        charts: PNG or SVG files and what each shows, in order; dark pages show them in opposite lightness. One
            that could not be drawn is not there, and left out.
        photos: the same of pictures that keep their colors everywhere.
        explanations: by the text of a row's first cell, what opens below it.
    """

    title: str
    text: Sequence[str] = ()
    tables: Sequence[Table] = ()
    charts: Sequence[tuple[Path, str]] = ()
    photos: Sequence[tuple[Path, str]] = ()
    explanations: Mapping[str, str] = field(default_factory=dict)


def write_page(path: Path, title: str, lead: str, sections: Sequence[Section]) -> None:
    """Write a self-contained page."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("zoo.report"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["inline"] = _inline
    environment.tests["there"] = Path.is_file
    template = environment.get_template("page.html")
    write_text(path, template.render(title=title, lead=lead, sections=sections, long=LONG))


def _inline(picture: Path) -> str:
    """A picture as a data URL."""
    kind = "svg+xml" if picture.suffix == ".svg" else "png"
    return f"data:image/{kind};base64," + base64.b64encode(picture.read_bytes()).decode("ascii")
