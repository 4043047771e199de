"""One process at a time in a run's folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from zoo.errors import UserError
from zoo.progress import is_main_process

try:
    import fcntl
except ImportError:  # Windows has no file locks that end with their process
    fcntl = None  # type: ignore[assignment]


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other processes out of a run while the body runs; the lock ends with the process, however it ends.

    The file ``state/lock`` stays, for removing it would let two processes hold locks on two files of one name. Of the
    processes that a launcher started on one run, the first holds the lock for all.

    Raises:
        UserError: if another process is at work on the run.
    """
    if fcntl is None or not is_main_process():
        yield
        return
    (folder / "state").mkdir(exist_ok=True)
    handle = os.open(folder / "state" / "lock", os.O_RDWR | os.O_CREAT, 0o666)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UserError(f"another process is at work on {folder}; wait for it to end, or stop it.") from None
        except OSError:  # some network file systems have no locks, and a run there is worth more than one
            pass
        yield
    finally:
        os.close(handle)
