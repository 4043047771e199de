"""The pages of questions: one for every question, made of results that are what the code says."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

from zoo.api.experiment import Conditions
from zoo.experiments.questions.skips import Skips
from zoo.experiments.result import Result, stale
from zoo.registry import load_registry

DOCS = Path(__file__).resolve().parents[2] / "docs"
RESULTS = sorted((DOCS / "results").glob("*.json"))
PAGES = [path for path in sorted((DOCS / "questions").glob("*.md")) if path.stem != "index"]
REGISTRY = load_registry()
BUILT_IN = [entry.name for entry in REGISTRY.experiments()]


@pytest.fixture
def pagekit(monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    monkeypatch.syspath_prepend(DOCS / "building")
    sys.modules.pop("pagekit", None)
    import pagekit  # type: ignore[import-not-found]

    return pagekit


@pytest.mark.parametrize("path", RESULTS, ids=lambda path: path.name)
def test_a_kept_result_is_what_the_code_says(path: Path) -> None:
    assert stale(path, REGISTRY) == []
    assert json.loads(path.read_text(encoding="utf-8"))["experiment"] == path.stem


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_question_has_a_page(name: str) -> None:
    page = DOCS / "questions" / f"{name}.md"
    assert page.is_file(), f"write {page.relative_to(DOCS.parent)}, as its neighbors are, and name it in mkdocs.yml"
    assert f'answer("{name}")' in page.read_text(encoding="utf-8")


def test_every_page_is_in_the_navigation() -> None:
    navigation = (DOCS.parent / "mkdocs.yml").read_text(encoding="utf-8")
    pages = [path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")]
    assert [page for page in pages if not re.search(rf": {re.escape(page)}$", navigation, re.MULTILINE)] == []


def test_every_sheet_belongs_to_a_result() -> None:
    names = {path.stem for path in RESULTS}
    sheets = [path.stem for path in (DOCS / "results").glob("*.png")]
    assert [sheet for sheet in sheets if not any(sheet.startswith(f"{name}-") for name in names)] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_does_not_repeat_figures(path: Path) -> None:
    """What was measured is in the JSON; by hand, a page tells only what the course or the write-up says."""
    said = re.sub(r"from 30% to 50%", "", path.read_text(encoding="utf-8"))
    assert re.findall(r"\d+(?:\.\d+)?\s?%", said) == []


def measured(accuracy: float) -> dict[str, object]:
    figures = {"loss": 1.0, "accuracy": accuracy, "chromatic_accuracy": 0.5}
    return {"parameters": 1000, "result": figures, "epochs": []}


def test_a_result_becomes_a_page(pagekit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(pagekit, "RESULTS", tmp_path)
    assert "zoo experiment run skips" in pagekit.answer("skips")
    assert "no result yet" in pagekit.overview()

    conditions = Conditions(seeds=(0, 1))
    parts = Skips().parts(conditions)
    result = Result.of(
        Skips(), conditions, {label: measured(0.3 + place / 100) for place, label in enumerate(parts)}, {}
    )
    result.save(tmp_path / "skips.json")
    page = pagekit.answer("skips")
    for claim in Skips.claims:
        assert claim.text in page
        assert result.findings.verdicts[claim.name].outcome in page
    assert "#only-light" in page
    assert "#only-dark" in page
    assert result.origin["command"] in page
    assert result.origin["date"] in page
    assert Skips.claims[0].text in pagekit.overview()

    result.save(tmp_path / "looks.json")
    with pytest.raises(Exception, match="name the file so"):
        pagekit.result_of("looks")


def test_a_stale_result_would_be_found(tmp_path: Path) -> None:
    conditions = Conditions(seeds=(0, 1))
    parts = {label: measured(0.3 + place / 100) for place, label in enumerate(Skips().parts(conditions))}
    path = tmp_path / "skips.json"
    Result.of(Skips(), conditions, parts, {}).save(path)
    assert stale(path, REGISTRY) == []
    record = json.loads(path.read_text(encoding="utf-8"))
    record["claims"][0]["rule"] = "It holds if we like it."
    path.write_text(json.dumps(record), encoding="utf-8")
    assert stale(path, REGISTRY) == ["skips.json: claims is no longer what the code says"]


def test_text_that_looks_like_markup_is_shown_as_it_is(pagekit) -> None:  # type: ignore[no-untyped-def]
    from zoo.api import Table

    html = pagekit.table(Table(["a|b"], [["2*NF*NC < 3"]], "c"))
    assert "a\\|b" in html
    assert "2\\*NF\\*NC &lt; 3" in html


def test_exercises_name_their_commands(pagekit) -> None:  # type: ignore[no-untyped-def]
    from zoo.quiz import TOPICS

    for topic in TOPICS:
        html = pagekit.exercises(topic.name)
        for exercise in topic.exercises:
            assert f"zoo quiz {topic.name}/{exercise.name} " in html
        tutorial = DOCS / "tutorials" / f"{topic.name}.md"
        assert f'exercises("{topic.name}")' in tutorial.read_text(encoding="utf-8")
