"""``zoo quiz`` as a reader types it: lists, questions, answers right and wrong, and answers that cannot be read."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from zoo.quiz import TOPICS

Cli = Callable[..., Any]


def test_the_list_names_every_exercise_within_80_columns(zoo_cli: Cli) -> None:
    ended = zoo_cli("quiz")
    assert ended.code == 0
    assert max(map(len, ended.out.splitlines())) <= 80
    for topic in TOPICS:
        for exercise in topic.exercises:
            assert f"{topic.name}/{exercise.name} " in ended.out


def test_a_topic_and_an_exercise_are_stated(zoo_cli: Cli) -> None:
    for topic in TOPICS:
        whole = zoo_cli("quiz", topic.name)
        assert whole.code == 0
        assert max(map(len, whole.out.splitlines())) <= 80
        for exercise in topic.exercises:
            address = f"{topic.name}/{exercise.name}"
            one = zoo_cli("quiz", address)
            assert one.out in whole.out
            assert f"zoo quiz {address}" in one.out


def test_json(zoo_cli: Cli) -> None:
    every = json.loads(zoo_cli("quiz", "--json").out)
    assert [topic["topic"] for topic in every] == [topic.name for topic in TOPICS]
    assert json.loads(zoo_cli("quiz", "skips", "--json").out) == every[4]
    asked = json.loads(zoo_cli("quiz", "skips/fair", "--json").out)
    assert list(asked["options"]) == ["a", "b", "c", "d"]
    assert "solution" not in asked
    ended = zoo_cli("quiz", "reading/balanced", "90%", "--json")
    output = json.loads(ended.out)
    assert (ended.code, output["right"], output["answer"]) == (1, False, "90%")
    assert output["says"] == ["That is the plain accuracy, in which common colors count more."]
    output = json.loads(zoo_cli("quiz", "reading/balanced", "1/2", "--json", "--hint", "--solution").out)
    assert output["right"] is True
    assert {"hint", "solution", "because"} <= set(output)


def test_a_formula_right_and_wrong(zoo_cli: Cli) -> None:
    ended = zoo_cli("quiz", "counting/layer5", "k^2 NF NC + NC")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("Right.\n* The zoo derives k² NF NC + NC.\n")
    ended = zoo_cli("quiz", "counting/layer5", "2*k^2*NF*NC")
    assert (ended.code, ended.err) == (1, "")
    assert ended.out.splitlines() == [
        "Not right.",
        "* Read as 2 k² NF NC.",
        "* 2 k² NF NC is 2 times too large.",
        "* NC is missing: the biases.",
        "Try again, or: zoo quiz counting/layer5 --hint",
    ]


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["reading/share", "65%"], 0, "Computed: 64.5%."),
        (["reading/share", "35", "%"], 1, "That is the skip connections' share."),
        (["learning/guess", "-3.178"], 1, "The sign"),
        (["learning/updates", "10", "updates"], 0, "Right."),
        (["skips/fair", "B"], 0, "Right."),
        (["reading/confident", "a"], 1, "what does 0.001 cost?"),
        (["plugins/first", "--hint"], 0, "Hint: A setting is a field"),
        (["learning/guess", "--solution"], 0, "3.178\n-ln(1/24) = ln 24."),
        (["learning/guess", "4", "--hint"], 1, "Hint: Cross-entropy"),
    ],
)
def test_answers(zoo_cli: Cli, words: list[str], code: int, says: str) -> None:
    ended = zoo_cli("quiz", *words)
    assert (ended.code, ended.err) == (code, "")
    assert says in ended.out.replace("\n  ", " ")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["countng"], "unknown topic 'countng': did you mean counting"),
        (["counting/layer"], "unknown exercise 'counting/layer': did you mean counting/layer5"),
        (["counting", "NF"], "counting has several exercises; name one of counting/layer5,"),
        (["counting", "--hint"], "counting has several exercises"),
        (["--solution"], "need an exercise"),
        (["skips", "--progress"], "--progress lists all exercises"),
        (["counting/layer5", "--hnit"], "unknown option '--hnit': did you mean --hint"),
        (["counting/layer5", "k^2*NF*"], "at character 8, the end behind 'k^2*NF*'"),
        (["counting/layer5", "k^2*nff"], "there is no such symbol"),
        (["counting/layer5", ""], "the answer is empty"),
        (["convolution/rows", "many"], "A number is wanted"),
        (["convolution/rows", "17", "columns"], "'columns' behind '17'"),
        (["skips/fair", "x"], "answer with one of a, b, c, d"),
        (["plugins/first", "nowhere.py"], "there is no such file"),
        (["plugins/first", "."], "there is no such file"),
        (["plugins/first", "broken.py"], "broken.py, line 2: "),
        (["plugins/first", "bytes.py"], "bytes.py cannot be read"),
    ],
)
def test_what_cannot_be_read_is_one_line(zoo_cli: Cli, tmp_path: Path, words: list[str], says: str) -> None:
    (tmp_path / "broken.py").write_text("x = 1\ny = = 2\n")
    (tmp_path / "bytes.py").write_bytes(b"\xff\xfe\x00")
    ended = zoo_cli("quiz", *words)
    assert (ended.code, ended.out) == (2, "")
    assert says in ended.err
    assert len(ended.err.splitlines()) == 1


def test_the_file_of_zoo_new_is_a_start_and_the_solution_a_file(zoo_cli: Cli) -> None:
    assert zoo_cli("new", "mine").code == 0
    ended = zoo_cli("quiz", "plugins/first", "mine.py")
    assert ended.code == 1
    assert "only width changes the number of weights" in ended.out
    Path("solved.py").write_text(zoo_cli("quiz", "plugins/first", "--solution").out, encoding="utf-8")
    ended = zoo_cli("quiz", "plugins/first", "solved.py")
    assert ended.code == 0, ended.out


def test_progress_lists_what_was_solved(zoo_cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record = tmp_path / "new" / "quiz.json"
    monkeypatch.setenv("ZOO_PROGRESS", str(record))
    assert zoo_cli("quiz", "reading/balanced", "90%").code == 1
    assert not record.exists()
    assert zoo_cli("quiz", "reading/balanced", "50%").code == 0
    listing = zoo_cli("quiz", "--progress")
    assert listing.code == 0
    assert f"\n1 of {sum(len(topic.exercises) for topic in TOPICS)} solved." in listing.out
    rows = {row["exercise"]: row["solved"] for row in json.loads(zoo_cli("quiz", "--progress", "--json").out)}
    assert [address for address, date in rows.items() if date] == ["reading/balanced"]
    record.write_text("[1]", encoding="utf-8")  # damaged: it begins anew
    assert zoo_cli("quiz", "reading/share", "65%").code == 0
    assert list(json.loads(record.read_text(encoding="utf-8"))) == ["reading/share"]


def test_progress_that_cannot_be_written_is_a_note(
    zoo_cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("ZOO_PROGRESS", str(tmp_path / "file" / "quiz.json"))
    ended = zoo_cli("quiz", "reading/balanced", "50%")
    assert (ended.code, ended.out.splitlines()[0]) == (0, "Right.")
    assert ended.err.startswith("note: cannot write ")
