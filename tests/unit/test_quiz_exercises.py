"""Every exercise's own solution passes its check, and every mistake that it knows is answered as it says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import zoo.complexity
from zoo.quiz import TOPICS, find
from zoo.quiz.answers import read_number
from zoo.quiz.exercise import Exercise
from zoo.quiz.kinds import ChoiceExercise, FileExercise, FormulaExercise, NumberExercise
from zoo.quiz.topics import reading
from zoo.registry import Registry, load_registry

ADDRESSES = [f"{topic.name}/{exercise.name}" for topic in TOPICS for exercise in topic.exercises]
FILES = [address for address in ADDRESSES if address.startswith("plugins/")]


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry()


@pytest.fixture(scope="module", autouse=True)
def _derive_once() -> Iterator[None]:
    """Deriving takes seconds; what was derived of a network at its defaults is used again."""
    whole, kept = zoo.complexity.report, {}

    def report(target: Any, *arguments: Any, **named: Any) -> Any:
        key = (target.name, repr(arguments), repr(named))
        if key not in kept:
            kept[key] = whole(target, *arguments, **named)
        return kept[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(zoo.complexity, "report", report)
        yield


def at(address: str) -> Exercise:
    exercise = find(address)[1]
    assert exercise is not None
    return exercise


def test_topics_follow_the_tutorials() -> None:
    assert [topic.name for topic in TOPICS] == [
        *("first-run", "learning", "convolution", "pooling", "skips", "counting"),
        *("preprocessing", "finetuning", "plugins", "reading", "table"),
    ]
    assert all(3 <= len(topic.exercises) <= 6 for topic in TOPICS)
    assert len(set(ADDRESSES)) == len(ADDRESSES)


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_solution_is_right(address: str, registry: Registry) -> None:
    exercise = at(address)
    verdict = exercise.check(exercise.solution, registry)
    assert verdict.right, verdict
    assert verdict.says


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_known_mistake_is_told(address: str, registry: Registry) -> None:
    exercise = at(address)
    for slip, remark in exercise.slips.items():
        verdict = exercise.check(slip, registry)
        assert not verdict.right, slip
        assert remark in verdict.says, slip
        if isinstance(exercise, FormulaExercise):
            assert len(verdict.says) >= 3, "the terms are named, too"


@pytest.mark.parametrize("address", ADDRESSES)
def test_wording(address: str) -> None:
    exercise = at(address)
    for text in (exercise.question, exercise.hint, exercise.because, *exercise.slips.values()):
        assert text.strip() == text
        assert text[-1] in ".?)"
    if isinstance(exercise, ChoiceExercise):
        assert set(exercise.slips) == set(exercise.options) - {exercise.solution}, "each wrong choice has its reason"
    if isinstance(exercise, FormulaExercise):
        assert set(re.findall(r"[A-Za-z]+", exercise.solution)) <= set(exercise.symbols)


@pytest.mark.parametrize(
    ("address", "answer", "says"),
    [
        ("counting/layer5", "2*k^2*NF*NC + NC", "2 k² NF NC is 2 times too large."),
        ("counting/layer5", "k^2*NF*NC", "NC is missing: the biases."),
        ("counting/layer5", "9*NF*NC + NC", "k should appear: you fixed k = 3, and k² NF NC became 9 NF NC."),
        ("counting/batchnorm", "0", "It is not nothing: its one term is missing."),
        ("counting/batchnorm", "2*NF*H*W/4", "NF H W/2 is 4 times too large."),
        (
            "counting/batchnorm",
            "128*NF",
            "H and W should appear: you fixed H = 32 and W = 32, and NF H W/8 became 128 NF.",
        ),
        (
            "counting/weights",
            "k^2*(NIC*NF + 8*NF^2 + NF*NC + NC^2)",
            "12 NF + 2 NC is missing: BatchNorm's scales and shifts.",
        ),
        (
            "counting/weights",  # as in the write-up, but for the 27 NF
            "9*NF + 72*NF^2 + 9*NF*NC + 9*NC^2 + 18*NF + 4*NC",
            "k and NIC should appear: you fixed k = 3 and NIC = 1",
        ),
        ("counting/connections", "k^2*H*W*(NIC*NF + NF*NC/4 + NC^2)", "is missing: layer 2."),
        ("convolution/weights", "k^2*NIC*NF + NIC", "NIC should be NF: NIC stands where NF belongs."),
        ("pooling/outputs", "NF*H*W/2", "NF H W/2 is 2 times too large."),
        ("skips/more", "2*k^2*NF^2 + k^2*NIC*NC", "k² NF NC is missing: the extra weights of layer 5."),
    ],
)
def test_typical_mistakes(address: str, answer: str, says: str, registry: Registry) -> None:
    verdict = at(address).check(answer, registry)
    assert not verdict.right
    assert any(says in sentence for sentence in verdict.says), verdict.says


@pytest.mark.parametrize(
    ("address", "answer", "right"),
    [
        ("learning/guess", "3.18", True),
        ("learning/guess", "3.2", False),
        ("convolution/rows", "17 rows", True),
        ("counting/border", "9*H*W - 6*H - 6*W + 4", True),
        ("counting/border", "(k*H - (k^2-1)/4) * (k*W - (k^2-1)/4) * NIC * NF", True),
        ("pooling/lost", "0.25", True),
        ("counting/double", "4.086", True),
        ("counting/double", "4.09", False),
        ("finetuning/work", "95/33", True),
        ("finetuning/head", "256*2+2", True),
        ("skips/layer4", "k^2 * (2NF + 2NF) * NF", True),
        ("reading/share", "0.645", True),
    ],
)
def test_other_answers(address: str, answer: str, right: bool, registry: Registry) -> None:
    assert at(address).check(answer, registry).right is right


def test_a_number_that_nobody_foresaw_is_too_large_or_too_small() -> None:
    rows = at("convolution/rows")
    assert isinstance(rows, NumberExercise)
    assert rows.judge(read_number("99"), 17).says == ("99 rows is too large.",)
    assert rows.judge(read_number("2"), 17).says == ("2 rows is too small.",)
    lost = at("pooling/lost")
    assert isinstance(lost, NumberExercise)
    assert lost.judge(read_number("25"), 0.25).says == ("A share is at most 1, or 100%; is 25% meant?",)


def test_answers_follow_what_is_measured(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is compared with a constant: with other numbers, another answer is right."""
    monkeypatch.setattr(reading, "OTHER", (33.0, 33.6, 34.2))
    assert at("reading/seeds").check("a", registry).right
    monkeypatch.setattr(reading, "SURE", (0.9,) * 10)
    assert at("reading/confident").check("a", registry).right
    rows = at("convolution/rows")
    assert isinstance(rows, NumberExercise)
    assert replace(rows, measure=lambda registry: 18.0).check("18", registry).right


# --- files ---


PLUGIN = Path(at("plugins/wide").solution).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("address", "old", "new", "says"),
    [
        (
            "plugins/first",
            "",
            "",
            "In dilated only width changes the number of weights; two settings that do are needed.",
        ),
        ("plugins/proved", "", "", "0 has no formula for its weights, biases, outputs, connections"),
        ("plugins/wide", "padding=4, dilation=4", "padding=1, dilation=1", "depends on 9 columns"),
        ("plugins/wide", "padding=4", "padding=3", "dilated breaks a promise: For pictures of any size"),
        ("plugins/wide", "setting(16", "setting(99", "weights; at most 10,000 are allowed"),
        ("plugins/wide", "return [Dilated()]", "return []", "It brings no architecture"),
        ("plugins/wide", "return [Dilated()]", "return [Dilated]", "write Dilated()"),
        ("plugins/wide", "from zoo.api import", "from zoo.apis import", "importing it failed: ModuleNotFoundError"),
    ],
)
def test_files(address: str, old: str, new: str, says: str, registry: Registry, tmp_path: Path) -> None:
    mine = tmp_path / "mine.py"
    text = PLUGIN.replace(old, new) if old else PLUGIN
    mine.write_text(text, encoding="utf-8")
    verdict = at(address).check(str(mine), load_registry())
    assert isinstance(at(address), FileExercise)
    assert not verdict.right
    assert any(says in sentence for sentence in verdict.says), verdict.says
