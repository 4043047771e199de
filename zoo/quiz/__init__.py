"""Exercises that a command checks: formulas by algebra, numbers by measurement. Importing this imports no torch."""

from __future__ import annotations

from zoo.errors import UserError, unknown
from zoo.quiz.exercise import Exercise, Topic
from zoo.quiz.topics import (
    convolution,
    counting,
    finetuning,
    first_run,
    learning,
    plugins,
    pooling,
    preprocessing,
    reading,
    skips,
    table,
)

__all__ = ["TOPICS", "Exercise", "Topic", "find"]

TOPICS: tuple[Topic, ...] = (
    first_run.TOPIC,
    learning.TOPIC,
    convolution.TOPIC,
    pooling.TOPIC,
    skips.TOPIC,
    counting.TOPIC,
    preprocessing.TOPIC,
    finetuning.TOPIC,
    plugins.TOPIC,
    reading.TOPIC,
    table.TOPIC,
)
"""In the order of the tutorials."""


def find(address: str) -> tuple[Topic, Exercise | None]:
    """A topic by its name, or one of its exercises by ``topic/exercise``.

    Raises:
        UserError: if there is no such topic or exercise.
    """
    name, slash, rest = address.strip("/").partition("/")
    topics = {topic.name: topic for topic in TOPICS}
    if name not in topics:
        raise unknown("topic", name, topics, then="`zoo quiz` lists them all.")
    topic = topics[name]
    if not slash:
        return topic, None
    exercises = {exercise.name: exercise for exercise in topic.exercises}
    if rest not in exercises:
        raise unknown("exercise", address, (f"{name}/{exercise}" for exercise in exercises))
    return topic, exercises[rest]


def exercise_at(address: str) -> Exercise:
    """The exercise at an address.

    Raises:
        UserError: if there is none, or the address names a whole topic.
    """
    topic, exercise = find(address)
    if exercise is None:
        names = ", ".join(f"{topic.name}/{each.name}" for each in topic.exercises)
        raise UserError(f"{topic.name} has several exercises; name one of {names}.")
    return exercise
