"""What the README shows works as it is written."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
import typer
from PIL import Image

from zoo.cli.app import app

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAIN_JOB = "python3 -m pip install uv && uv run zoo run unet"
TESTS = "python3 -m pip install uv && uv run pytest"


def fences(language: str) -> list[str]:
    return re.findall(rf"^```{language}(?: [^\n]*)?\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)


def test_python_runs(tiny_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The block as it stands, but for the data: the photos would take minutes."""
    blocks = [block for block in fences("python") if not block.startswith("# mine.py")]
    assert len(blocks) == 1
    assert blocks[0].count('data="photos"') == 2
    code = blocks[0].replace('data="photos"', f'data="folder:{tiny_data.as_posix()}", size=16')
    monkeypatch.chdir(tmp_path)
    photo = np.random.default_rng(0).integers(0, 256, (48, 40, 3), dtype=np.uint8)
    Image.fromarray(photo).save("photo.jpg")

    names: dict[str, object] = {}
    exec(compile(code, "README.md", "exec"), names)

    assert Path("runs/unet-1/report.html").is_file()
    assert Path("runs/compare-1/report.html").is_file()
    with Image.open("colored.png") as colored:
        assert colored.size == (40, 48)


def test_mine_is_the_example_of_the_docs() -> None:
    assert (ROOT / "docs" / "examples" / "mine.py").read_text(encoding="utf-8") in fences("python")


def test_mine_runs(zoo_cli, tiny_data: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """``zoo --plugin mine.py run mine``, on a tiny data set."""
    [code] = [block for block in fences("python") if block.startswith("# mine.py")]
    (tmp_path / "mine.py").write_text(code, encoding="utf-8")
    plugins = zoo_cli("--plugin", "mine.py", "plugins")
    assert "warning" not in plugins.out
    done = zoo_cli(
        "--plugin", "mine.py", "run", "mine", "--set", "width=4",
        "--data", f"folder:{tiny_data}", "--size", 16, "--epochs", 1, "--out", "run",
    )  # fmt: skip
    assert done.code == 0, done.err
    assert Path("run", "samples.png").is_file()


@pytest.mark.parametrize("command", [MAIN_JOB, TESTS])
def test_the_two_commands_are_those_of_ci(command: str) -> None:
    """CI types what a newcomer types; running them here would install everything once more."""
    assert f"{command}\n" in fences("bash")
    assert f"'{command}'\n" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_verdicts_are_those_of_the_kept_results() -> None:
    rows = re.findall(
        r"^\| .+ \| (.+) \| \[`(\S+)` (\S+)\]\(docs/questions/(\S+)\.md\) \|$", README, flags=re.MULTILINE
    )
    assert len(rows) >= 10
    for word, experiment, claim, page in rows:
        record = json.loads((ROOT / "docs" / "results" / f"{experiment}.json").read_text(encoding="utf-8"))
        assert page == experiment
        assert {claim_record["name"]: claim_record["outcome"] for claim_record in record["claims"]}[claim] == word, (
            f"{experiment}: {claim}"
        )


def test_the_table_names_every_command() -> None:
    named = re.findall(r"^\| `zoo (\w+)", README, flags=re.MULTILINE)
    assert sorted(named) == sorted(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


def test_files_that_it_points_to_are_there() -> None:
    linked = re.findall(r"\]\((?!https?:|#)([^)]+)\)", README)
    named = re.findall(r"`((?:docs/)?[\w-]+\.(?:md|txt|cff|png)|LICENSE)`", README)
    made_by_runs = {"samples.png", "curves.png"}
    missing = [name for name in {*linked, *named} - made_by_runs if not (ROOT / name).is_file()]
    assert missing == []
