"""Run the contract's checks on an architecture: for the command line, for the quiz, and for pytest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from zoo.api import Architecture, Task
from zoo.api.catalog import Entry
from zoo.errors import describe
from zoo.testing.contract import CHECKS


@dataclass(frozen=True)
class Outcome:
    """What a check found.

    Attributes:
        task: the task's name.
        check: the check's name.
        promise: what the contract says, in a line.
        problem: how the architecture breaks it; empty if it does not.
    """

    task: str
    check: str
    promise: str
    problem: str


def run_checks(entry: Entry[Architecture[Any]], tasks: Iterable[Task[Any]]) -> Iterator[Outcome]:
    """Run every check for every task; whatever the architecture raises is what is wrong with it."""
    for task in tasks:
        for check in CHECKS:
            problem = ""
            try:
                check(entry, task)
            except AssertionError as error:
                problem = str(error)
            except Exception as error:
                problem = describe(error)
            yield Outcome(task.name, check.__name__, (check.__doc__ or "").partition("\n")[0], problem)
