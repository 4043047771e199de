"""Write polynomials the way people do: factored, in the student's symbols, for the terminal, Python or LaTeX."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache

from zoo.complexity.algebra.polynomial import Polynomial

_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Style:
    """How a formula is spelt.

    Attributes:
        symbol: a symbol.
        power: a base, written out, to an exponent of 2 or more.
        times: what stands between factors.
        group: a sum that is a factor.
        over: a numerator over a whole number.
    """

    symbol: Callable[[str], str]
    power: Callable[[str, int], str]
    times: str
    group: Callable[[str], str]
    over: Callable[[str, int], str]


PRETTY = Style(
    symbol=lambda name: name,
    power=lambda base, exponent: base + str(exponent).translate(_SUPERSCRIPTS),
    times=" ",
    group=lambda text: f"({text})",
    over=lambda text, denominator: f"{text}/{denominator}",
)
PYTHON = Style(
    symbol=lambda name: name,
    power=lambda base, exponent: f"{base}**{exponent}",
    times="*",
    group=lambda text: f"({text})",
    over=lambda text, denominator: f"{text}/{denominator}",
)
LATEX = Style(
    symbol=lambda name: name if len(name) == 1 else rf"\mathrm{{{name}}}",
    power=lambda base, exponent: f"{base}^{{{exponent}}}",
    times=r"\,",
    group=lambda text: rf"\left({text}\right)",
    over=lambda text, denominator: rf"\frac{{{text}}}{{{denominator}}}",
)

Factors = tuple[Fraction, tuple[tuple[Polynomial, int], ...]]


def write(polynomial: Polynomial, style: Style = PRETTY) -> str:
    """A polynomial in factored form."""
    coefficient, factors = factored(polynomial.symbols, tuple(polynomial.terms.items()))
    return _product(coefficient, factors, style)


def write_ratio(above: Polynomial, below: Polynomial, style: Style = PYTHON) -> str:
    """The quotient of two polynomials, reduced."""
    above, below = reduced(above, below)
    top = write(above, style)
    if below.is_constant and below.at(dict.fromkeys(below.symbols, 0)) == 1:
        return top
    bottom = write(below, style)
    if style is LATEX:
        return rf"\frac{{{top}}}{{{bottom}}}"
    return f"({top})/({bottom})"


def reduced(above: Polynomial, below: Polynomial) -> tuple[Polynomial, Polynomial]:
    """Numerator and denominator without common factors; a constant denominator becomes 1."""
    symbols = above.symbols
    (c, over), (d, under) = (factored(symbols, tuple(p.over(symbols).terms.items())) for p in (above, below))
    powers: dict[Polynomial, int] = {}
    for factors, sign in ((over, 1), (under, -1)):
        for factor, exponent in factors:
            powers[factor] = powers.get(factor, 0) + sign * exponent
    top, bottom = Polynomial.constant(symbols, c / d), Polynomial.constant(symbols, 1)
    for factor, exponent in powers.items():
        for _ in range(abs(exponent)):
            if exponent > 0:
                top = top * factor
            else:
                bottom = bottom * factor
    return top, bottom


@lru_cache(maxsize=4096)
def factored(symbols: tuple[str, ...], terms: Sequence[tuple[tuple[int, ...], Fraction]]) -> Factors:
    """A coefficient, and irreducible factors with whole coefficients, symbols first."""
    if not terms:
        return Fraction(0), ()
    if len(terms) == 1:
        monomial, coefficient = terms[0]
        return coefficient, tuple(
            (Polynomial.symbol(symbols, s), e) for s, e in zip(symbols, monomial, strict=True) if e
        )
    sympy = _sympy()
    generators = [sympy.Symbol(s) for s in symbols]
    poly = sympy.Poly({m: sympy.Rational(c.numerator, c.denominator) for m, c in terms}, *generators, domain="QQ")
    constant, factors = poly.factor_list()
    coefficient = Fraction(int(constant.p), int(constant.q))
    powers: list[tuple[Polynomial, int]] = []
    for factor, exponent in factors:
        whole = Polynomial.make(symbols, [(m, Fraction(int(c.p), int(c.q))) for m, c in factor.terms()])
        if whole.terms[max(whole.terms, key=lambda m: m[::-1])] < 0:  # 4 k H + 1 - k^2 rather than k^2 - 4 k H - 1
            whole, coefficient = whole * -1, coefficient * (-1) ** exponent
        powers.append((whole, exponent))
    powers.sort(key=lambda pair: (len(pair[0].terms) > 1, [tuple(-e for e in m) for m in pair[0].terms]))
    return coefficient, tuple(powers)


@cache
def _sympy():  # type: ignore[no-untyped-def]
    import sympy  # half a second, and only needed where a formula has several terms

    return sympy


def _product(coefficient: Fraction, factors: Sequence[tuple[Polynomial, int]], style: Style) -> str:
    parts = []
    alone = len(factors) == 1 and factors[0][1] == 1 and abs(coefficient.numerator) == 1
    for factor, exponent in factors:
        text = _sum(factor, style)
        if len(factor.terms) > 1 and not (alone and coefficient == 1):
            text = style.group(text)
        parts.append(style.power(text, exponent) if exponent > 1 else text)
    size = abs(coefficient.numerator)
    if size != 1 or not parts:
        parts.insert(0, str(size))
    text = style.times.join(parts)
    if coefficient.denominator != 1:
        text = style.over(text, coefficient.denominator)
    return f"-{text}" if coefficient < 0 else text


def _sum(polynomial: Polynomial, style: Style) -> str:
    text = ""
    positive_first = sorted(polynomial.terms.items(), key=lambda term: term[1] < 0)
    for monomial, coefficient in positive_first:
        factors = [
            (style.symbol(s) if e == 1 else style.power(style.symbol(s), e))
            for s, e in zip(polynomial.symbols, monomial, strict=True)
            if e
        ]
        size = abs(coefficient)
        if size != 1 or not factors:
            factors.insert(0, str(size.numerator))
        term = style.times.join(factors)
        if size.denominator != 1:
            term = style.over(term, size.denominator)
        sign = "-" if coefficient < 0 else "+"
        text += f" {sign} {term}" if text else (f"-{term}" if coefficient < 0 else term)
    return text or "0"
