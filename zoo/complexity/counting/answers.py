"""Comparisons of sizes that stand for all their values: torch's ``SymBool``, answered at the current point."""

# ruff: noqa: D102 -- the methods are torch's, named after the operators and questions that they stand for

from __future__ import annotations

from collections.abc import Callable


class AnswerNode:
    """What torch calls for a comparison of sizes. It becomes a condition when it is read, and only then.

    Args:
        answer: reads it.
    """

    def __init__(self, answer: Callable[[], bool]) -> None:
        self._answer = answer

    def is_int(self) -> bool:
        return False

    is_float = is_constant = is_nested_int = is_int

    def is_bool(self) -> bool:
        return True

    is_symbolic = has_hint = is_bool

    def maybe_as_int(self) -> None:
        return None

    constant_int = constant_bool = nested_int = maybe_as_int

    def wrap_bool(self, value: bool) -> AnswerNode:
        return AnswerNode(lambda: value)

    def clone(self) -> AnswerNode:
        return self

    def bool_(self) -> bool:
        return self._answer()

    def guard_bool(self, file: str, line: int) -> bool:
        return self._answer()

    expect_true = expect_size = guard_size_oblivious = guard_or_false = guard_or_true = guard_bool

    def statically_known_true(self, file: str, line: int) -> bool:
        return self._answer()

    def sym_not(self) -> AnswerNode:
        return AnswerNode(lambda: not self._answer())

    def and_(self, other: AnswerNode) -> AnswerNode:
        return AnswerNode(lambda: self._answer() and other._answer())

    sym_and = and_

    def or_(self, other: AnswerNode) -> AnswerNode:
        return AnswerNode(lambda: self._answer() or other._answer())

    sym_or = or_
