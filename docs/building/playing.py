"""What pages let readers play with: the shipped networks as pages of their own, and the engine for the widgets."""

from __future__ import annotations

from pathlib import Path

import zoo
from zoo.exports.html import engine
from zoo.jobs.shipped import ships
from zoo.registry import load_registry

FOLDER = "networks"
"""Of the site, where the networks' pages are."""


def networks() -> str:
    """A list of links to the shipped networks' pages, for the page `docs/play.md`."""
    return "\n".join(
        f'- <a href="../{FOLDER}/{entry.name}.html">{entry.name}</a>: {entry.value.summary}'
        for entry in load_registry().architectures()
        if ships(entry.value)
    )


def write_scripts(site: Path) -> None:
    """Write the shipped networks' pages and the engine into the site."""
    registry = load_registry()
    for entry in registry.architectures():
        if ships(entry.value):
            zoo.export(entry.name, out=site / FOLDER / f"{entry.name}.html", registry=registry)
    (site / "scripts" / "engine.js").write_text(engine(), encoding="utf-8")
