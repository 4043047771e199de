"""What the commands print: tables within 80 columns, JSON for machines, and progress on stderr."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, Literal

import rich.table
import typer
from rich import box
from rich.cells import cell_len
from rich.console import Console

from zoo.api.table import Table
from zoo.errors import printable
from zoo.files import to_json
from zoo.progress import Progress, Silent, bars, is_main_process

WIDTH = 80
"""No table is wider, for a terminal need not be."""

LONGEST_WORD = 26
"""Words of up to so many characters are not broken in tables that have room for them."""

SHORTEST_WORD = 12
"""Words of up to so many characters are never broken."""

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
    console = Console(highlight=False, markup=False)
    frame = 2 * len(table.head)  # the padding of a cell, and the divider
    widths = _widths(table, min(WIDTH, console.width) - frame)
    for column, (name, width) in enumerate(zip(table.head, widths, strict=True)):
        justify: Literal["left", "right"] = "left" if table.is_words(column) else "right"
        drawn.add_column(printable(name), justify=justify, overflow="fold", width=width)
    for row in table.rows:
        drawn.add_row(*map(printable, row))
    console.width = sum(widths) + frame
    console.print(drawn)
    for sentence in table.foot:
        print_paragraph(sentence, bullet="* ")


def _widths(table: Table, room: int) -> list[int]:
    """The width of every column in characters: no number is broken, and words only where there is no room."""
    narrow, wide = [], []
    for column, name in enumerate(table.head):
        words = table.is_words(column)
        cells = [printable(row[column]) for row in table.rows]
        parts = [part for cell in cells for part in (cell.split() if words else [cell])]
        longest = max(map(cell_len, (*parts, *printable(name).split(), "")))
        narrow.append(min(LONGEST_WORD, longest) if words else longest)
        wide.append(max(map(cell_len, (*cells, printable(name)))))
    widths = [min(pair) for pair in zip(narrow, wide, strict=True)]
    for _ in range(sum(widths) - room):
        widest = max(range(len(widths)), key=lambda column: widths[column] if table.is_words(column) else 0)
        if not table.is_words(widest) or widths[widest] <= SHORTEST_WORD:
            break
        widths[widest] -= 1
    for _ in range(room - sum(widths)):
        neediest = max(range(len(widths)), key=lambda column: wide[column] - widths[column])
        if widths[neediest] >= wide[neediest]:
            break
        widths[neediest] += 1
    return widths


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
    with bars(Console(stderr=True)) as started:
        yield started
