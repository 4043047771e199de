"""The boundary around what plugins do in a run: an error of theirs becomes one line that names them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from zoo.errors import FailedError, UserError, describe


@contextmanager
def stage(doing: str, address: str) -> Iterator[None]:
    """Name the plugin whose code fails in the body.

    Args:
        doing: what the body does, such as ``building``.
        address: whose code it calls.

    Raises:
        FailedError: in place of whatever the plugin's code raised, which stays as its cause. What is no fault of its
            own passes through: errors that are worded already, those of the machine, and exits.
    """
    try:
        yield
    except (UserError, FailedError, OSError, MemoryError):
        raise
    except Exception as error:
        raise FailedError(f"{doing} {address} failed: {describe(error)}") from error
