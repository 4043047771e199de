"""Call into a plugin so that nothing it does on the way harms the program or the other plugins.

Whatever it raises becomes a line of text, and so does an attempt to exit or to pose as Ctrl-C. What it prints goes to
stderr, for stdout may be JSON. What it changes of the process (standard streams, torch's defaults, logging, the
recursion limit, the working folder, signal handlers) is put back. Only ``os._exit`` and an endless loop get past it:
see `zoo.registry.trial`.
"""

from __future__ import annotations

import io
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import FrameType
from typing import Any, Generic, TypeVar

from zoo.errors import describe, printable

T = TypeVar("T")


@dataclass(frozen=True)
class Attempt(Generic[T]):
    """What came of a call.

    Attributes:
        value: what it returned; None if it failed.
        problem: why it failed, in a line; empty if it did not.
        changes: what it changed of the process, which was put back.
    """

    value: T | None
    problem: str = ""
    changes: tuple[str, ...] = ()


def attempt(call: Callable[[], T]) -> Attempt[T]:
    """Call into a plugin.

    Raises:
        KeyboardInterrupt: if the user pressed Ctrl-C meanwhile.
    """
    value, problem = None, ""
    changes: list[str] = []
    with state_kept(changes), _interrupts() as pressed, _output_on_stderr():
        try:
            value = call()
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt) and pressed:
                raise
            problem = describe(error)
    return Attempt(value, problem, tuple(changes))


class _Stderr(io.TextIOBase):
    """Stands for stdout and stderr: it cannot be closed, and lets no control characters through."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self.buffer = getattr(stream, "buffer", None)

    def write(self, text: str) -> int:
        lines = "\n".join(map(printable, str(text).split("\n")))
        with suppress(OSError, ValueError):
            self._stream.write(lines)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            self._stream.flush()

    def writable(self) -> bool:
        return True

    def close(self) -> None:
        self.flush()


@contextmanager
def _output_on_stderr() -> Iterator[None]:
    streams = sys.stdin, sys.stdout, sys.stderr
    with suppress(OSError, ValueError, AttributeError):
        sys.stdout.flush()
    try:
        kept = [(number, os.dup(number)) for number in (1, 2)]
        os.dup2(2, 1)
    except OSError:  # closed, as in some services
        kept = []
    sys.stdout = sys.stderr = _Stderr(sys.stderr)
    try:
        yield
    finally:
        sys.stdin, sys.stdout, sys.stderr = streams
        for number, copy in kept:
            os.dup2(copy, number)
            os.close(copy)


@contextmanager
def _interrupts() -> Iterator[list[int]]:
    """Tells Ctrl-C from a plugin that raises KeyboardInterrupt: the list is empty until the user presses it."""
    pressed: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield pressed
        return
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    usual = handlers[signal.SIGINT]

    def press(number: int, frame: FrameType | None) -> None:
        pressed.append(number)
        if callable(usual):
            usual(number, frame)

    if callable(usual):
        signal.signal(signal.SIGINT, press)
    try:
        yield pressed
    finally:
        for number, handler in handlers.items():
            if handler is not None:
                signal.signal(number, handler)


@contextmanager
def state_kept(changes: list[str]) -> Iterator[None]:
    """Put back what the body changes of the process, and add the names of it to a list."""
    before = _state()
    try:
        yield
    finally:
        for (what, value, put_back), (_, now, _) in zip(before, _state(), strict=True):
            if value != now:
                with suppress(Exception):
                    put_back()
                    changes.append(what)


def _state() -> list[tuple[str, Any, Callable[[], Any]]]:
    """What belongs to all: its name, its value, and how to set it to that value."""
    limit, root, hook = sys.getrecursionlimit(), logging.getLogger(), sys.excepthook
    level, handlers, silence = root.level, list(root.handlers), root.manager.disable
    folder = _folder()
    return [
        ("the recursion limit", limit, lambda: sys.setrecursionlimit(limit)),
        ("the level of logging", level, lambda: root.setLevel(level)),
        ("the handlers of logging", handlers, lambda: root.handlers.__setitem__(slice(None), handlers)),
        ("what logging lets through", silence, lambda: logging.disable(silence)),
        ("the working folder", folder, lambda: os.chdir(folder)),
        ("the handler of exceptions", hook, lambda: setattr(sys, "excepthook", hook)),
        *_torch_state(),
    ]


def _folder() -> str:
    try:
        return os.getcwd()
    except OSError:  # it was removed
        return ""


def _torch_state() -> list[tuple[str, Any, Callable[[], Any]]]:
    """Torch's own defaults; before it is imported, those that it starts with."""
    torch: Any = sys.modules.get("torch")
    loaded = hasattr(torch, "set_default_dtype") and hasattr(torch, "is_grad_enabled")
    dtype = str(torch.get_default_dtype()) if loaded else "torch.float32"
    grad = torch.is_grad_enabled() if loaded else True

    def put_back_dtype() -> None:
        from importlib import import_module

        module: Any = import_module("torch")
        module.set_default_dtype(getattr(module, dtype.removeprefix("torch.")))

    def put_back_grad() -> None:
        from importlib import import_module

        import_module("torch").set_grad_enabled(grad)

    return [
        ("torch's default dtype", dtype, put_back_dtype),
        ("whether torch keeps gradients", grad, put_back_grad),
    ]
