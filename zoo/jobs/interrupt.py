"""Ctrl-C, or the SIGTERM of a cluster, ends a training where it stands; twice, it ends the program."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Stop:
    """Whether to end a training early.

    Attributes:
        signal: the number of the signal that asked for it; 0 as long as none has.
    """

    def __init__(self) -> None:
        self.signal = 0

    def __call__(self) -> bool:
        """Whether somebody has asked to stop."""
        return self.signal != 0


@contextmanager
def interruptible(say: Callable[[str], None]) -> Iterator[Stop]:
    """Hand out what knows whether somebody has asked to stop.

    Outside the main thread signals cannot be caught, and nothing is changed.
    """
    stop = Stop()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def ask(number: int, frame: FrameType | None) -> None:
        if stop():
            raise KeyboardInterrupt
        stop.signal = number
        say("stopping after this step, to keep what there is (once more to drop it)")

    before = {number: signal.signal(number, ask) for number in SIGNALS}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
