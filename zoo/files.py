"""Write files so that a kill at any moment leaves the whole new one or the whole old one."""

from __future__ import annotations

import json
import math
import os
import platform
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from zoo.errors import WriteError

_TEMPORARY = ".writing"
"""How the names of temporary files begin. The writer's machine and process follow."""


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Hand out a temporary path beside `path`, and move it there if the body succeeds.

    The temporary file keeps the suffix, by which many writers choose their format, and is removed if the body fails.
    What a killed process left in the folder is removed too.

    Raises:
        WriteError: if the file cannot be written; it is an OSError too.
    """
    try:
        remove_leftovers(path.parent)
        prefix = f"{_TEMPORARY}-{_machine()}-{os.getpid()}-"
        handle, name = tempfile.mkstemp(prefix=prefix, suffix=path.suffix, dir=path.parent)
        os.close(handle)
        temporary = Path(name)
        try:
            yield temporary
            temporary.chmod(0o666 & ~_umask())  # mkstemp makes files that only their owner can read
            with temporary.open("rb") as written:
                os.fsync(written.fileno())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise WriteError(error.errno, error.strerror or str(error), str(path)) from error


def write_text(path: Path, text: str) -> None:
    """Write a whole text file, or leave the old one; what UTF-8 cannot hold, as of a file's name, is escaped."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8", errors="backslashreplace")


def to_json(value: Any, *, indent: int | None = None) -> str:
    """A value as JSON; figures that are not finite become null, for JSON has no other word for them."""
    return json.dumps(_finite(value), indent=indent, allow_nan=False)


def remove_leftovers(folder: Path) -> None:
    """Remove temporary files in a folder that were written by processes of this machine which have ended."""
    for leftover in folder.glob(f"{_TEMPORARY}-{_machine()}-*"):
        process = re.fullmatch(r"(\d+)-.*", leftover.name.removeprefix(f"{_TEMPORARY}-{_machine()}-"))
        if process and not _is_running(int(process[1])):
            leftover.unlink(missing_ok=True)


def _is_running(process: int) -> bool:
    if os.name != "posix":
        return True  # elsewhere os.kill ends a process instead of asking for it
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _machine() -> str:
    return re.sub(r"[^A-Za-z0-9]", "", platform.node()) or "machine"


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
