"""What reaches a terminal: whole numbers at any width, no control characters, and no character that it lacks."""

from __future__ import annotations

import io
import os
import subprocess
import sys

import pytest

from zoo.api import Table
from zoo.cli.output import print_paragraph, print_table, say
from zoo.cli.streams import prepare_streams
from zoo.errors import close_or_all, describe, printable

TABLE = Table(
    ["layer", "weights", "connections", "share of all the connections there are"],
    [["downconv1.0.convolution", "112,344", "1,234,567,890", "12.5%"], ["a few words in a row", "3", "17", "0.1%"]],
)


@pytest.mark.parametrize("width", [1, 10, 20, 40, 60, 80, 200])
def test_no_width_cuts_a_number(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    print_table(TABLE)
    lines = capsys.readouterr().out.splitlines()
    for number in ("112,344", "1,234,567,890", "12.5%", "17", "0.1%"):
        assert any(number in line.split() for line in lines), number


def test_control_characters_are_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    evil = "a\x1b[2Jb\rc\u202ed\udce9"
    print_table(Table([evil], [[evil]], caption=evil, words=None, foot=[evil]))
    print_paragraph(evil)
    say(f"{evil}\nsecond line")
    out = capsys.readouterr().out
    assert all(line.isprintable() for line in out.splitlines())
    assert out.count("a\\x1b[2Jb") >= 4
    assert out.endswith("\nsecond line\n")


def test_printable_leaves_text_alone() -> None:
    assert printable("größe 3² 日本 ✓") == "größe 3² 日本 ✓"
    assert printable("a\tb\n") == "a\\tb\\n"


def test_a_list_of_names_is_short() -> None:
    said = close_or_all("zzz", [f"name{number:05}" for number in range(2000)])
    assert len(said) < 400
    assert said.endswith("and 1,980 more.")


def test_what_cannot_be_described_is_named() -> None:
    class MuteError(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    assert describe(MuteError()) == "MuteError"


@pytest.mark.parametrize(
    ("encoding", "written"),
    [
        ("ascii", "k^2 * NF <= 3 -> grosse e \\u65e5"),
        ("latin-1", "k² · NF <= 3 -> grosse é \\u65e5"),
        ("utf-8", "k² · NF ≤ 3 → grosse é 日"),
    ],
)
def test_what_an_encoding_lacks_falls_back(encoding: str, written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr(sys, "stdout", stream)
    prepare_streams()
    stream.write("k² · NF ≤ 3 → grosse é 日")
    stream.flush()
    assert stream.buffer.getvalue().decode(encoding) == written  # type: ignore[attr-defined]


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
@pytest.mark.parametrize("command", [["list"], ["quiz"]])
def test_commands_in_a_terminal_of_another_encoding(encoding: str, command: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "zoo", *command],
        capture_output=True, check=False, env={**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
    done.stdout.decode(encoding)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no full device")
@pytest.mark.parametrize("command", [["list"], ["list", "--json"]])
def test_a_full_disk_is_a_line(command: list[str]) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "zoo", *command], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 1
    assert done.stderr == "zoo: error: No space left on device.\n"


@pytest.mark.skipif(os.name == "nt", reason="needs a shell")
@pytest.mark.parametrize("redirection", [">&-", "2>&-", ">&- 2>&-"])
def test_closed_streams_are_no_error(redirection: str) -> None:
    done = subprocess.run(f"{sys.executable} -m zoo list {redirection}", shell=True, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(os.name == "nt", reason="needs a shell")
def test_a_reader_that_has_read_enough_is_no_error() -> None:
    done = subprocess.run(f"{sys.executable} -m zoo list | head -1", shell=True, capture_output=True, check=False)
    assert done.stderr == b""
