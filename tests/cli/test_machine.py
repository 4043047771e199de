"""What a machine may lack or break: a home folder, a launcher's variables, a reader of the output."""

from __future__ import annotations

import errno
import pwd
from pathlib import Path

import pytest

import zoo
from zoo.experiments.shard import Shard
from zoo.registry import load_registry
from zoo.testing.run import Case


@pytest.fixture
def homeless(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "ZOO_CACHE", "ZOO_PROGRESS"):
        monkeypatch.delenv(name, raising=False)

    def nobody(uid: int) -> None:
        raise KeyError(f"getpwuid(): uid not found: {uid}")

    monkeypatch.setattr(pwd, "getpwuid", nobody)


@pytest.mark.usefixtures("homeless")
def test_without_a_home_a_line_says_what_to_set(zoo_cli) -> None:  # type: ignore[no-untyped-def]
    assert zoo_cli("list").code == 0
    for arguments in (("data",), ("run", "lookup", "--data", "composed")):
        ended = zoo_cli(*arguments)
        assert ended.code == 2
        assert "there is no home folder (HOME is not set); set ZOO_" in ended.err
    assert not Path("~").exists()


@pytest.mark.usefixtures("homeless")
def test_without_a_home_a_tilde_is_part_of_a_name(  # type: ignore[no-untyped-def]
    zoo_cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZOO_CACHE", str(tmp_path / "cache"))
    ended = zoo_cli("data", "folder:~/photos")
    assert ended.code == 2
    assert "there is no folder ~/photos" in ended.err


@pytest.mark.parametrize(
    ("variables", "shard"),
    [
        ({"WORLD_SIZE": "", "RANK": ""}, None),
        ({"RANK": "3"}, None),
        ({"WORLD_SIZE": "2"}, "error"),
        ({"WORLD_SIZE": "2", "RANK": ""}, "error"),
        ({"WORLD_SIZE": "two", "RANK": "0"}, "error"),
        ({"WORLD_SIZE": "2", "RANK": "1", "LOCAL_RANK": ""}, Shard(2, 2)),
    ],
)
def test_half_of_a_launchers_variables(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], shard: Shard | str | None
) -> None:
    for name in ("WORLD_SIZE", "RANK", "LOCAL_RANK", "CUDA_VISIBLE_DEVICES"):
        monkeypatch.setenv(name, "")  # restored after the test, whatever becomes of it
        monkeypatch.delenv(name)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    if shard == "error":
        with pytest.raises(zoo.UserError, match="WORLD_SIZE is set, and RANK or LOCAL_RANK"):
            Shard.of_launcher()
    else:
        assert Shard.of_launcher() == shard


def test_a_reader_that_has_seen_enough_is_no_failure(zoo_cli, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    def closed(*_: object, **__: object) -> None:
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")

    monkeypatch.setattr("zoo.cli.list_.print_table", closed)
    monkeypatch.setattr("sys.stderr.close", lambda: None, raising=False)
    ended = zoo_cli("list")
    assert (ended.code, ended.err) == (0, "")


def test_a_check_that_exits_has_failed() -> None:
    def check_build(entry: object, task: object) -> None:
        """It builds."""
        raise SystemExit(0)

    registry = load_registry()
    outcome = Case(registry.architecture("lookup"), registry.task("colorization").value, check_build).run()
    assert outcome.status == "failed"
    assert outcome.problem.startswith("SystemExit: 0")
