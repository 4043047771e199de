"""Run the contract's checks on an architecture: for the command line, for the quiz, and for pytest.

With pytest::

    @pytest.mark.parametrize("case", cases(Entry("mine", "mine", Mine()), [Colorization()]), ids=str)
    def test_contract(case):
        assert case.run().problem == ""
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from zoo.api import Architecture, Entry, Task
from zoo.errors import FailedError, UserError, describe
from zoo.testing.contract import CHECKS, NEEDS, Check
from zoo.testing.promise import BrokenPromise

Status = Literal["ok", "failed", "expected", "skipped"]


@dataclass(frozen=True)
class Outcome:
    """What a check found.

    Attributes:
        task: the task's name.
        check: the check's name.
        promise: what the contract says, in a line.
        status: ``expected`` for a failure that the architecture declares, ``skipped`` where another check failed first.
        problem: how the architecture breaks the promise; empty if it does not.
        reason: why the failure was to be expected, or the check skipped.
    """

    task: str
    check: str
    promise: str
    status: Status
    problem: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Case:
    """A check of an architecture, for a task."""

    entry: Entry[Architecture[Any]]
    task: Task[Any]
    check: Check

    def __str__(self) -> str:
        return f"{self.entry.name}-{self.task.name}-{self.check.__name__}"

    def run(self) -> Outcome:
        """Run it; whatever the architecture raises is what is wrong with it."""
        problem, reason = "", self.entry.value.expected_failures.get(self.check.__name__, "")
        try:
            self.check(self.entry, self.task)
        except (BrokenPromise, UserError, FailedError) as error:
            problem = str(error)
        except (Exception, SystemExit) as error:
            problem = describe(error)
        if reason and not problem:
            return self.outcome("failed", f"expected to fail ({reason}), but it passes.")
        return self.outcome("expected" if reason else "failed" if problem else "ok", problem, reason)

    def outcome(self, status: Status, problem: str = "", reason: str = "") -> Outcome:
        """What is reported of it."""
        name = self.check.__name__
        return Outcome(self.task.name, name, (self.check.__doc__ or name).partition("\n")[0], status, problem, reason)


def cases(entry: Entry[Architecture[Any]], tasks: Iterable[Task[Any]]) -> list[Case]:
    """Every check for every task."""
    return [Case(entry, task, check) for task in tasks for check in CHECKS]


def run_checks(entry: Entry[Architecture[Any]], tasks: Iterable[Task[Any]]) -> Iterator[Outcome]:
    """Run every check for every task, but those that mean nothing after another one's failure."""
    failed: set[tuple[str, Check]] = set()
    for case in cases(entry, tasks):
        needed = next((need for need in NEEDS.get(case.check, ()) if (case.task.name, need) in failed), None)
        if needed is not None:
            failed.add((case.task.name, case.check))
            yield case.outcome("skipped", reason=f"{needed.__name__} has to pass first")
            continue
        outcome = case.run()
        if outcome.problem:
            failed.add((case.task.name, case.check))
        yield outcome
