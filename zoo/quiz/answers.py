"""Read what a reader typed: formulas as people write them, numbers with units, a letter."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction

from zoo.complexity.algebra.formula import Formula
from zoo.complexity.algebra.polynomial import Polynomial
from zoo.errors import UserError, close_or_all
from zoo.quiz.spelling import plain_formula, plain_number

LONGEST = 300
"""Characters of an answer; no answer needs a third of it."""

HIGHEST = 12
"""The highest power that is multiplied out, nested powers taken together: more would only cost time."""

_TOKEN = re.compile(
    r"(?P<number>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,2}(?!\w))?)|(?P<name>[A-Za-z_][A-Za-z_0-9]*)|(?P<raised>[⁰¹²³⁴⁵⁶⁷⁸⁹]+)"
    r"|(?P<power>\*\*|\^)|(?P<sign>//|[-+*/()])|(?P<blank>\s+)"
)
_SAME = str.maketrans({"\N{MULTIPLICATION SIGN}": "*", "·": "*", "⋅": "*", "\N{MINUS SIGN}": "-"})
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


@dataclass
class _Python:
    """An answer in Python's arithmetic, with the place in the answer that every character comes from."""

    text: str
    places: list[int]
    ends_factor: bool = False

    def add(self, text: str, place: int, *, ends_factor: bool) -> None:
        self.text += text
        self.places += [place] * len(text)
        self.ends_factor = ends_factor


def read_formula(answer: str, symbols: Sequence[str], steps: int = 4) -> Polynomial:
    """Read a formula in given symbols; ``2 k^2 NF`` and ``2*k**2*NF`` are the same.

    Args:
        answer: as typed, with blanks, ``^``, raised digits, LaTeX, or a number or symbol right before another; case
            matters only where two symbols differ by it.
        symbols: what it may be written in.
        steps: heights and widths are multiples of this, so ``H//2`` is ``H/2``.

    Raises:
        UserError: if it cannot be read, with where; or if it is no polynomial.
    """
    answer = answer.strip()
    if not answer:
        raise UserError("the answer is empty: type a formula or a number in quotes.")
    if len(answer) > LONGEST:
        raise UserError(f"the answer is {len(answer)} characters long; no more than {LONGEST} are read.")
    answer = plain_formula(answer)
    python = _to_python(answer, symbols)
    try:
        tree = ast.parse(python.text, mode="eval").body
    except (SyntaxError, MemoryError, RecursionError) as error:
        offset = min(max((getattr(error, "offset", 0) or 1) - 1, 0), len(python.places) - 1)
        what = getattr(error, "msg", "") or "too deep"
        if what.startswith("invalid syntax"):
            what = "something is missing or too much here"
        raise _unread(answer, python.places[offset], what) from None
    _refuse_costly(answer, tree, python)
    formula = Formula.parse(python.text)
    polynomial = formula.polynomial(symbols, dict.fromkeys(("H", "W"), (steps, 0)))
    if polynomial is None:
        raise UserError(f"the answer {answer!r} cannot be multiplied out: divide by whole numbers only.")
    return polynomial


def read_number(answer: str, unit: str = "") -> Fraction:
    """Read a number: ``3.18``, ``.25``, ``9,216``, ``9 216``, ``25%``, ``3/4``, ``ln 24``, with or without its unit.

    Args:
        answer: as typed.
        unit: the word that may stand behind it.

    Raises:
        UserError: if it cannot be read, with where, or could be one of two numbers.
    """
    text = plain_number(answer, unit)
    percent = text.endswith("%")
    try:
        value = read_formula(text.removesuffix("%"), ())
    except UserError as error:
        raise UserError(f"{error} A number is wanted, such as 12, 0.5, 3/4 or 25%.") from None
    return value.at({}) / (100 if percent else 1)


def read_choice(answer: str, options: Collection[str]) -> str:
    """Read a letter, whatever its case, with or without a bracket.

    Raises:
        UserError: if it is none of the options.
    """
    letter = answer.strip().strip("().").lower()
    if letter not in options:
        raise UserError(f"the answer {answer.strip()!r} cannot be read: answer with one of {', '.join(options)}.")
    return letter


def _to_python(answer: str, symbols: Sequence[str]) -> _Python:
    python = _Python("", [])
    text, place = answer.translate(_SAME), 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise _unread(answer, place, "only numbers, symbols, + - * / ^ and round brackets are understood")
        kind, token = str(match.lastgroup), match[0]
        if python.ends_factor and (kind == "name" or token == "("):
            python.add("*", place, ends_factor=False)
        elif python.ends_factor and kind == "number":
            raise _unread(answer, place, "write * or ^ before a number")
        if not python.ends_factor and (token in ("*", "/", "//", ")") or kind in ("power", "raised")):
            raise _unread(answer, place, "a number or a symbol is missing before it")
        if kind == "name":
            token = _symbol(answer, place, token, symbols)
        if kind == "raised":
            python.add(f"**{token.translate(_RAISED)}", place, ends_factor=True)
        elif kind == "power":
            python.add("**", place, ends_factor=False)
        elif kind == "number" and not token.isdigit():
            value = Fraction(token)
            python.add(f"({value.numerator}/{value.denominator})", place, ends_factor=True)
        elif kind == "number":  # leading zeros are no Python
            python.add(str(int(token)), place, ends_factor=True)
        elif kind != "blank":
            python.add(token, place, ends_factor=kind == "name" or token == ")")
        place = match.end()
    if not python.ends_factor:
        raise _unread(answer, len(answer), "a number or a symbol is missing")
    return python


def _symbol(answer: str, place: int, name: str, symbols: Sequence[str]) -> str:
    """The symbol of this name, in any case unless two symbols differ by it."""
    alike = [name] if name in symbols else [symbol for symbol in symbols if symbol.lower() == name.lower()]
    if len(alike) == 1:
        return alike[0]
    raise _unread(answer, place, f"write {' or '.join(alike)}" if alike else _unknown(name, symbols))


def _unknown(name: str, symbols: Sequence[str]) -> str:
    if not symbols:
        return "that is no number"
    run_together = re.fullmatch(rf"({'|'.join(sorted(symbols, key=len, reverse=True))})(\d+)", name)
    if run_together:
        return f"write {run_together[1]}^{run_together[2]} or {run_together[2]}*{run_together[1]}"
    return f"there is no such symbol; {close_or_all(name, symbols)}".rstrip(".")


def _refuse_costly(answer: str, tree: ast.expr, python: _Python) -> None:
    """Refuse powers that are no whole number or too high, and division by a symbol."""

    def grade(node: ast.expr) -> int:
        """A bound of the degree, and of what constants are raised to."""
        match node:
            case ast.BinOp(left=left, op=ast.Pow(), right=right):
                if not (isinstance(right, ast.Constant) and isinstance(right.value, int)):
                    raise at(right, "a power must be a whole number")
                high = grade(left) * right.value
                if max(high, right.value) > HIGHEST:
                    raise at(right, f"powers above {HIGHEST} are not multiplied out")
                return max(high, 1)
            case ast.BinOp(left=left, op=op, right=right):
                sides = grade(left), grade(right)
                if isinstance(op, ast.Div | ast.FloorDiv):
                    if any(isinstance(part, ast.Name) for part in ast.walk(right)):
                        raise at(right, "divide by whole numbers only")
                    if isinstance(right, ast.Constant) and right.value == 0:
                        raise at(right, "nothing can be divided by zero")
                high = sum(sides) if isinstance(op, ast.Mult) and not _is_number(left, right) else max(sides)
                if high > 2 * HIGHEST:
                    raise at(node, f"degrees above {2 * HIGHEST} are not multiplied out")
                return high
            case ast.UnaryOp(operand=operand):
                return grade(operand)
            case ast.Constant() | ast.Name():
                return 1
        raise at(node, "only numbers, symbols, + - * / ^ and round brackets are understood")

    def at(node: ast.expr, why: str) -> UserError:
        return _unread(answer, python.places[node.col_offset], why)

    grade(tree)


def _is_number(*nodes: ast.expr) -> bool:
    return any(isinstance(node, ast.Constant) for node in nodes)


def _unread(answer: str, place: int, why: str) -> UserError:
    before, here = answer[:place].split(), answer[place : place + 12].split()
    where = f"{here[0]!r}" if here else "the end"
    behind = f" behind {before[-1][-12:]!r}" if before else ""
    end = "" if why.endswith("?") else "."
    return UserError(f"the answer cannot be read at character {place + 1}, {where}{behind}: {why}{end}")
