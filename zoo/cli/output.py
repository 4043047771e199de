"""What the commands print: tables within 80 columns, JSON for machines, and progress on stderr."""

from __future__ import annotations

import json
import math
import os
import textwrap
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from zoo.progress import Progress, Silent, bars

WIDTH = 80
"""No table is wider, for a terminal need not be."""

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


def print_json(value: Any) -> None:
    """Print JSON on stdout; figures that are not numbers become null, which JSON has a word for."""
    typer.echo(json.dumps(_plain(value), indent=2))


def print_table(head: Sequence[str], rows: Sequence[Sequence[str]], *, right: Collection[int] = ()) -> None:
    """Print a table on stdout, in which numbers are never broken: words give way.

    Args:
        head: the column heads.
        rows: the cells.
        right: which columns hold numbers and are aligned to the right, counted from 0.
    """
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for number, name in enumerate(head):
        is_number = number in right
        table.add_column(name, justify="right" if is_number else "left", no_wrap=is_number, overflow="fold")
    for row in rows:
        table.add_row(*row)
    console = Console(highlight=False, markup=False)
    console.width = min(WIDTH, console.width)
    console.print(table)


def print_paragraph(text: str, *, bullet: str = "") -> None:
    """Print a paragraph on stdout, wrapped to the width of tables."""
    width = min(WIDTH, Console().width)
    typer.echo(textwrap.fill(text, width, initial_indent=bullet, subsequent_indent=" " * len(bullet)))


@contextmanager
def progress() -> Iterator[Progress]:
    """Bars and lines on stderr; silent in all but the first of several processes."""
    if int(os.environ.get("RANK", "0")) > 0:
        yield Silent()
        return
    with bars(Console(stderr=True)) as shown:
        yield shown


def is_main_process() -> bool:
    """Whether this is the process that prints, of those that a launcher started."""
    return int(os.environ.get("RANK", "0")) == 0


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
