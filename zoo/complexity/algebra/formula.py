"""Formulas that people write: read without ``eval``, and evaluated exactly."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from zoo.complexity.algebra.polynomial import Polynomial
from zoo.errors import UserError

_BINARY: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.FloorDiv: lambda a, b: Fraction(a // b),
    ast.Mod: lambda a, b: a % b,
}
_FUNCTIONS: dict[str, Callable[..., Fraction]] = {
    "floor": lambda a: Fraction(math.floor(a)),
    "ceil": lambda a: Fraction(math.ceil(a)),
    "max": max,
    "min": min,
}


@dataclass(frozen=True)
class Formula:
    """A formula as written, such as ``k**2 * NIC * NF``.

    Attributes:
        text: the formula in Python's arithmetic; ``floor``, ``ceil``, ``min`` and ``max`` may be called.
        tree: its syntax tree.
        symbols: the names that it uses.
    """

    text: str
    tree: ast.expr
    symbols: frozenset[str]

    @classmethod
    def parse(cls, text: str) -> Formula:
        """Read a formula.

        Raises:
            UserError: if it is not arithmetic in names and whole numbers.
        """
        try:
            tree = ast.parse(text.strip(), mode="eval").body
        except SyntaxError as error:
            raise UserError(f"the formula {text!r} cannot be read: {error.msg}.") from None
        names: set[str] = set()
        _check(text, tree, names)
        return cls(text, tree, frozenset(names))

    def at(self, point: Mapping[str, int]) -> Fraction:
        """Its exact value.

        Raises:
            UserError: if it divides by zero at this point or uses a symbol that the point does not have.
        """
        try:
            return _value(self.tree, point)
        except ZeroDivisionError:
            raise UserError(f"the formula {self.text!r} divides by zero at {dict(point)}.") from None
        except KeyError as error:
            raise UserError(
                f"the formula {self.text!r} uses {error.args[0]!r}; the symbols here are {', '.join(sorted(point))}."
            ) from None

    def polynomial(self, symbols: Sequence[str], steps: Mapping[str, tuple[int, int]]) -> Polynomial | None:
        """The same as a polynomial, or None if it is none that can be told (it divides by a symbol, for example).

        Args:
            symbols: of the polynomial.
            steps: for every symbol a modulus, and the remainder that its values leave: ``H // 4`` is ``(H - 1)/4``
                where H leaves 1.
        """
        return _polynomial(self.tree, tuple(symbols), steps)


def _check(text: str, node: ast.expr, names: set[str]) -> None:
    """Collect the names of a formula, and refuse everything that is not arithmetic."""
    match node:
        case ast.Constant(value=int()):
            return None
        case ast.Name(id=name):
            names.add(name)
            return None
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
            return _check(text, operand, names)
        case ast.BinOp(left=left, op=ast.Pow(), right=ast.Constant(value=int())):
            return _check(text, left, names)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            _check(text, left, names)
            return _check(text, right, names)
        case ast.Call(func=ast.Name(id=name), args=[_, *_] as arguments, keywords=[]) if name in _FUNCTIONS:
            for argument in arguments:
                _check(text, argument, names)
            return None
    raise UserError(f"the formula {text!r} may not contain {ast.unparse(node)!r}: only arithmetic in whole numbers.")


def _value(node: ast.expr, point: Mapping[str, int]) -> Fraction:
    match node:
        case ast.Constant(value=int() as value):
            return Fraction(value)
        case ast.Name(id=name):
            return Fraction(point[name])
        case ast.UnaryOp(op=op, operand=operand):
            return -_value(operand, point) if isinstance(op, ast.USub) else _value(operand, point)
        case ast.BinOp(left=left, op=ast.Pow(), right=ast.Constant(value=int() as exponent)):
            return Fraction(_value(left, point) ** exponent)
        case ast.BinOp(left=left, op=op, right=right):
            return _BINARY[type(op)](_value(left, point), _value(right, point))
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return _FUNCTIONS[name](*(_value(argument, point) for argument in arguments))
    raise AssertionError(f"{ast.dump(node)} passed _check")


def _polynomial(node: ast.expr, symbols: tuple[str, ...], steps: Mapping[str, tuple[int, int]]) -> Polynomial | None:
    match node:
        case ast.Constant(value=int() as value):
            return Polynomial.constant(symbols, value)
        case ast.Name(id=name):
            return Polynomial.symbol(symbols, name) if name in symbols else None
        case ast.UnaryOp(op=op, operand=operand):
            inner = _polynomial(operand, symbols, steps)
            return inner * (-1 if isinstance(op, ast.USub) else 1) if inner else None
        case ast.BinOp(left=left, op=ast.Pow(), right=ast.Constant(value=int() as exponent)) if exponent >= 0:
            base = _polynomial(left, symbols, steps)
            return base**exponent if base else None
        case ast.BinOp(left=ast.Name(id=name), op=ast.FloorDiv(), right=ast.Constant(value=int() as by)):
            modulus, residue = steps.get(name, (1, 0))
            if name not in symbols or by < 1 or modulus % by:
                return None
            return (Polynomial.symbol(symbols, name) - Polynomial.constant(symbols, residue % by)) * Fraction(1, by)
        case ast.BinOp(left=left, op=op, right=right):
            a, b = _polynomial(left, symbols, steps), _polynomial(right, symbols, steps)
            return _combined(a, op, b) if a and b else None
    return None


def _combined(a: Polynomial, op: ast.operator, b: Polynomial) -> Polynomial | None:
    if isinstance(op, ast.Add):
        return a + b
    if isinstance(op, ast.Sub):
        return a - b
    if isinstance(op, ast.Mult):
        return a * b
    if isinstance(op, ast.Div) and b.is_constant and not b.is_zero:
        return a * (1 / b.at(dict.fromkeys(b.symbols, 0)))
    return None
