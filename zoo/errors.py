"""Errors that are the user's to mend, and how they are worded."""

from __future__ import annotations

import difflib
import signal
import traceback
from collections.abc import Iterable
from pathlib import Path

INTERRUPTED, TERMINATED = 128 + signal.SIGINT, 128 + signal.SIGTERM
"""Exit codes of a program that Ctrl-C ended, and of one that SIGTERM did."""

_LIBRARIES = ("numpy", "scipy", "timm", "torch", "torchvision")
"""Where an error is raised that was made by whoever called them."""


LONGEST_REASON, LONGEST_NAME = 500, 100
"""Characters of what an exception says, and of a name that was typed, that a message repeats."""

MOST_NAMES = 20
"""How many names a message lists."""


class UserError(Exception):
    """The input was wrong: one line that says what, where and what to do next.

    The command line prints it without a traceback and exits with 2; from Python it is an exception like any other.
    """


class FailedError(Exception):
    """The work failed though nothing was wrong with the input: one line that says how, and what to try.

    The command line prints it without a traceback and exits with 1.
    """


class WriteError(FailedError, OSError):
    """A file could not be written, because the disk is full, read-only or gone."""

    def __str__(self) -> str:
        return f"cannot write {self.filename}: {self.strerror}."


def printable(text: str) -> str:
    """A text that came from outside, such as a file's name, with all that could disturb a line or a terminal escaped.

    That is line breaks, control characters, marks that turn the direction of writing, and bytes that are no text.
    """
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def unknown(kind: str, name: str, choices: Iterable[str], *, then: str = "") -> UserError:
    """An unknown name, with close matches or else everything that there is.

    Args:
        kind: what the name should have named, such as ``architecture``.
        name: the name as the user wrote it.
        choices: the names that would have worked.
        then: what to do next, where that is more than picking one of the names.
    """
    return UserError(
        f"unknown {kind} {printable(name[:LONGEST_NAME])!r}: {close_or_all(name, choices)}"
        + (f" {then}" if then else "")
    )


def close_or_all(name: str, choices: Iterable[str]) -> str:
    """The hint of an unknown name: the close matches, or else everything that there is."""
    names = sorted(set(choices))
    close = difflib.get_close_matches(name[:LONGEST_NAME], names, n=3, cutoff=0.5)
    if close:
        return f"did you mean {' or '.join(map(printable, close))}?"
    more = f" and {len(names) - MOST_NAMES:,} more" if len(names) > MOST_NAMES else ""
    return f"there is {', '.join(map(printable, names[:MOST_NAMES]))}{more}." if names else "there is none."


def describe(error: BaseException) -> str:
    """An exception that a plugin raised, in a line: its type, what it says, and where."""
    try:
        text = printable(" ".join(str(error).split()))
    except BaseException:  # its own words raise
        text = ""
    if len(text) > LONGEST_REASON:
        text = f"{text[:LONGEST_REASON]}..."
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    lines = [line for _, line in traceback.walk_tb(error.__traceback__)]
    own = [place for place, frame in enumerate(frames) if not _is_of_a_library(frame.f_globals.get("__name__"))]
    where = ""
    if frames:
        last = (own or [len(frames) - 1])[-1]
        where = f" ({printable(Path(frames[last].f_code.co_filename).name)}, line {lines[last]})"
    label = printable(type(error).__name__)
    return f"{label}: {text}{where}" if text else f"{label}{where}"


def _is_of_a_library(module: object) -> bool:
    return isinstance(module, str) and module.partition(".")[0] in _LIBRARIES
