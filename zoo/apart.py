"""Run work that touches a stranger's code in a process of its own, and believe only what that process reports.

The child is ``python -m zoo.apart``. It reads a request from stdin: a random token, a function of the zoo, and its
arguments. It looks the function up before anything of the stranger is imported, and sends what the function yields as
lines that carry the token, with an end mark behind them. Whatever else reaches the pipe is not believed, and a process
that exits, hangs, is killed or eats the memory before the end mark has failed. This holds against mistakes and pranks,
not against an attack: code in the same process can find the token if it searches the memory for it.
"""

from __future__ import annotations

import importlib
import json
import os
import queue
import secrets
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import IO, Any

from zoo.errors import FailedError, UserError

MEMORY_BYTES = 4_000_000_000
"""What the process may take, where the system can limit it."""


class ApartError(FailedError):
    """The process did not report to its end; the message says how it ended, without naming what it did."""


def run_apart(function: str, arguments: dict[str, Any], *, idle_s: float) -> Iterator[Any]:
    """Call a function in a process of its own.

    Args:
        function: ``module:name`` of a generator of JSON values.
        arguments: its keyword arguments, as JSON.
        idle_s: how many seconds may pass until its first value, and from one to the next; up to four times as many
            where other programs keep the machine busy.

    Yields:
        What the function yields.

    Raises:
        ApartError: if the process ends before the function does, or lets more time pass.
        UserError: if the function does.
    """
    token = secrets.token_hex(16)
    limit_s = idle_s * _crowding()
    process = subprocess.Popen(
        [sys.executable, "-m", "zoo.apart"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    lines: queue.Queue[bytes] = queue.Queue()
    reader = threading.Thread(target=_forward, args=(process.stdout, lines), daemon=True)
    reader.start()
    try:
        with process.stdin as request:
            request.write(json.dumps({"token": token, "function": function, "arguments": arguments}).encode())
        while True:
            message = _next(lines, token, process, limit_s)
            if "end" in message:
                return
            if "error" in message:
                raise UserError(message["error"])
            yield message["value"]
    except BrokenPipeError:
        raise ApartError("ended before it began") from None
    finally:
        _end(process)
        reader.join(timeout=5)


def _crowding() -> float:
    """How many times longer work takes because of other programs, from 1 to 4."""
    if not hasattr(os, "getloadavg"):  # Windows
        return 1.0
    return min(4.0, max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1)))


def _forward(pipe: IO[bytes], lines: queue.Queue[bytes]) -> None:
    with pipe:
        for line in pipe:
            lines.put(line)
    lines.put(b"")


def _next(lines: queue.Queue[bytes], token: str, process: subprocess.Popen[bytes], limit_s: float) -> dict[str, Any]:
    """The next line that carries the token."""
    while True:
        try:
            line = lines.get(timeout=limit_s)
        except queue.Empty:
            raise ApartError(f"did not end within {limit_s:.0f} s") from None
        if not line:
            raise ApartError(_ending(process))
        try:
            message = json.loads(line)
        except ValueError:
            continue
        if isinstance(message, dict) and message.get("token") == token:
            return message


def _ending(process: subprocess.Popen[bytes]) -> str:
    try:
        code = process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        return "closed its output"
    if code < 0:
        return f"was killed by {signal.Signals(-code).name}"
    return f"exited with code {code} before its end"


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process, and what it may have started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (OSError, AttributeError):  # it has ended, or this is Windows
        process.kill()
    process.wait()


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = MEMORY_BYTES if hard == resource.RLIM_INFINITY else min(MEMORY_BYTES, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (most, hard))


def main() -> None:
    """The child's side."""
    request = json.loads(sys.stdin.buffer.read())
    module, _, name = request["function"].partition(":")
    function = getattr(importlib.import_module(module), name)
    report = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)  # what the stranger prints belongs on stderr
    _limit_memory()
    dumps, token = json.dumps, request.pop("token")

    def send(**message: Any) -> None:
        report.write(dumps({"token": token, **message}) + "\n")
        report.flush()

    try:
        for value in function(**request["arguments"]):
            send(value=value)
        send(end=True)
    except UserError as error:
        send(error=str(error))
    os._exit(0)  # without what the stranger may have left to do at the end


if __name__ == "__main__":
    main()
