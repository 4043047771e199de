"""A ``zoo`` for the build of the documentation that need not import torch anew for every command on the pages.

Importing takes most commands longer than their work, and the pages have dozens. So one process imports everything once,
and a copy of it (a fork) runs each command, with the command's own folder, environment and streams. It is started by
`hooks.py` and ends with it; what it runs is `zoo.cli.main`, as the installed program does.
"""

from __future__ import annotations

import importlib
import json
import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

HEAVY = (
    "matplotlib.figure",
    "PIL.Image",
    "skimage.color",
    "sympy",
    "torch",
    "zoo.complexity.deriving.result",
    "zoo.report.run",
    "zoo.jobs.train",
)

CLIENT = """#!{python} -IS
import array, json, os, socket, sys
server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
server.connect({address!r})
told = json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode()
server.sendmsg([len(told).to_bytes(4, "big")], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0, 1, 2]))])
server.sendall(told)
sys.exit(server.recv(1)[0])
"""


def start(folder: Path) -> subprocess.Popen[bytes]:
    """Start the process, and put the program ``zoo`` into a folder; ends when its standard input is closed."""
    folder.mkdir(parents=True, exist_ok=True)
    address = str((folder / "socket").resolve())
    program = folder / "zoo"
    program.write_text(CLIENT.format(python=sys.executable, address=address), encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    process = subprocess.Popen(
        [sys.executable, __file__, address], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    )
    assert process.stdout is not None
    process.stdout.readline()  # it listens
    return process


def serve(address: str) -> None:
    """Run commands until the parent is gone."""
    import select

    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listening.bind(address)
    listening.listen()
    sys.stdout.write("listening\n")
    sys.stdout.flush()
    import_what_commands_need()
    while sys.stdin.buffer not in (ready := select.select([listening, sys.stdin.buffer], [], [])[0]):
        assert ready
        asking, _ = listening.accept()
        with asking:
            size, streams, _, _ = socket.recv_fds(asking, 4, 3)
            request = b""
            while len(request) < int.from_bytes(size, "big"):
                request += asking.recv(1 << 16)
            child = os.fork()
            if child == 0:
                listening.close()
                run(request, streams)
            for stream in streams:
                os.close(stream)
            _, status = os.waitpid(child, 0)
            asking.sendall(bytes([os.waitstatus_to_exitcode(status) & 255]))


def import_what_commands_need() -> None:
    """Import the heavy packages; nothing here may start a thread, which a fork would not have."""
    for name in HEAVY:
        importlib.import_module(name)


def run(request: bytes, streams: list[int]) -> None:
    """Be the command: never returns."""
    arguments, folder, environment = json.loads(request)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    sys.stdin, sys.stdout, sys.stderr = (os.fdopen(number, mode, encoding="utf-8") for number, mode in enumerate("rww"))
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["zoo", *arguments]
    from zoo.cli import main

    code: object = 1
    try:
        main(arguments)
    except SystemExit as ended:
        code = ended.code
    except BaseException:
        sys.excepthook(*sys.exc_info())
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 0 if code is None else 1)


if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parents[2])
    serve(sys.argv[1])
