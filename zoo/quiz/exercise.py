"""What an exercise is: a question, and a check that derives or measures the right answer when it is asked."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from zoo.registry import Registry


@dataclass(frozen=True)
class Verdict:
    """What a check found.

    Attributes:
        right: whether the answer is right.
        says: why, a sentence a line; for a wrong answer, what is wrong with it.
    """

    right: bool
    says: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Exercise(ABC):
    """A question whose answer a command can check.

    Attributes:
        name: unique within its topic.
        title: what it is about, in a few words.
        question: the whole question; paragraphs are separated by an empty line.
        hint: where to begin.
        solution: an answer that passes the check, as one would type it.
        because: why it is so.
        slips: what is often answered instead, and what to say to it.
    """

    name: str
    title: str
    question: str
    hint: str
    solution: str
    because: str
    slips: Mapping[str, str] = field(default_factory=dict)

    kind: ClassVar[str]
    """What is asked for, in a word or two; see `form` for more."""

    example: ClassVar[str]
    """Stands for an answer."""

    @property
    @abstractmethod
    def form(self) -> str:
        """What an answer looks like, in a few words."""

    @abstractmethod
    def check(self, answer: str, registry: Registry) -> Verdict:
        """Check an answer.

        Args:
            answer: as it was typed.
            registry: the architectures to derive and measure with.

        Raises:
            UserError: if the answer cannot be read.
        """

    def shown_solution(self) -> str:
        """The solution as it is shown."""
        return self.solution


@dataclass(frozen=True)
class Topic:
    """The exercises of one tutorial.

    Attributes:
        name: the tutorial's name.
        title: what it teaches.
        exercises: from easy to hard.
    """

    name: str
    title: str
    exercises: Sequence[Exercise]
