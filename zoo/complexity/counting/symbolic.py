"""Sizes that stand for all their values: torch's ``SymInt`` over the exact expressions of `zoo.complexity.algebra`.

torch lets a size be any object with the methods of its ``SymNode``; a tensor of such a size has no data, but a shape
that can be asked, compared and computed with. torch's own implementation brings sympy and its compiler, seconds of
imports; this one knows polynomials only, and says so where that is not enough.
"""

# ruff: noqa: D102 -- the methods are torch's, named after the operators and questions that they stand for

from __future__ import annotations

import sys
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import torch
import torch.fx.experimental.sym_node  # gives SymInt its arithmetic in Python

from zoo.complexity.algebra.expression import Expression, Path, UnprovableError
from zoo.complexity.counting.answers import AnswerNode

_INITIALIZERS = ("torch.nn.init", "timm.layers.weight_init")


class SizeNode:
    """What torch calls for a size, or for a fraction of one.

    Args:
        expression: what it is.
        whole: whether it is an int in Python; otherwise it is a float.
    """

    def __init__(self, expression: Expression, whole: bool = True) -> None:
        self.expression = expression
        self.whole = whole

    # --- what it is ---

    def is_int(self) -> bool:
        return self.whole

    def is_float(self) -> bool:
        return not self.whole

    def is_bool(self) -> bool:
        return False

    def is_symbolic(self) -> bool:
        return self.expression.constant is None

    def is_constant(self) -> bool:
        return self.whole and self.expression.constant is not None

    def is_nested_int(self) -> bool:
        return False

    def nested_int(self) -> None:
        return None

    def constant_int(self) -> int | None:
        return self.maybe_as_int()

    def constant_bool(self) -> None:
        return None

    def maybe_as_int(self) -> int | None:
        constant = self.expression.constant
        return None if constant is None or not self.whole else int(constant)

    def has_hint(self) -> bool:
        return True

    def clone(self) -> SizeNode:
        return self

    def _graph_repr(self) -> str:
        return str(self._number("text"))

    __str__ = __repr__ = _graph_repr

    # --- reading it as a number ends the proof for what it depends on ---

    def int_(self) -> int:
        return int(self._number("int"))

    def guard_int(self, file: str, line: int) -> int:
        return int(self._number("int"))

    def guard_float(self, file: str, line: int) -> float:
        return float(self._number("float"))

    float_ = guard_float

    def _number(self, kind: str) -> Fraction:
        constant = self.expression.constant
        if constant is not None:
            return constant
        if initializes():
            return self.expression.value
        used = self.expression.used()
        raise UnprovableError(f"it reads a size that depends on {', '.join(used)} as a plain {kind}", used)

    # --- arithmetic ---

    def wrap_int(self, value: int) -> SizeNode:
        return SizeNode(self.expression.path.constant(value))

    def wrap_float(self, value: float) -> SizeNode:
        return SizeNode(self.expression.path.constant(Fraction(value)), whole=False)

    def wrap_bool(self, value: bool) -> AnswerNode:
        return AnswerNode(lambda: value)

    def _make(self, expression: Expression, *others: SizeNode) -> SizeNode:
        return SizeNode(expression, self.whole and all(other.whole for other in others))

    def add(self, other: SizeNode) -> SizeNode:
        return self._make(self.expression + other.expression, other)

    def sub(self, other: SizeNode) -> SizeNode:
        return self._make(self.expression - other.expression, other)

    def mul(self, other: SizeNode) -> SizeNode:
        return self._make(self.expression * other.expression, other)

    def neg(self) -> SizeNode:
        return self._make(-self.expression)

    def pos(self) -> SizeNode:
        return self

    def abs(self) -> SizeNode:
        return self.sym_max(self.neg())

    def sym_sum(self, others: Sequence[SizeNode]) -> SizeNode:
        total = self.expression.path.constant(0)
        for other in others:
            total = total + other.expression
        return self._make(total, *others)

    def floordiv(self, other: SizeNode) -> SizeNode:
        return self._make(self.expression.floordiv(other.expression), other)

    int_floordiv = floordiv

    def mod(self, other: SizeNode) -> SizeNode:
        return self._make(self.expression.mod(other.expression), other)

    def int_truediv(self, other: SizeNode) -> SizeNode:
        return SizeNode(self.expression.over(other.expression), whole=False)

    float_truediv = truediv = int_truediv

    def pow_by_natural(self, other: SizeNode) -> SizeNode:
        return self._make(self.expression ** int(other._number("int")))

    pow = pow_by_natural

    def float_pow(self, other: SizeNode) -> SizeNode:
        exponent = other._number("float")
        if exponent.denominator != 1:
            raise UnprovableError("it takes a root of a size", self.expression.used())
        return SizeNode(self.expression ** int(exponent), whole=False)

    def floor(self) -> SizeNode:
        return SizeNode(self.expression.floor())

    def ceil(self) -> SizeNode:
        return SizeNode(-(-self.expression).floor())

    def trunc(self) -> SizeNode:
        positive = not self.expression.path.ask(self.expression, "<")
        return self.floor() if positive else self.ceil()

    sym_int = trunc

    def sym_float(self) -> SizeNode:
        return SizeNode(self.expression, whole=False)

    def sym_min(self, other: SizeNode) -> SizeNode:
        return self._make(self.expression.smaller(other.expression), other)

    def sym_max(self, other: SizeNode) -> SizeNode:
        return self._make(self.expression.larger(other.expression), other)

    # --- questions ---

    def _asked(self, other: SizeNode, relation: str, answer: bool = True) -> AnswerNode:
        difference = self.expression - other.expression
        return AnswerNode(lambda: difference.path.ask(difference, relation) is answer)

    def eq(self, other: SizeNode) -> AnswerNode:
        return self._asked(other, "==")

    def ne(self, other: SizeNode) -> AnswerNode:
        return self._asked(other, "==", False)

    def lt(self, other: SizeNode) -> AnswerNode:
        return self._asked(other, "<")

    def le(self, other: SizeNode) -> AnswerNode:
        return self._asked(other, "<=")

    def gt(self, other: SizeNode) -> AnswerNode:
        return self._asked(other, "<=", False)

    def ge(self, other: SizeNode) -> AnswerNode:
        return self._asked(other, "<", False)

    def str(self) -> Any:
        """What C++ calls for its messages."""
        return self._graph_repr()

    def __getattr__(self, name: Any) -> Any:
        raise UnprovableError(f"it computes {name} of a size", self.__dict__["expression"].used())


def initializes() -> bool:
    """Whether what runs draws initial weights: their values do not count, so what they depend on does not either."""
    frame = sys._getframe(1)
    while frame is not None:
        module = str(frame.f_globals.get("__name__"))
        if module in _INITIALIZERS or (module.startswith("torch.nn.") and frame.f_code.co_name == "reset_parameters"):
            return True
        frame = frame.f_back  # type: ignore[assignment]
    return False


def size_of(node: SizeNode) -> Any:
    """A node as the size, or the fraction of one, that Python code sees."""
    wrapper: Any = torch.SymInt if node.whole else torch.SymFloat
    return wrapper(node)


def symbols_of(path: Path) -> dict[str, Any]:
    """Every symbol of a path, as a size that torch and modules can take."""
    return {name: size_of(SizeNode(path.symbol(name))) for name in path.symbols}


def half(value: Any) -> Any:
    """Half of a size that is known to be even."""
    if not isinstance(value, torch.SymInt):
        return value // 2
    node: Any = value.node
    return size_of(SizeNode(node.expression * Fraction(1, 2)))


def rounded_down(value: Any) -> Any:
    """A float, or a fraction of a size, as the whole number below it."""
    if isinstance(value, torch.SymFloat):
        node: Any = value.node
        return size_of(node.floor())
    return value if isinstance(value, torch.SymInt) else int(value // 1)


def expression_of(value: Any, path: Path) -> Expression:
    """The expression behind a size, or behind a plain number."""
    if not isinstance(value, torch.SymInt):
        return path.constant(int(value))
    node: Any = value.node
    expression: Expression = node.expression
    return expression
