"""What the commands print: tables within 80 columns, JSON for machines, and progress on stderr."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import rich.table
import typer
from rich import box
from rich.cells import cell_len
from rich.console import Console

from zoo.api.table import Table
from zoo.errors import printable
from zoo.files import to_json
from zoo.progress import Progress, Silent, bars

WIDTH = 80
"""No table is wider, for a terminal need not be."""

LONGEST_WORD = 26
"""Words of up to so many characters are never broken in tables."""

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


def say(text: object, *, err: bool = False) -> None:
    """Print lines on stdout or stderr, with whatever could disturb a terminal escaped."""
    typer.echo("\n".join(map(printable, str(text).split("\n"))), err=err)


def print_json(value: Any) -> None:
    """Print JSON on stdout; figures that are not numbers become null, which JSON has a word for."""
    typer.echo(to_json(value, indent=2))


def print_table(table: Table) -> None:
    """Print a table on stdout with its caption and foot.

    Numbers are never broken, and words give way; where even that is too wide, the table is wider than the terminal.
    """
    if table.caption:
        print_paragraph(table.caption)
    drawn = rich.table.Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    narrowest = 0
    for column, name in enumerate(table.head):
        words = table.is_words(column)
        cells = [row[column] for row in table.rows]
        parts = [part for cell in cells for part in (cell.split() if words else [cell])]
        longest = max(cell_len(printable(part)) for part in (*parts, *name.split(), ""))
        width = min(LONGEST_WORD, longest) if words else longest
        drawn.add_column(printable(name), justify="left" if words else "right", overflow="fold", min_width=width)
        narrowest += width + 2  # the cell, its padding and the divider
    for row in table.rows:
        drawn.add_row(*map(printable, row))
    console = Console(highlight=False, markup=False)
    console.width = max(narrowest, min(WIDTH, console.width))
    console.print(drawn)
    for sentence in table.foot:
        print_paragraph(sentence, bullet="* ")


def print_paragraph(text: str, *, bullet: str = "") -> None:
    """Print a paragraph on stdout, wrapped to the width of tables."""
    width = min(WIDTH, Console().width)
    say(textwrap.fill(text, width, initial_indent=bullet, subsequent_indent=" " * len(bullet)))


@contextmanager
def progress() -> Iterator[Progress]:
    """Bars and lines on stderr; silent in all but the first of several processes."""
    if not is_main_process():
        yield Silent()
        return
    with bars(Console(stderr=True)) as shown:
        yield shown


def is_main_process() -> bool:
    """Whether this is the process that prints, of those that a launcher started."""
    try:
        world, rank = int(os.environ["WORLD_SIZE"]), int(os.environ["RANK"])
    except (KeyError, ValueError):  # no launcher, whatever else has set one of them
        return True
    return world == 1 or rank == 0
