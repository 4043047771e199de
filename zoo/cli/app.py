"""The program ``zoo``: its global options and its commands, one file each."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zoo._version import __version__
from zoo.cli import check, compare, complexity, data, experiment, list_, new, plugins, predict, quiz, run, show
from zoo.cli.context import PluginOptions

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="rich")
COMMANDS = (
    list_.list_,
    show.show,
    run.run,
    predict.predict,
    compare.compare,
    complexity.complexity,
    data.data,
    plugins.plugins,
    new.new,
    check.check,
)
for command in COMMANDS:
    app.command(command.__name__.rstrip("_"))(command)
# An answer may begin with a minus.
app.command("quiz", context_settings={"ignore_unknown_options": True})(quiz.quiz)
app.add_typer(experiment.experiment, name="experiment")


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
