"""Whether a formula that somebody wrote is a derived polynomial everywhere, floor, ceil, min, max and % included."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from math import ceil, floor, lcm, prod

from zoo.complexity.algebra.expression import Expression, Path, UnprovableError
from zoo.complexity.algebra.formula import Formula
from zoo.complexity.algebra.polynomial import Polynomial
from zoo.complexity.deriving.axes import Axis, Domain, Point

_MOST_CELLS = 20_000
_ROUNDS = 4


def difference(
    formula: Formula, derived: Polynomial, axes: Sequence[Axis], domains: Mapping[str, Domain]
) -> Point | bool | None:
    """Compare a formula with a polynomial wherever the polynomial is said to hold.

    On every residue and between any two thresholds, a formula with floor and min is a polynomial too. The formula is
    evaluated once in each such cell, as an expression.

    Args:
        formula: what was written.
        derived: what it should be.
        axes: the symbols.
        domains: the values of each.

    Returns:
        A point at which the two differ; False if there is none; None if they could not be compared.
    """
    if any(domains[symbol].fixed for symbol in formula.symbols):
        return None  # what it says of other values cannot be known
    moduli = {s: domain.modulus for s, domain in domains.items()}
    thresholds: dict[str, set[int]] = {axis.symbol: set() for axis in axes}
    for _ in range(_ROUNDS):
        values = [_representatives(axis, domains[axis.symbol], moduli, thresholds) for axis in axes]
        if prod(map(len, values)) > _MOST_CELLS:
            return None
        before = (dict(moduli), {s: set(t) for s, t in thresholds.items()})
        for combination in product(*values):
            point = {axis.symbol: value for axis, value in zip(axes, combination, strict=True)}
            path = Path(dict(point), {s: (d.modulus, point[s] % d.modulus) for s, d in domains.items()})
            try:
                rest = _evaluated(formula.tree, path) - _written(derived, path)
            except (UnprovableError, ZeroDivisionError):
                return None
            if rest.constant != 0:
                return _witness(formula, derived, point, path)
            if not _note(path, moduli, thresholds):
                return None
        if before == (moduli, thresholds):
            return False
    return None


def _representatives(
    axis: Axis, domain: Domain, moduli: Mapping[str, int], thresholds: Mapping[str, set[int]]
) -> list[int]:
    """A value of a symbol for every residue between any two thresholds."""
    if domain.fixed:
        return [domain.values[0]]
    if axis.choices:
        return list(domain.values)
    modulus, starts = moduli[axis.symbol], {axis.low, *(t for t in thresholds[axis.symbol] if t > axis.low)}
    values = set()
    for residue in range(domain.residue, modulus, domain.modulus):
        for start in starts:
            value = start + (residue - start) % modulus
            if (axis.high is None or value <= axis.high) and (value % 2 or not axis.odd):
                values.add(value)
    return sorted(values)


def _note(path: Path, moduli: dict[str, int], thresholds: dict[str, set[int]]) -> bool:
    """Take up what a path was refined by and asked; False if a question was about several symbols at once."""
    for symbol, (modulus, _) in path.moduli.items():
        moduli[symbol] = lcm(moduli[symbol], modulus)
    region = path.region(aside=True)
    for condition in region.conditions:
        polynomial = region.in_values(condition.polynomial)
        used = [symbol for symbol in path.symbols if polynomial.degree(symbol)]
        if len(used) != 1 or polynomial.degree(used[0]) != 1:
            return False
        zero = dict.fromkeys(path.symbols, 0)
        start = polynomial.at(zero)
        root = -start / (polynomial.at({**zero, used[0]: 1}) - start)
        thresholds[used[0]] |= {floor(root), ceil(root), floor(root) + 1, ceil(root) + 1}
    return True


def _witness(formula: Formula, derived: Polynomial, point: Point, path: Path) -> Point | None:
    """A point of the same cell at which the two differ: they are different polynomials there."""
    region = path.region(aside=True)
    for step in range(200):
        scale = (step + 1) // 2
        for symbols in (path.symbols, path.symbols[step % len(path.symbols) :][:1]):
            near = {
                s: value + (path.moduli[s][0] * scale * (i + 1) if s in symbols and step else 0)
                for i, (s, value) in enumerate(point.items())
            }
            if near in region and formula.at(near) != derived.at(near):
                return near
    return None


def _written(polynomial: Polynomial, path: Path) -> Expression:
    for symbol, (modulus, residue) in path.moduli.items():
        polynomial = polynomial.over(path.symbols).moved(symbol, modulus, residue)
    return Expression(path, polynomial)


def _evaluated(node: ast.expr, path: Path) -> Expression:
    match node:
        case ast.Constant(value=int() as value):
            return path.constant(value)
        case ast.Name(id=name):
            return path.symbol(name)
        case ast.UnaryOp(op=op, operand=operand):
            inner = _evaluated(operand, path)
            return -inner if isinstance(op, ast.USub) else inner
        case ast.BinOp(left=left, op=ast.Pow(), right=ast.Constant(value=int() as exponent)):
            return _evaluated(left, path) ** exponent
        case ast.BinOp(left=left, op=op, right=right):
            return _combined(_evaluated(left, path), op, _evaluated(right, path))
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return _called(name, [_evaluated(argument, path) for argument in arguments])
    raise UnprovableError(f"there is no rule for {ast.unparse(node)}")


def _combined(a: Expression, op: ast.operator, b: Expression) -> Expression:
    match op:
        case ast.Add():
            return a + b
        case ast.Sub():
            return a - b
        case ast.Mult():
            return a * b
        case ast.Div():
            return a.over(b)
        case ast.FloorDiv():
            return a.floordiv(b)
    return a.mod(b)


def _called(name: str, arguments: Iterable[Expression]) -> Expression:
    first, *others = arguments
    if name == "floor":
        return first.floor()
    if name == "ceil":
        return -((-first).floor())
    for other in others:
        first = first.smaller(other) if name == "min" else first.larger(other)
    return first
