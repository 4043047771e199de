"""Name what is wrong with a formula, by subtracting the right one and matching what is left, term by term.

What is missing is named only where most of an answer is right, so that nobody gets the solution by typing ``0``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations

from zoo.complexity.algebra.polynomial import Monomial, Polynomial, total
from zoo.quiz.terms import alone, is_bare, is_near, put, spelled, weight


def diagnose(
    answer: Polynomial,
    truth: Polynomial,
    usual: Mapping[str, int],
    parts: Mapping[str, Polynomial] | None = None,
) -> list[str]:
    """What is wrong with an answer, a sentence a mistake; nothing if it is right.

    Args:
        answer: in the same symbols as the truth.
        truth: what is right.
        usual: values that symbols often have, and are often mistaken for: ``{"k": 3}``.
        parts: what the truth is the sum of, by what each is called.
    """
    if (answer - truth).is_zero:
        return []
    if answer.is_zero:
        return [f"It is not nothing: {_count(truth)} missing."]
    if is_bare(answer) and not is_bare(truth):
        return [_bare(answer, truth, usual)]
    for remarks in (_parts(answer, truth, parts or {}), _fixed(answer, truth, usual), _scaled(answer, truth)):
        if remarks:
            return remarks
    if weight(truth, _matched(answer, truth, usual)) < Fraction(1, 2):
        return list(_far(answer, truth))
    return list(_terms(answer, truth, usual, parts or {}))


# --- answers that are far from right ---


def _bare(answer: Polynomial, truth: Polynomial, usual: Mapping[str, int]) -> str:
    needed = [symbol for symbol in truth.symbols if truth.degree(symbol)]
    if (put(truth, {symbol: usual[symbol] for symbol in needed if symbol in usual}) - answer).is_zero:
        values = _values({symbol: usual[symbol] for symbol in needed})
        return f"That is its value for {values}; {_and(needed)} should appear."
    return f"A formula in {_and(needed)} is wanted, not a number."


def _matched(answer: Polynomial, truth: Polynomial, usual: Mapping[str, int]) -> list[Monomial]:
    """The terms of the truth that the answer has, at least with another factor, a number for a symbol, or nearly."""
    extra = {monomial: c for monomial, c in answer.terms.items() if monomial not in truth.terms and any(monomial)}
    return [
        monomial
        for monomial in truth.terms
        if monomial in answer.terms
        or _fixed_term(alone(truth, monomial), extra, usual)
        or any(is_near(other, monomial) for other in extra)
    ]


def _far(answer: Polynomial, truth: Polynomial) -> Iterator[str]:
    """How much is right, and which of the answer's own terms are not, but not what they should be."""
    right = sum(answer.terms.get(monomial) == coefficient for monomial, coefficient in truth.terms.items())
    number = len(truth.terms)
    yield f"It has {right} of the {number} right terms." if number > 1 else "This is not yet near the right term."
    for monomial, coefficient in answer.terms.items():
        if monomial not in truth.terms:
            yield f"{spelled(Polynomial.make(answer.symbols, [(monomial, coefficient)]))} does not belong."
        elif coefficient != truth.terms[monomial]:
            yield f"{spelled(alone(answer, monomial))} has a wrong factor."


# --- mistakes of a whole formula ---


def _parts(answer: Polynomial, truth: Polynomial, parts: Mapping[str, Polynomial]) -> list[str]:
    """Whole parts that are missing or counted twice."""
    left = answer - truth
    for size in range(1, len(parts)):
        for names in combinations(parts, size):
            together = total(truth.symbols, (parts[name] for name in names))
            if (left + together).is_zero and weight(truth, together.terms) <= Fraction(1, 2):
                return [f"{spelled(parts[name])} is missing: {name}." for name in names]
            if (left - together).is_zero and all(len(parts[name].terms) > 1 for name in names):
                return [f"{spelled(parts[name])} is counted twice: {name}." for name in names]
    return []


def _fixed(answer: Polynomial, truth: Polynomial, usual: Mapping[str, int]) -> list[str]:
    """Symbols that have a number in their place everywhere."""
    absent = [s for s in truth.symbols if s in usual and truth.degree(s) and not answer.degree(s)]
    for names in _subsets(absent):
        values = {name: usual[name] for name in names}
        if (put(truth, values) - answer).is_zero:
            changed = [alone(truth, m) for m in truth.terms if any(m[truth.symbols.index(s)] for s in names)]
            became = [f"{spelled(term)} became {spelled(put(term, values))}" for term in changed]
            return [f"{_and(names)} should appear: you fixed {_values(values)}, and {_and(became)}."]
    return []


def _scaled(answer: Polynomial, truth: Polynomial) -> list[str]:
    """One factor too much or too little in front of everything."""
    if len(truth.terms) < 2 or set(answer.terms) != set(truth.terms):
        return []
    ratios = {answer.terms[monomial] / coefficient for monomial, coefficient in truth.terms.items()}
    if len(ratios) > 1:
        return []
    return [f"The whole of it, {spelled(answer)}, {_off(ratios.pop())}."]


# --- mistakes of single terms ---


def _terms(
    answer: Polynomial, truth: Polynomial, usual: Mapping[str, int], parts: Mapping[str, Polynomial]
) -> Iterator[str]:
    over = dict((answer - truth).terms)
    missing = [monomial for monomial in truth.terms if monomial not in answer.terms]
    for monomial in list(missing):
        constant = _fixed_term(alone(truth, monomial), over, usual)
        if constant:
            values, became = constant
            over[became] -= put(alone(truth, monomial), values).terms[became]
            del over[monomial]
            missing.remove(monomial)
            term = alone(truth, monomial)
            yield (
                f"{_and(list(values))} should appear: {spelled(put(term, values))} should be {spelled(term)}; you "
                f"fixed {_values(values)}."
            )
    for monomial in [m for m, difference in over.items() if difference and m in truth.terms and m not in missing]:
        yield _coefficient(answer, truth, monomial, over[monomial], parts)
    extra = [m for m, difference in over.items() if difference and m not in truth.terms]
    for monomial in list(missing):
        other = _nearest(answer.symbols, monomial, extra, over, truth)
        if other is None:
            label = _labels(truth, monomial, parts)
            yield f"{spelled(alone(truth, monomial))} is missing{label}."
        else:
            extra.remove(other)
            wrong = Polynomial.make(answer.symbols, [(other, over[other])])
            why = _powers(answer.symbols, other, monomial)
            yield f"{spelled(wrong)} should be {spelled(alone(truth, monomial))}: {why}."
    for monomial in extra:
        wrong = Polynomial.make(answer.symbols, [(monomial, over[monomial])])
        foreign = [s for s, e in zip(answer.symbols, monomial, strict=True) if e and not truth.degree(s)]
        why = f": {_and(foreign)} should not appear" if foreign else ""
        yield f"{spelled(wrong)} does not belong{why}."


def _fixed_term(
    term: Polynomial, over: Mapping[Monomial, Fraction], usual: Mapping[str, int]
) -> tuple[dict[str, int], Monomial] | None:
    """Which symbols of a missing term have a number in their place, and what the term became."""
    for names in _subsets([s for s in term.symbols if s in usual and term.degree(s)]):
        values = {name: usual[name] for name in names}
        [(monomial, coefficient)] = put(term, values).terms.items()
        if over.get(monomial) == coefficient:
            return values, monomial
    return None


def _coefficient(
    answer: Polynomial, truth: Polynomial, monomial: Monomial, over: Fraction, parts: Mapping[str, Polynomial]
) -> str:
    right = truth.terms[monomial]
    wrong = right + over
    written, wanted = (spelled(Polynomial.make(answer.symbols, [(monomial, c)])) for c in (wrong, right))
    for name, part in parts.items():
        if part.terms.get(monomial) == -over:
            return f"{written} should be {wanted}: {spelled(alone(part, monomial))} is missing, from {name}."
    ratio = wrong / right
    if ratio == -1 or ratio.numerator == 1 or ratio.denominator == 1:
        return f"{written} {_off(ratio)}."
    return f"{written} should be {wanted}."


def _nearest(
    symbols: Sequence[str],
    monomial: Monomial,
    extra: Sequence[Monomial],
    over: Mapping[Monomial, Fraction],
    truth: Polynomial,
) -> Monomial | None:
    """The superfluous term that was meant to be a missing one: its powers differ little."""

    def distance(other: Monomial) -> tuple[int, bool]:
        off = sum(abs(a - b) for a, b in zip(monomial, other, strict=True))
        return off, over[other] != truth.terms[monomial]

    near = [other for other in extra if distance(other)[0] <= 2 and any(other)]
    return min(near, key=distance, default=None)


def _powers(symbols: Sequence[str], wrong: Monomial, right: Monomial) -> str:
    off = {s: (a, b) for s, a, b in zip(symbols, wrong, right, strict=True) if a != b}
    more = [s for s, (a, b) in off.items() if a == b + 1]
    less = [s for s, (a, b) in off.items() if a == b - 1]
    if len(off) == 2 and len(more) == len(less) == 1:
        return f"{more[0]} stands where {less[0]} belongs"
    missing = [s for s, (a, _) in off.items() if not a]
    foreign = [s for s, (_, b) in off.items() if not b]
    sentences = [f"{s} is to the power of {a} rather than {b}" for s, (a, b) in off.items() if a and b]
    sentences += [f"{_and(missing)} should appear"] if missing else []
    sentences += [f"{_and(foreign)} should not appear"] if foreign else []
    return " and ".join(sentences)


def _labels(truth: Polynomial, monomial: Monomial, parts: Mapping[str, Polynomial]) -> str:
    names = [name for name, part in parts.items() if monomial in part.terms]
    return f": {_and(names)}" if names else ""


# --- words ---


def _off(ratio: Fraction) -> str:
    if ratio == -1:
        return "has the wrong sign"
    if ratio.denominator == 1 and ratio > 1:
        return f"is {ratio} times too large"
    if ratio.numerator == 1 and ratio > 0:
        return f"is {ratio.denominator} times too small"
    return f"is {ratio} times what it should be"


def _count(truth: Polynomial) -> str:
    number = len(truth.terms)
    return "its one term is" if number == 1 else f"its {number} terms are"


def _values(values: Mapping[str, int]) -> str:
    return _and([f"{name} = {value}" for name, value in values.items()])


def _and(words: Sequence[str]) -> str:
    """``a, b and c``."""
    return " and ".join([*([", ".join(words[:-1])] if words[1:] else []), words[-1]])


def _subsets(names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for size in range(1, len(names) + 1):
        yield from combinations(names, size)
