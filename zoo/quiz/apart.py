"""Check an answer that is a file in a process of its own; see `zoo.apart`."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from zoo.apart import ApartError, run_apart
from zoo.folders import expanded
from zoo.quiz.exercise import Verdict
from zoo.quiz.kinds import FileExercise, must_be_python

IDLE_S = 45.0
"""How long loading the file, and each of the checks, may take."""


def check_apart(address: str, answer: str) -> Verdict:
    """The verdict on a file; one that ends its process, or does not come to an end, is not right.

    Args:
        address: of a `FileExercise`.
        answer: as it was typed.

    Raises:
        UserError: if the file cannot be read.
    """
    must_be_python(expanded(answer.strip()))
    arguments = {"address": address, "answer": answer}
    try:
        *_, verdict = [None, *run_apart("zoo.quiz.apart:verdicts", arguments, idle_s=IDLE_S)]
    except ApartError as error:
        return Verdict(False, (f"The process that tried the file {error}.",))
    if verdict is None:
        return Verdict(False, ("The process that tried the file ended without a verdict.",))
    return Verdict(verdict["right"], tuple(verdict["says"]))


def verdicts(address: str, answer: str) -> Iterator[dict[str, Any] | None]:
    """The child's side: None after every step, then the verdict."""
    from zoo.quiz import exercise_at
    from zoo.registry import load_registry

    exercise = exercise_at(address)
    assert isinstance(exercise, FileExercise)
    for verdict in exercise.steps(answer, load_registry(trial=False)):
        yield None if verdict is None else dataclasses.asdict(verdict)
