"""A headless Chromium, spoken to over two pipes in its DevTools protocol; nothing but the standard library is needed.

The protocol is documented at chromedevtools.github.io/devtools-protocol. Messages are JSON, ended by a zero byte.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
TIMEOUT_S = 60.0

WORKERS = "/workers/"
"""In the address of a script that runs beside the page, and reports its end there and not to the page."""

QUIET = (
    "--headless=new",
    "--no-sandbox",  # CI runs as root
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--metrics-recording-only",
    "--no-default-browser-check",
    "--no-first-run",
    "--no-proxy-server",
    "--remote-debugging-pipe",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",  # offline: no name but this one leads anywhere
)


AS_THREE_AND_FOUR = """
import fcntl, os, sys
reads, writes = (fcntl.fcntl(int(number), fcntl.F_DUPFD, 10) for number in sys.argv[1:3])
os.dup2(reads, 3)
os.dup2(writes, 4)
os.execv(sys.argv[3], sys.argv[3:])
"""
"""Becomes the browser, after giving the pipes the numbers under which it looks for them."""


def find_browser() -> str | None:
    """The program, if there is one; the variable CHROMIUM names another."""
    named = os.environ.get("CHROMIUM")
    return named or next((path for name in NAMES if (path := shutil.which(name))), None)


@dataclass
class Page:
    """One tab, and what it has complained about since it was last asked.

    Attributes:
        call: sends a command of the protocol and returns its result.
        home: the only address that anything may be asked of.
        problems: errors on the console, exceptions, failed and foreign requests.
        loaded: how often a page has been loaded.
        waiting: requests that have not ended, by their identifier.
    """

    call: Callable[..., dict[str, Any]]
    home: str
    problems: list[str] = field(default_factory=list)
    loaded: int = 0
    waiting: dict[str, str] = field(default_factory=dict)

    def hear(self, method: str, reply: dict[str, Any]) -> None:
        """Note an event of the protocol."""
        if method == "Page.loadEventFired":
            self.loaded += 1
        elif method == "Network.requestWillBeSent":
            url = reply["request"]["url"]
            if WORKERS not in url:
                self.waiting[reply["requestId"]] = url
            if not url.startswith((self.home, "data:", "blob:", "about:")):
                self.problems.append(f"asks another machine: {url}")
        elif method == "Network.responseReceived" and reply["response"]["status"] >= 400:
            self.problems.append(f"missing ({reply['response']['status']}): {reply['response']['url']}")
        elif method == "Network.loadingFinished":
            self.waiting.pop(reply["requestId"], None)
        elif method == "Network.loadingFailed":
            url = self.waiting.pop(reply["requestId"], "?")
            if not reply.get("canceled"):
                self.problems.append(f"failed ({reply['errorText']}): {url}")
        elif method == "Runtime.exceptionThrown":
            details = reply["exceptionDetails"]
            self.problems.append(f"exception: {details.get('exception', {}).get('description', details['text'])}")
        elif method == "Runtime.consoleAPICalled" and reply["type"] in ("error", "assert"):
            self.problems.append(f"console: {' '.join(str(one.get('value', '')) for one in reply['args'])}")
        elif method == "Log.entryAdded" and reply["entry"]["level"] == "error":
            self.problems.append(f"log: {reply['entry']['text']} {reply['entry'].get('url', '')}")

    def open(self, url: str) -> None:
        """Load a page, and wait until its requests have ended."""
        before = self.loaded
        self.waiting.clear()
        self.call("Page.navigate", url=url)
        self.wait(lambda: self.loaded > before and not self.waiting, f"{url} to load")

    def run(self, script: str) -> Any:
        """The value of an expression of JavaScript, awaited."""
        reply = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in reply:
            raise AssertionError(f"{script}: {reply['exceptionDetails']}")
        return reply["result"].get("value")

    def wait(self, done: Callable[[], bool], what: str) -> None:
        """Listen until something is so."""
        end = time.monotonic() + TIMEOUT_S
        while not done():
            assert time.monotonic() < end, f"waited {TIMEOUT_S:.0f} s for {what}: {list(self.waiting.values())}"
            self.call("Runtime.evaluate", expression="1")
            time.sleep(0.01)

    def complaints(self) -> list[str]:
        """What has been noted since the last time."""
        reply, self.problems[:] = list(dict.fromkeys(self.problems)), []
        return reply


@contextmanager
def browse(program: str, home: str, profile: Path) -> Iterator[Page]:
    """A browser with one tab, ended afterwards.

    Args:
        program: the browser.
        home: the only address that may be asked for anything, with a slash at its end.
        profile: an empty folder of its own.
    """
    from_us, to_us = os.pipe(), os.pipe()
    wanted = [sys.executable, "-c", AS_THREE_AND_FOUR, str(from_us[0]), str(to_us[1])]
    command = [*wanted, program, *QUIET, f"--user-data-dir={profile}", "about:blank"]
    process = subprocess.Popen(
        command, pass_fds=(from_us[0], to_us[1]), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    os.close(from_us[0])
    os.close(to_us[1])
    pipe = _Pipe(to_us[0], from_us[1])
    try:
        target = pipe.call("Target.createTarget", url="about:blank")["targetId"]
        session = pipe.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = Page(lambda method, **given: pipe.call(method, session, **given), home)
        pipe.hear = page.hear
        for domain in ("Page", "Network", "Runtime", "Log"):
            page.call(f"{domain}.enable")
        yield page
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        os.close(to_us[0])
        os.close(from_us[1])


class _Pipe:
    """Sends commands and waits for their answers; events that come in between are told to `hear`."""

    def __init__(self, reads: int, writes: int) -> None:
        self.reads, self.writes, self.sent, self.rest = reads, writes, 0, b""
        self.hear: Callable[[str, dict[str, Any]], None] = lambda method, reply: None

    def call(self, method: str, session: str | None = None, **given: Any) -> dict[str, Any]:
        self.sent += 1
        message: dict[str, Any] = {"id": self.sent, "method": method, "params": given}
        if session:
            message["sessionId"] = session
        os.write(self.writes, json.dumps(message).encode() + b"\0")
        end = time.monotonic() + TIMEOUT_S
        while True:
            reply = self._next(end, method)
            if reply.get("id") == self.sent:
                assert "error" not in reply, f"{method}: {reply['error']}"
                result: dict[str, Any] = reply["result"]
                return result
            if "method" in reply:
                self.hear(reply["method"], reply["params"])

    def _next(self, end: float, waiting_for: str) -> dict[str, Any]:
        while b"\0" not in self.rest:
            ready, _, _ = select.select([self.reads], [], [], max(0.0, end - time.monotonic()))
            assert ready, f"the browser did not answer {waiting_for} within {TIMEOUT_S:.0f} s"
            got = os.read(self.reads, 1 << 16)
            assert got, "the browser has ended"
            self.rest += got
        message, _, self.rest = self.rest.partition(b"\0")
        reply: dict[str, Any] = json.loads(message)
        return reply
