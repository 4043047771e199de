"""Every example of the documentation runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from zoo.registry import load_registry
from zoo.testing.run import Case, cases

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
REGISTRY = load_registry(folders=[EXAMPLES])
MINE = [entry for entry in REGISTRY.architectures() if (EXAMPLES / f"{entry.plugin}.py").is_file()]


def test_no_example_is_broken_or_slow_to_load() -> None:
    loaded = {plugin.name: plugin.errors for plugin in REGISTRY.plugins}
    for path in EXAMPLES.glob("*.py"):
        assert loaded[path.stem] == []
        assert "\nimport torch" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "case",
    [case for entry in MINE for case in cases(entry, [REGISTRY.task(entry.value.tasks[0]).value])],
    ids=str,
)
def test_architectures_keep_the_contract(case: Case) -> None:
    assert case.run().problem == ""


def test_a_preprocessing_a_data_set_and_a_notebook(zoo_cli) -> None:  # type: ignore[no-untyped-def]
    plugins = [word for name in ("coordinates", "ramps", "notebook") for word in ("--plugin", EXAMPLES / f"{name}.py")]
    done = zoo_cli(*plugins, "run", "coordinates", "--data", "ramps:40", "--size", 16, "--epochs", 1)
    assert done.code == 0, done.err
    head, line = Path("notebook.csv").read_text(encoding="utf-8").splitlines()
    assert head == "run,epochs,loss,accuracy"
    assert line.startswith("coordinates-1,1,")


@pytest.mark.parametrize("argument", ["many", "4", "-5"])
def test_a_data_set_refuses_nonsense(zoo_cli, argument: str) -> None:  # type: ignore[no-untyped-def]
    done = zoo_cli("--plugin", EXAMPLES / "ramps.py", "data", f"ramps:{argument}")
    assert (done.code, done.out) == (2, "")
    assert "ramps needs a number of pictures" in done.err


def test_a_task(zoo_cli, tiny_data: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    mine = (EXAMPLES / "mine.py").read_text(encoding="utf-8")
    both = mine.replace('("colorization",)', '("colorization", "dominant")')
    assert both != mine
    (tmp_path / "both.py").write_text(both, encoding="utf-8")
    plugins = ("--plugin", "both.py", "--plugin", EXAMPLES / "dominant.py")
    done = zoo_cli(
        *plugins, "run", "mine", "--task", "dominant", "--data", f"folder:{tiny_data}", "--size", 16, "--epochs", 1
    )
    assert done.code == 0, done.err
    assert "error" in done.out
    photo = next((tiny_data / "val").glob("*.png"))
    done = zoo_cli(*plugins, "predict", "runs/mine-1", photo, "--out", "strongest.png")
    assert done.code == 0, done.err
    assert Path("strongest.png").is_file()
