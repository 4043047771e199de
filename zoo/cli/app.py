"""The program ``zoo``: its global options and its commands, one file each."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zoo._version import __version__
from zoo.cli.check import check
from zoo.cli.compare import compare
from zoo.cli.complexity import complexity
from zoo.cli.context import PluginOptions
from zoo.cli.data import data
from zoo.cli.experiment import experiment
from zoo.cli.export import export
from zoo.cli.list_ import list_
from zoo.cli.new import new
from zoo.cli.plugins import plugins
from zoo.cli.predict import predict
from zoo.cli.quiz import quiz
from zoo.cli.run import run
from zoo.cli.show import show

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="rich")
COMMANDS = (
    list_,
    show,
    run,
    predict,
    export,
    compare,
    complexity,
    data,
    plugins,
    new,
    check,
)
for command in COMMANDS:
    app.command(command.__name__.rstrip("_"))(command)
# An answer may begin with a minus.
app.command("quiz", context_settings={"ignore_unknown_options": True})(quiz)
app.add_typer(experiment, name="experiment")


@app.callback(invoke_without_command=True)
def zoo(
    context: typer.Context,
    plugin: Annotated[
        list[Path] | None, typer.Option(help="A plugin in a single file; repeatable.", metavar="FILE")
    ] = None,
    plugins_dir: Annotated[
        list[Path] | None, typer.Option(help="A folder in which every *.py is a plugin.", metavar="FOLDER")
    ] = None,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """A teaching zoo of convolutional networks: train them, compare them, and look at what they did."""
    if version:
        typer.echo(f"zoo {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit
    context.obj = PluginOptions(plugin or (), plugins_dir or ())
