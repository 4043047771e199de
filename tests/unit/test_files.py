"""Files are written whole or not at all, and what a kill leaves behind is removed."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

from zoo.errors import FailedError, UserError, WriteError
from zoo.files import replacing, to_json, write_text
from zoo.jobs.stages import stage

KILLED = """
import os, pathlib, sys
from zoo.files import replacing
with replacing(pathlib.Path(sys.argv[1]) / "run.json") as temporary:
    temporary.write_text("half")
    os.kill(os.getpid(), 9)
"""


def test_the_next_write_removes_what_a_killed_one_left(tmp_path: Path) -> None:
    write_text(tmp_path / "run.json", "whole")
    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    assert killed.returncode == -9
    (leftover,) = tmp_path.glob(".*")
    assert leftover.read_text() == "half"
    assert (tmp_path / "run.json").read_text() == "whole"
    with replacing(tmp_path / "other.json") as mine:
        mine.write_text("new")
        write_text(tmp_path / "run.json", "newer")
        assert mine.exists(), "a file that is being written stays"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other.json", "run.json"]


def test_a_full_disk_is_a_line_that_names_the_file_and_leaves_the_old_one(tmp_path: Path) -> None:
    write_text(tmp_path / "a.txt", "old")
    with pytest.raises(WriteError) as raised, replacing(tmp_path / "a.txt"):
        raise OSError(28, "No space left on device")
    assert str(raised.value) == f"cannot write {tmp_path / 'a.txt'}: No space left on device."
    assert isinstance(raised.value, FailedError)
    assert isinstance(raised.value, OSError)
    assert raised.value.errno == 28
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_output_to_a_full_disk_is_a_line() -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "zoo", "list"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 1
    assert done.stderr == "zoo: error: No space left on device.\n"


def test_json_has_no_nan() -> None:
    text = to_json({"loss": math.nan, "lines": [(1, math.inf), 0.5], 3: True})
    assert json.loads(text, parse_constant=pytest.fail) == {"loss": None, "lines": [[1, None], 0.5], "3": True}


@pytest.mark.parametrize("error", [ValueError("odd\nlines"), AttributeError("'NoneType' has no x"), RecursionError()])
def test_what_a_plugin_raises_becomes_a_line_that_names_it(error: Exception) -> None:
    with pytest.raises(FailedError, match=r"^building mine/mine failed: ") as raised, stage("building", "mine/mine"):
        raise error
    assert raised.value.__cause__ is error
    assert "\n" not in str(raised.value)
    assert "test_files.py, line" in str(raised.value)


WORDED = [UserError("said"), FailedError("said"), OSError(28, "full"), MemoryError(), KeyboardInterrupt()]


@pytest.mark.parametrize("error", WORDED)
def test_what_is_no_fault_of_a_plugin_passes_through(error: BaseException) -> None:
    with pytest.raises(type(error)) as raised, stage("building", "mine/mine"):
        raise error
    assert raised.value is error


@pytest.mark.parametrize(
    ("variables", "main"),
    [
        ({}, True),
        ({"RANK": ""}, True),
        ({"RANK": "3"}, True),
        ({"RANK": "x", "WORLD_SIZE": "2"}, True),
        ({"RANK": "0", "WORLD_SIZE": "2"}, True),
        ({"RANK": "1", "WORLD_SIZE": "2"}, False),
    ],
)
def test_the_main_process_is_the_first_of_a_launchers(
    variables: dict[str, str], main: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    from zoo.cli.output import is_main_process

    for name in ("RANK", "WORLD_SIZE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert is_main_process() is main


def test_a_leftover_of_a_process_that_runs_is_not_touched(tmp_path: Path) -> None:
    write_text(tmp_path / "a.txt", "old")
    with replacing(tmp_path / "a.txt") as temporary:
        other = temporary.with_name(temporary.name.replace(f"-{os.getpid()}-", f"-{os.getppid()}-"))
        other.write_text("its")
        write_text(tmp_path / "b.txt", "new")
        assert other.exists()
