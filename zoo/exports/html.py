"""The page: style, scripts and data in one file that asks nothing of anybody."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2

from zoo.files import write_text

ENGINE = ("tensor", "rearranging", "convolution", "pooling", "pointwise", "normalization", "network", "photo")
"""Scripts that compute, in the order in which they build on each other."""

PAGE = ("draw", "source", "state", "result", "layers", "maps", "place", "change", "app")
"""Scripts of the page, in the same order."""


def engine() -> str:
    """The engine as one script, which declares its functions where it is put."""
    return _joined("engine", ENGINE)


def write_html(path: Path, data: dict[str, Any]) -> None:
    """Write the page of what `zoo.exports.contents` gave."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("zoo.exports", "page"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    page = environment.get_template("page.html").render(
        title=data["title"],
        lead=data["lead"],
        task=data["task"],
        reference=data["reference"],
        style=(files("zoo.exports") / "page" / "style.css").read_text(encoding="utf-8"),
        script=f"{engine()}\n{_joined('page', PAGE)}",
        data=json.dumps(data, separators=(",", ":")).replace("<", "\\u003c"),
    )
    write_text(path, page)


def _joined(folder: str, names: tuple[str, ...]) -> str:
    scripts = files("zoo.exports") / folder
    return "\n".join((scripts / f"{name}.js").read_text(encoding="utf-8") for name in names)
