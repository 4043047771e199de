"""Errors that are the user's to mend, and how they are worded."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Iterable
from pathlib import Path

_LIBRARIES = ("numpy", "scipy", "timm", "torch", "torchvision")
"""Where an error is raised that was made by whoever called them."""


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


def unknown(kind: str, name: str, known: Iterable[str], *, then: str = "") -> UserError:
    """An unknown name, with close matches or else everything that there is.

    Args:
        kind: what the name should have named, such as ``architecture``.
        name: the name as the user wrote it.
        known: the names that would have worked.
        then: what to do next, where that is more than picking one of the names.
    """
    return UserError(f"unknown {kind} {name!r}: {close_or_all(name, known)}" + (f" {then}" if then else ""))


def close_or_all(name: str, known: Iterable[str]) -> str:
    """The hint of an unknown name: the close matches, or else everything that there is."""
    names = sorted(set(known))
    close = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
    if close:
        return f"did you mean {' or '.join(close)}?"
    return f"there is {', '.join(names)}." if names else "there is none."


def describe(error: BaseException) -> str:
    """An exception that a plugin raised, in a line: its type, what it says, and where."""
    text = " ".join(str(error).split())
    where = ""
    frames = inspect.getinnerframes(error.__traceback__) if error.__traceback__ else []
    own = [frame for frame in frames if frame.frame.f_globals.get("__name__", "").partition(".")[0] not in _LIBRARIES]
    if frames:
        last = (own or frames)[-1]
        where = f" ({Path(last.filename).name}, line {last.lineno})"
    return f"{type(error).__name__}: {text}{where}" if text else f"{type(error).__name__}{where}"
