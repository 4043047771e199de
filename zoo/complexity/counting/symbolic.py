"""Sizes that stand for all their values: torch's ``SymInt`` over the exact expressions of `zoo.complexity.algebra`.

torch lets a size be any object with the methods of its ``SymNode``; a tensor of such a size has no data, but a shape
that can be asked, compared and computed with. torch's own implementation brings sympy and its compiler, seconds of
imports; this one knows polynomials only, and says so where that is not enough.
"""

# ruff: noqa: D102 -- the methods are torch's, named after the operators and questions that they stand for

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import torch
import torch.fx.experimental.sym_node  # gives SymInt its arithmetic in Python
from torch.overrides import TorchFunctionMode

from zoo.complexity.algebra.expression import Expression, Path, UnprovableError

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


def initializes() -> bool:
    """Whether what runs draws initial weights: their values do not count, so what they depend on does not either."""
    frame = sys._getframe(1)
    while frame is not None:
        module = str(frame.f_globals.get("__name__"))
        if module in _INITIALIZERS or (module.startswith("torch.nn.") and frame.f_code.co_name == "reset_parameters"):
            return True
        frame = frame.f_back  # type: ignore[assignment]
    return False


def symbols_of(path: Path) -> dict[str, Any]:
    """Every symbol of a path, as a size that torch and modules can take."""
    return {name: torch.SymInt(SizeNode(path.symbol(name))) for name in path.symbols}  # type: ignore[arg-type]


def half(value: Any) -> Any:
    """Half of a size that is known to be even."""
    return (
        torch.SymInt(SizeNode(value.node.expression * Fraction(1, 2)))
        if isinstance(value, torch.SymInt)
        else value // 2
    )  # type: ignore[arg-type]


def expression_of(value: Any, path: Path) -> Expression:
    """The expression behind a size, or behind a plain number."""
    return value.node.expression if isinstance(value, torch.SymInt) else path.constant(int(value))  # type: ignore[no-any-return]


class _Handler:
    """See `zoo.complexity.counting.meta`: a handler that a mode defines itself is wrapped at the cost of an import."""

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        if func is torch.nn.functional.interpolate:
            return _interpolate(*args, **(kwargs or {}))
        return func(*args, **(kwargs or {}))


class SymbolicFunctions(_Handler, TorchFunctionMode):
    """While this mode is on, functions that torch only knows for numbers are computed here."""


_aten = torch.ops.aten
_RESIZING: dict[tuple[str, int], Callable[..., torch.Tensor]] = {
    ("nearest", 1): lambda x, size, align: _aten.upsample_nearest1d(x, size),
    ("nearest", 2): lambda x, size, align: _aten.upsample_nearest2d(x, size),
    ("nearest", 3): lambda x, size, align: _aten.upsample_nearest3d(x, size),
    ("nearest-exact", 2): lambda x, size, align: _aten._upsample_nearest_exact2d(x, size),
    ("linear", 1): lambda x, size, align: _aten.upsample_linear1d(x, size, align),
    ("bilinear", 2): lambda x, size, align: _aten.upsample_bilinear2d(x, size, align),
    ("bicubic", 2): lambda x, size, align: _aten.upsample_bicubic2d(x, size, align),
    ("trilinear", 3): lambda x, size, align: _aten.upsample_trilinear3d(x, size, align),
}


def _interpolate(
    input: torch.Tensor,  # noqa: A002 -- torch's name
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    *rest: Any,
    **options: Any,
) -> torch.Tensor:
    """``F.interpolate`` with a size that is computed exactly; torch's reads it as a plain number."""
    lengths = input.shape[2:]
    if size is None:
        factors = scale_factor if isinstance(scale_factor, list | tuple) else [scale_factor] * len(lengths)
        size = [_rounded_down(length * factor) for length, factor in zip(lengths, factors, strict=True)]
    elif not isinstance(size, list | tuple):
        size = [size] * len(lengths)
    if (mode, len(lengths)) not in _RESIZING or any(options.values()):
        raise UnprovableError(f"it resizes by {mode}")
    return _RESIZING[mode, len(lengths)](input, list(size), bool(align_corners))


def _rounded_down(value: Any) -> Any:
    if isinstance(value, torch.SymFloat):
        return torch.SymInt(value.node.floor())  # type: ignore[arg-type, attr-defined]
    return value if isinstance(value, torch.SymInt) else int(value // 1)
