"""Names of runs are text wherever they are shown, and no environment and no failure of drawing costs a run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from zoo.api import Metric
from zoo.comparison import _labelled
from zoo.errors import WriteError
from zoo.report import curves, samples
from zoo.report.curves import draw_curves
from zoo.report.drawing import attempt, write_png
from zoo.report.figures import comparison_table
from zoo.report.page import Section, write_page
from zoo.report.samples import draw_samples
from zoo.runs.run import Run
from zoo.runs.samples import side_by_side, write_samples

NAMES = ("_old", "truth", "p$_$", "$\\frac{1$", "\udce9t\udcff", "a\x1b[2Jb", "日本", "lookup (reference)", "<b>&")
METRIC = Metric("accuracy", "accuracy", "right", higher_is_better=True)
REFERENCE = {"architecture": "lookup", "loss": 1.5, "accuracy": 0.4}


def made(folder: Path, name: str, loss: float = 1.0) -> Run:
    (folder / name).mkdir()
    record = {"judged_on": "same", "parameters": 3, "plan": {"task_config": {}}, "reference": REFERENCE}
    run = Run(folder / name, {**record, "result": {"loss": loss, "accuracy": 0.5}})
    run.set_epochs([{"epoch": 1, "loss": loss, "train_loss": loss, "accuracy": 0.5}])
    return run


def width(picture: Path) -> int:
    with Image.open(picture) as image:
        return image.size[0]


def texts(monkeypatch: pytest.MonkeyPatch, module: object, draw: object, *arguments: object) -> list[str]:
    """What is written in the figure that a function draws."""
    figures: list[Figure] = []

    def keep(path: Path, make, dpi: int) -> None:  # type: ignore[no-untyped-def]
        figures.append(make())

    monkeypatch.setattr(module, "write_png", keep)
    draw(*arguments)  # type: ignore[operator]
    (figure,) = figures
    legends = [text.get_text() for legend in figure.legends for text in legend.get_texts()]
    return legends + [text.get_text() for text in figure.texts]


def test_every_name_is_in_the_legend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    labelled = _labelled([made(tmp_path, name, place) for place, name in enumerate(NAMES)])
    draw_curves(tmp_path / "curves.png", labelled, [METRIC])
    assert width(tmp_path / "curves.png") > 500
    text = texts(monkeypatch, curves, draw_curves, tmp_path / "x.png", labelled, [METRIC])
    escaped = [
        "_old",
        "truth",
        "p$_$",
        "$\\frac{1$",
        "\\udce9t\\udcff",
        "a\\x1b[2Jb",
        "日本",
        "lookup (reference)",
        "<b>&",
    ]
    assert text == [*escaped, "lookup"]


@pytest.mark.parametrize("name", NAMES)
def test_one_run_of_any_name_is_drawn(tmp_path: Path, name: str) -> None:
    draw_curves(tmp_path / "curves.png", {name: made(tmp_path, name)}, [METRIC])
    row = np.zeros((2, 4, 4, 3), np.uint8)
    draw_samples(tmp_path / "samples.png", {name: row, f"input\n{name}": row})
    assert width(tmp_path / "samples.png") > 100


def test_a_run_called_as_a_row_or_a_column_replaces_neither(tmp_path: Path) -> None:
    sheets = {}
    for number, name in enumerate(("truth", "input", "other")):
        sheets[name] = tmp_path / f"{number}.npz"
        rows = {"input": 0, "truth": 1, "prediction": 7 + number}
        write_samples(sheets[name], {label: np.full((1, 2, 2, 3), level, np.uint8) for label, level in rows.items()})
    sheet = side_by_side(sheets)
    assert {label: int(row.max()) for label, row in sheet.items()} == {
        "input": 0,
        "truth": 1,
        "truth (2)": 7,
        "input (2)": 8,
        "other": 9,
    }
    runs = {"lookup (reference)": made(tmp_path, "lookup (reference)")}
    assert comparison_table(runs, [METRIC]).head == [
        "validation",
        "lookup (reference)",
        "lookup (reference) (2)",
        "best",
    ]


def test_a_sheet_shows_text(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    row = np.zeros((1, 4, 4, 3), np.uint8)
    text = texts(monkeypatch, samples, draw_samples, tmp_path / "x.png", dict.fromkeys(NAMES, row))
    assert text[:3] == ["_old", "truth", "p$_$"]
    assert all(label.isprintable() for label in text)


def test_a_page_takes_any_name(tmp_path: Path) -> None:
    gone = (tmp_path / "gone.png", "never drawn")
    write_page(tmp_path / "page.html", "\udce9 <b>", "", [Section("Pictures", charts=[gone], photos=[gone])])
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "\\udce9 &lt;b&gt;" in text
    assert "never drawn" not in text


def test_a_notebooks_style_changes_no_picture(tmp_path: Path) -> None:
    run = {"p$_$": made(tmp_path, "run")}
    draw_curves(tmp_path / "plain.png", run, [METRIC])
    with mpl.rc_context({"text.usetex": True, "font.size": 40, "axes.facecolor": "red", "text.parse_math": True}):
        draw_curves(tmp_path / "styled.png", run, [METRIC])
        assert mpl.rcParams["text.usetex"]
    assert (tmp_path / "plain.png").read_bytes() == (tmp_path / "styled.png").read_bytes()


@pytest.mark.parametrize("broken", ["backend", "matplotlibrc"])
def test_a_broken_environment_does_not_matter(tmp_path: Path, broken: str) -> None:
    environment = {**os.environ}
    if broken == "backend":
        environment["MPLBACKEND"] = "module://nowhere.at_all"
    else:
        (tmp_path / "matplotlibrc").write_bytes(b"\xff\xfe\x00")
    code = (
        "import os; before = dict(os.environ); from zoo.report.samples import draw_samples; import numpy, pathlib; "
        "draw_samples(pathlib.Path('x.png'), {'$': numpy.zeros((1, 4, 4, 3), 'uint8')}); "
        "assert os.environ.get('MPLBACKEND') == before.get('MPLBACKEND')"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    assert (tmp_path / "x.png").stat().st_size > 100


def test_a_drawing_that_fails_costs_one_picture(tmp_path: Path) -> None:
    path = tmp_path / "curves.png"
    path.write_bytes(b"of an earlier end")

    def fails() -> Figure:
        raise ZeroDivisionError("no room\nfor axes")

    said = attempt(path, lambda target: write_png(target, fails, 100))
    assert said.startswith("curves.png could not be drawn (ZeroDivisionError: no room for axes")
    assert not path.exists()
    with pytest.raises(WriteError):  # which is the disk's, and ends the run
        attempt(tmp_path / "none" / "x.png", lambda target: write_png(target, Figure, 10))
