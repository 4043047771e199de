"""Check an architecture in a process of its own: a stranger's file may exit, hang or eat the memory."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from zoo.apart import ApartError, run_apart
from zoo.errors import FailedError

IDLE_S = 45.0
"""How long loading and each check may take."""


@dataclasses.dataclass(frozen=True)
class Report:
    """What all checks found.

    Attributes:
        address: of the architecture.
        outcomes: the fields of a `zoo.testing.run.Outcome` each, in order.
    """

    address: str
    outcomes: list[dict[str, str]]


def check_apart(
    name: str, files: Sequence[Path], folders: Sequence[Path], progress: Callable[[str, int, int], None]
) -> Report:
    """Run every check on an architecture. What ends the process is one more outcome, with that as its problem.

    Raises:
        UserError: if there is no such architecture.
        FailedError: if it cannot even be loaded.
    """
    arguments = {"name": name, "files": [str(file) for file in files], "folders": [str(folder) for folder in folders]}
    checks: list[str] = []
    expected: list[list[str]] = []
    outcomes: list[dict[str, str]] = []
    address = name
    try:
        for message in run_apart("zoo.testing.apart:outcomes_of", arguments, idle_s=IDLE_S):
            if "checks" in message:
                checks = message["checks"]
            elif "tasks" in message:
                address = message["address"]
                expected = [[task, check] for task in message["tasks"] for check in checks]
            else:
                outcomes.append(message)
                progress("checks", len(outcomes), len(expected))
    except ApartError as error:
        if not expected:
            raise FailedError(f"{name} cannot be loaded: the process that tried it {error}.") from None
        outcomes.append(_missing(outcomes, expected, f"The process {error}."))
    else:
        if not expected or [[outcome["task"], outcome["check"]] for outcome in outcomes] != expected:
            outcomes.append(_missing(outcomes, expected, "Not every check reported."))
    return Report(address, outcomes)


def outcomes_of(name: str, files: list[str], folders: list[str]) -> Iterator[dict[str, Any]]:
    """The child's side: which checks there are, then, with the plugins loaded, which tasks, then every outcome."""
    from zoo.registry import load_registry
    from zoo.testing.contract import CHECKS
    from zoo.testing.run import run_checks

    yield {"checks": [check.__name__ for check in CHECKS]}
    registry = load_registry([Path(file) for file in files], [Path(folder) for folder in folders], trial=False)
    entry = registry.architecture(name)
    tasks = [registry.task(task).value for task in entry.value.tasks]
    yield {"address": entry.address, "tasks": [task.name for task in tasks]}
    yield from map(dataclasses.asdict, run_checks(entry, tasks))


def _missing(outcomes: list[dict[str, str]], expected: list[list[str]], problem: str) -> dict[str, str]:
    task, check = [*expected, ["", ""]][len(outcomes) if len(outcomes) < len(expected) else -1]
    promise = "Every check comes to its end."
    return {"task": task, "check": check, "promise": promise, "status": "failed", "problem": problem, "reason": ""}
