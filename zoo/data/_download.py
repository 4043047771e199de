"""Downloads by torchvision: with a time limit, and with one line for the user when they fail."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException

from zoo.errors import UserError

_TIMEOUT_S = 30.0


@contextmanager
def downloading(what: str, instead: str) -> Iterator[None]:
    """Run a download of torchvision's.

    Args:
        what: what is downloaded, and from where.
        instead: what the user can do without it.

    Raises:
        UserError: if it fails.
    """
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(_TIMEOUT_S)  # torchvision sets none, and would wait on a dead network for ever
    try:
        yield
    except (OSError, HTTPException, RuntimeError) as error:  # torchvision's own are RuntimeErrors
        reason = " ".join(str(error).split()).rstrip(".") or type(error).__name__
        raise UserError(f"could not download {what} ({reason}): {instead}.") from None
    finally:
        socket.setdefaulttimeout(before)
