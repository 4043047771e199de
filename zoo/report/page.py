"""Pages that stand alone: one HTML file with its style and pictures inside, which opens without a network."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import jinja2

from zoo.api import Table
from zoo.files import write_text


@dataclass(frozen=True)
class Section:
    """A part of a page: a heading over text, tables and pictures.

    Attributes:
        title: the heading.
        text: paragraphs.
        tables: tables, in order.
        pictures: PNG or SVG files and what each shows, in order.
    """

    title: str
    text: Sequence[str] = ()
    tables: Sequence[Table] = ()
    pictures: Sequence[tuple[Path, str]] = field(default=())


def write_page(path: Path, title: str, lead: str, sections: Sequence[Section]) -> None:
    """Write a self-contained page."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("zoo.report"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["inline"] = _inline
    template = environment.get_template("page.html")
    write_text(path, template.render(title=title, lead=lead, sections=sections))


def _inline(picture: Path) -> str:
    """A picture as a data URL."""
    kind = "svg+xml" if picture.suffix == ".svg" else "png"
    return f"data:image/{kind};base64," + base64.b64encode(picture.read_bytes()).decode("ascii")
