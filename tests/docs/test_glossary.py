"""No exercise uses a term of the glossary before a tutorial has explained it, which its link to the glossary shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from zoo.quiz import TOPICS
from zoo.quiz.exercise import Exercise
from zoo.quiz.kinds import ChoiceExercise

DOCS = Path(__file__).resolve().parents[2] / "docs"
GLOSSARY = (DOCS / "glossary.md").read_text(encoding="utf-8")
TERMS = re.findall(r"^(.+?) \{: #([\w-]+) \}$", GLOSSARY, flags=re.MULTILINE)
BASICS = (
    *("convolution", "kernel", "stride", "padding", "channel", "feature-map", "loss", "gradient", "learning-rate"),
    *("epoch", "batch", "batch-normalization", "relu", "softmax", "overfitting", "backbone", "receptive-field"),
    *("flop", "connection"),
)
EVERYDAY = ("address", "class", "claim", "part", "reference", "run", "split", "decision", "spread")
"""Words that exercises also use in their everyday sense."""


def names_of(heading: str) -> list[str]:
    """A term and its other names, which stand in brackets: ``connection (multiply-add, MAC)``."""
    name, _, others = heading.rstrip(")").partition(" (")
    return [name, *(others.split(", ") if others else [])]


def text_of(exercise: Exercise) -> str:
    options = exercise.options.values() if isinstance(exercise, ChoiceExercise) else ()
    return " ".join([exercise.title, exercise.question, exercise.hint, exercise.because, *options])


def used_in(text: str) -> set[str]:
    """The anchors of the terms in a text."""
    terms = set()
    for heading, anchor in TERMS:
        for name in names_of(heading):
            if anchor not in EVERYDAY and re.search(rf"\b{re.escape(name)}(?:s|es)?\b", text, flags=re.IGNORECASE):
                terms.add(anchor)
    return terms


def tutorial(name: str) -> str:
    return (DOCS / "tutorials" / f"{name}.md").read_text(encoding="utf-8")


def test_the_glossary_has_the_basics_in_order() -> None:
    anchors = [anchor for _, anchor in TERMS]
    assert len(set(anchors)) == len(anchors)
    assert set(BASICS) <= set(anchors)
    headings = [heading.lower() for heading, _ in TERMS]
    assert headings == sorted(headings)
    for page in DOCS.rglob("*.md"):
        linked = set(re.findall(r"glossary\.md#([\w-]+)", page.read_text(encoding="utf-8")))
        assert linked <= set(anchors), page


@pytest.mark.parametrize("place", range(len(TOPICS)), ids=[topic.name for topic in TOPICS])
def test_exercises_use_only_terms_that_were_taught(place: int) -> None:
    taught = set()
    for topic in TOPICS[: place + 1]:
        taught |= set(re.findall(r"glossary\.md#([\w-]+)", tutorial(topic.name)))
    for exercise in TOPICS[place].exercises:
        assert used_in(text_of(exercise)) - taught == set(), exercise.name


def test_a_term_too_early_would_be_found() -> None:
    assert used_in("The ReLU follows BatchNorm.") == {"relu", "batch-normalization"}
