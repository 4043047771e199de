"""``zoo experiment`` as a user types it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PLUGIN = """
from zoo.api import hookimpl
from zoo.api.experiment import Claim, Experiment, Findings, Measurement, graded


def square(context, number):
    context.progress.advance("squares", number, 4)
    return {"square": number * number}


class Squares(Experiment):
    name, summary, method = "squares", "Do squares grow?", "Whole numbers from 1 to 4."
    claims = (Claim("grow", "Squares grow.", "It holds if each is larger than the one before."),)
    uses_data = uses_seeds = False

    def parts(self, conditions):
        numbers = range(1, 3 if conditions.quick else 5)
        return {str(number): Measurement(square, {"number": number}) for number in numbers}

    def conclude(self, measured, conditions):
        from zoo.api import Table

        found = [part["square"] for part in measured.values()]
        rows = [[label, str(value)] for label, value in zip(measured, found)]
        verdict = graded(f"{found[0]} to {found[-1]}.", holds=found == sorted(set(found)))
        return Findings({"grow": verdict}, [Table(["number", "square"], rows)])

    def draw(self, measured, conditions):
        from matplotlib.figure import Figure

        figure = Figure()
        figure.add_subplot().plot([part["square"] for part in measured.values()])
        return {"squares": figure}


@hookimpl
def zoo_experiments():
    return [Squares()]
"""


@pytest.fixture
def plugin(tmp_path: Path) -> tuple[str, Path]:
    path = tmp_path / "squares_plugin.py"
    path.write_text(PLUGIN, encoding="utf-8")
    return "--plugin", path


def test_the_questions_are_listed(zoo_cli, plugin) -> None:  # type: ignore[no-untyped-def]
    done = zoo_cli(*plugin, "experiment", "list")
    assert done.code == 0
    assert "Do squares grow?" in done.out
    assert "B3" in done.out
    assert max(map(len, done.out.splitlines())) <= 80
    listed = json.loads(zoo_cli(*plugin, "experiment", "list", "--json").out)
    assert {"skips", "squares"} <= {entry["name"] for entry in listed}
    assert all(claim["rule"] for entry in listed for claim in entry["claims"])


def test_an_experiment_of_a_plugin_runs(zoo_cli, plugin) -> None:  # type: ignore[no-untyped-def]
    done = zoo_cli(*plugin, "experiment", "run", "squares")
    assert done.code == 0, done.err
    assert "1 to 16." in done.out
    folder = Path("runs/experiments/squares")
    assert sorted(path.name for path in folder.iterdir()) == ["report.html", "result.json", "squares.svg"]
    again = zoo_cli(*plugin, "experiment", "run", "squares", "--json")
    assert "4 of 4 parts were done before" in again.err
    [record] = json.loads(again.out)
    assert record["claims"][0]["outcome"] == "holds"
    assert record == json.loads((folder / "result.json").read_text(encoding="utf-8"))
    quick = zoo_cli(*plugin, "experiment", "run", "squares", "--quick")
    assert "1 to 4." in quick.out


def test_shares_are_collected(zoo_cli, plugin) -> None:  # type: ignore[no-untyped-def]
    for number in (1, 2):
        done = zoo_cli(*plugin, "experiment", "run", "squares", "--only", f"{number}/2", "--out", f"half{number}")
        assert (done.code, done.out) == (0, "")
        assert "2 of 4 parts are missing here" in done.err
    early = zoo_cli(*plugin, "experiment", "collect", "squares", "--from", "half1")
    assert early.code == 2
    assert "2 of 4 parts are not done" in early.err
    done = zoo_cli(*plugin, "experiment", "collect", "squares", "--from", "half1", "--from", "half2")
    assert done.code == 0
    assert "1 to 16." in done.out


def test_processes_of_a_launcher_share_one_experiment(plugin, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    launch = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2", "--master-port", "0"]
    done = subprocess.run(
        [*launch, "-m", "zoo", *map(str, plugin), "experiment", "run", "squares"],
        cwd=tmp_path, capture_output=True, text=True, check=True, env={**os.environ, "COLUMNS": "80"},
    )  # fmt: skip
    assert done.stdout.count("1 to 16.") == 1
    assert "squares: 1 " in done.stderr
    assert "squares: 2 " not in done.stderr  # the second process did it, in silence


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "sqares"], "did you mean squares?"),
        (["run", "squares", "--only", "3/2"], "--only '3/2' should read I/N"),
        (["run", "skips", "--seeds", "0,x"], "--seeds '0,x' should be different whole numbers"),
        (["run", "skips", "--seeds", "1,1"], "--seeds '1,1' should be different whole numbers"),
        (["run", "skips", "--data", "phots"], "did you mean photos or pets?"),
        (["run", "skips", "--epochs", "0"], "epochs"),
        (["run", "squares", "--out", "squares_plugin.py"], "is a file; name a folder"),
        (["run"], "NAME"),
        (["collect", "squares", "--from", "nowhere"], "nowhere/parts: there is no such folder"),
        (["collect", "squares"], "4 of 4 parts are not done"),
    ],
)
def test_bad_input_is_one_line(zoo_cli, plugin, arguments: list[str], said: str) -> None:  # type: ignore[no-untyped-def]
    done = zoo_cli(*plugin, "experiment", *arguments)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert len(done.err.strip().splitlines()) == 1
    assert not Path("runs").exists()
