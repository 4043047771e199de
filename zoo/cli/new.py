"""``zoo new NAME``: start a plugin."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path
from typing import Annotated

import typer

from zoo.cli.context import load_plugins
from zoo.cli.output import say
from zoo.scaffold import new_plugin


def new(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="What the architecture shall be called.")],
    package: Annotated[
        bool, typer.Option("--package", help="A package to install and share, in place of a single file.")
    ] = False,
    out: Annotated[Path, typer.Option(help="The folder to write to.")] = Path(),
) -> None:
    """Start a plugin: a small architecture that works, to be changed into yours."""
    files = new_plugin(name, out, load_plugins(context), package=package)
    for file in files:
        say(f"  {file}")
    say("Next:")
    if package:
        say(f"  {_installer()} install -e {files[0].parent}\n  zoo check {name}\n  zoo run {name}")
    else:
        say(f"  zoo --plugin {files[0]} check {name}\n  zoo --plugin {files[0]} run {name}")


def _installer() -> str:
    """The installer of this environment: environments that uv makes have no pip."""
    return "uv pip" if importlib.util.find_spec("pip") is None and shutil.which("uv") else "python3 -m pip"
