"""How a run tells what it is doing: nothing, or bars and lines in a terminal or notebook."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from zoo.errors import printable

if TYPE_CHECKING:
    from rich.console import Console


class Progress(Protocol):
    """What the work calls while it goes on."""

    def advance(self, label: str, done: int, total: int) -> None:
        """So many of so many are done."""

    def say(self, line: str) -> None:
        """A line that stays."""


class Silent:
    """Says nothing."""

    def advance(self, label: str, done: int, total: int) -> None:
        """Not shown."""

    def say(self, line: str) -> None:
        """Not shown."""


class Bars:
    """A bar for each thing in progress; see `bars`."""

    def __init__(self, console: Console) -> None:
        from rich import progress as rich_progress

        self.display = rich_progress.Progress(
            rich_progress.TextColumn("{task.description}"),
            rich_progress.BarColumn(bar_width=30),
            rich_progress.MofNCompleteColumn(),
            rich_progress.TimeRemainingColumn(compact=True),
            console=console,
            transient=True,
            disable=not (console.is_terminal or console.is_jupyter),
        )
        self._tasks: dict[str, rich_progress.TaskID] = {}

    def advance(self, label: str, done: int, total: int) -> None:
        """Move the bar of that label, or start it."""
        if label not in self._tasks:
            self.display.start()  # not before: an empty display leaves an empty line
            self._tasks[label] = self.display.add_task(label, total=total)
        self.display.update(self._tasks[label], completed=done, total=total, visible=done < total)

    def say(self, line: str) -> None:
        """Print above the bars."""
        self.display.console.print(printable(line), markup=False, highlight=False, soft_wrap=True)


@contextmanager
def bars(console: Console) -> Iterator[Progress]:
    """Show bars on a console while the body runs."""
    display = Bars(console)
    try:
        yield display
    finally:
        display.display.stop()


def is_main_process() -> bool:
    """Whether this is the process that prints, of those that a launcher started."""
    try:
        world, rank = int(os.environ["WORLD_SIZE"]), int(os.environ["RANK"])
    except (KeyError, ValueError):  # no launcher, whatever else has set one of them
        return True
    return world == 1 or rank == 0
