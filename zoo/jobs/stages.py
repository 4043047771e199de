"""The boundary around what plugins do in a run: an error of theirs becomes one line that names them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from zoo.errors import TERMINATED, FailedError, UserError, describe
from zoo.registry.guard import state_kept


@contextmanager
def stage(doing: str, address: str) -> Iterator[None]:
    """Name the plugin whose code fails in the body, and put back what it changes of the process.

    Args:
        doing: what the body does, such as ``building``.
        address: whose code it calls.

    Raises:
        FailedError: in place of whatever the plugin's code raised, which stays as its cause. What is no fault of its
            own passes through: errors that are worded already, those of the machine, and exits.
    """
    with state_kept([]):
        try:
            yield
        except (UserError, FailedError, OSError, MemoryError):
            raise
        except SystemExit as error:
            if error.code == TERMINATED:  # the machine's wish, not the plugin's
                raise
            raise FailedError(f"{doing} {address} failed: {describe(error)}") from error
        except Exception as error:
            raise FailedError(f"{doing} {address} failed: {describe(error)}") from error
