"""How soon the command line answers, beside a bare Typer program and beside importing torch."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

BARE = """
import typer
app = typer.Typer(add_completion=False)
@app.command()
def hello(): print("hello")
@app.command()
def bye(): print("bye")
app(["hello"])
"""
PROGRAMS = {
    "bare Typer program": ["-c", BARE],
    "zoo list": ["-m", "zoo", "list"],
    "zoo --help": ["-m", "zoo", "--help"],
    "import torch": ["-c", "import torch"],
}


@pytest.mark.benchmark(group="start-up")
@pytest.mark.parametrize("program", PROGRAMS)
def test_startup(benchmark: BenchmarkFixture, program: str) -> None:
    command = [sys.executable, *PROGRAMS[program]]
    benchmark.pedantic(
        subprocess.run, args=(command,), kwargs={"check": True, "capture_output": True}, rounds=7, warmup_rounds=1
    )
