"""A wrong term is named, whatever the mistake."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from zoo.complexity.algebra.polynomial import Polynomial
from zoo.quiz import TOPICS
from zoo.quiz.answers import read_formula
from zoo.quiz.diagnosis import diagnose
from zoo.quiz.kinds import SYMBOLS, FormulaExercise
from zoo.quiz.terms import is_bare, put, spelled, weight

FORMULAS = [one for topic in TOPICS for one in topic.exercises if isinstance(one, FormulaExercise)]
USUAL = {"k": 3, "NIC": 1, "NF": 32, "NC": 24, "H": 32, "W": 32}
MONOMIALS = st.tuples(*[st.integers(0, 2)] * 6)
COEFFICIENTS = st.sampled_from([Fraction(n, d) for n in range(1, 13) for d in (1, 2, 4)])
TRUTHS = st.dictionaries(MONOMIALS, COEFFICIENTS, min_size=1, max_size=6).map(
    lambda terms: Polynomial.make(SYMBOLS, list(terms.items()))
)


def read(text: str) -> Polynomial:
    return read_formula(text, SYMBOLS)


def term(monomial: tuple[int, ...], coefficient: Fraction) -> str:
    return spelled(Polynomial.make(SYMBOLS, [(monomial, coefficient)]))


def sentence(answer: Polynomial, truth: Polynomial) -> str:
    return "\n".join(diagnose(answer, truth, USUAL))


@given(TRUTHS)
def test_the_truth_is_right_and_nothing_else_is(truth: Polynomial) -> None:
    assert diagnose(truth, truth, USUAL) == []
    assert diagnose(truth + Polynomial.constant(SYMBOLS, 1), truth, USUAL)


@given(TRUTHS, st.data())
def test_a_changed_coefficient_is_named(truth: Polynomial, data: st.DataObject) -> None:
    monomial = data.draw(st.sampled_from(list(truth.terms)))
    wrong = data.draw(COEFFICIENTS)
    assume(wrong != truth.terms[monomial])
    answer = Polynomial.make(SYMBOLS, list({**truth.terms, monomial: wrong}.items()))
    says = sentence(answer, truth)
    assert says.startswith(term(monomial, wrong))
    assert len(says.splitlines()) == 1


@given(TRUTHS, st.data())
def test_a_dropped_term_is_named(truth: Polynomial, data: st.DataObject) -> None:
    assume(len(truth.terms) > 1)
    monomial = data.draw(st.sampled_from(list(truth.terms)))
    assume(weight(truth, [monomial]) <= Fraction(1, 2))
    answer = Polynomial.make(SYMBOLS, [(m, c) for m, c in truth.terms.items() if m != monomial])
    assume(not is_bare(answer))
    assert sentence(answer, truth) == f"{term(monomial, truth.terms[monomial])} is missing."


@given(TRUTHS, MONOMIALS, COEFFICIENTS)
def test_a_term_too_much_is_named(truth: Polynomial, monomial: tuple[int, ...], coefficient: Fraction) -> None:
    assume(monomial not in truth.terms)
    answer = Polynomial.make(SYMBOLS, [*truth.terms.items(), (monomial, coefficient)])
    assert sentence(answer, truth).startswith(f"{term(monomial, coefficient)} does not belong")


@given(TRUTHS, st.data())
def test_a_symbol_fixed_in_one_term_is_named_with_it(truth: Polynomial, data: st.DataObject) -> None:
    monomial = data.draw(st.sampled_from([m for m in truth.terms if any(m)] or [None]))
    assume(monomial is not None)
    symbol = data.draw(st.sampled_from([s for s, e in zip(SYMBOLS, monomial, strict=True) if e]))
    right = Polynomial.make(SYMBOLS, [(monomial, truth.terms[monomial])])
    fixed = put(right, {symbol: USUAL[symbol]})
    assume(not is_bare(truth - right + fixed))
    assume(next(iter(fixed.terms)) not in truth.terms)  # else it may look like another coefficient and a term missing
    says = sentence(truth - right + fixed, truth)
    assert symbol in says.partition(" should appear")[0]
    assert f"{symbol} = {USUAL[symbol]}" in says
    assert spelled(right) in says
    assert spelled(fixed) in says


@given(TRUTHS, st.data())
def test_symbols_fixed_everywhere_are_named(truth: Polynomial, data: st.DataObject) -> None:
    there = [s for s in SYMBOLS if truth.degree(s)]
    assume(there)
    names = data.draw(st.sets(st.sampled_from(there), min_size=1))
    fixed = put(truth, {name: USUAL[name] for name in names})
    assume(not (fixed - truth).is_zero)
    assume(not is_bare(fixed))
    says = sentence(fixed, truth)
    assert "should appear: you fixed" in says
    for name in names:
        assert f"{name} = {USUAL[name]}" in says


@given(TRUTHS, st.sampled_from([Fraction(1, 4), Fraction(1, 2), Fraction(3, 2), Fraction(2), Fraction(-1)]))
def test_a_factor_in_front_of_everything_is_told_once(truth: Polynomial, factor: Fraction) -> None:
    assume(len(truth.terms) > 1)
    [says] = diagnose(truth * factor, truth, {})
    assert says.startswith("The whole of it")


@pytest.mark.parametrize(
    ("answer", "truth", "says"),
    [
        ("2*k^2*NF*NC + NC", "k^2*NF*NC + NC", ["2 k² NF NC is 2 times too large."]),
        ("k^2*NF*NC", "k^2*NF*NC + NC", ["NC is missing."]),
        (
            "9*NF*NC + NC",
            "k^2*NF*NC + NC",
            ["k should appear: you fixed k = 3, and k² NF NC became 9 NF NC."],
        ),
        (
            "10*NF",
            "k^2*NIC*NF + NF",
            ["k and NIC should appear: you fixed k = 3 and NIC = 1, and k² NIC NF became 9 NF."],
        ),
        ("k*NF*NC", "k^2*NF*NC", ["k NF NC should be k² NF NC: k is to the power of 1 rather than 2."]),
        ("k^2*NF*NF", "k^2*NF*NC", ["k² NF² should be k² NF NC: NF stands where NC belongs."]),
        ("NF*H", "NF*H*W", ["NF H should be NF H W: W should appear."]),
        ("NF*H*W/2", "NF*H*W/4", ["NF H W/2 is 2 times too large."]),
        ("NF*H*W/16", "NF*H*W/4", ["NF H W/16 is 4 times too small."]),
        ("-NF", "NF", ["-NF has the wrong sign."]),
        ("7*NF + NC", "6*NF + NC", ["7 NF should be 6 NF."]),
        ("0", "6*NF + NC", ["It is not nothing: its 2 terms are missing."]),
        ("1", "6*NF + NC", ["A formula in NF and NC is wanted, not a number."]),
        ("216", "6*NF + NC", ["That is its value for NF = 32 and NC = 24; NF and NC should appear."]),
        ("H", "NF*H*W/4", ["This is not yet near the right term.", "H does not belong."]),
        ("NC", "k^2*NF*NC + NC", ["It has 1 of the 2 right terms."]),
        ("H", "9*H*W - 6*H - 6*W + 4", ["It has 0 of the 4 right terms.", "H has a wrong factor."]),
        ("NF + H^2*W^2", "NF", ["H² W² does not belong: H and W should not appear."]),
    ],
)
def test_sentences(answer: str, truth: str, says: list[str]) -> None:
    assert diagnose(read(answer), read(truth), USUAL) == says


PARTS = {"the weights": read("8*k^2*NF^2"), "the biases": read("6*NF + 2*NC"), "BatchNorm": read("12*NF + 2*NC")}
WHOLE = read("8*k^2*NF^2 + 18*NF + 4*NC")


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ("8*k^2*NF^2 + 6*NF + 2*NC", ["12 NF + 2 NC is missing: BatchNorm."]),
        ("8*k^2*NF^2", ["6 NF + 2 NC is missing: the biases.", "12 NF + 2 NC is missing: BatchNorm."]),
        ("8*k^2*NF^2 + 24*NF + 6*NC", ["6 NF + 2 NC is counted twice: the biases."]),
        ("8*k^2*NF^2 + 6*NF + 4*NC", ["6 NF should be 18 NF: 12 NF is missing, from BatchNorm."]),
        ("16*k^2*NF^2 + 18*NF + 4*NC", ["16 k² NF² is 2 times too large."]),
        ("8*k^2*NF^2 + 18*NF", ["4 NC is missing: the biases and BatchNorm."]),
    ],
)
def test_parts_are_called_by_their_names(answer: str, says: list[str]) -> None:
    assert diagnose(read(answer), WHOLE, USUAL, PARTS) == says


@pytest.mark.parametrize("answer", ["0", "1", "H", "NF", "k"])
@pytest.mark.parametrize("exercise", FORMULAS, ids=lambda exercise: exercise.name)
def test_no_guess_is_told_a_right_term(exercise: FormulaExercise, answer: str) -> None:
    truth = put(read(exercise.solution), exercise.given)
    says = "\n".join(diagnose(read(answer), truth, USUAL))
    secrets = [term(monomial, abs(c)) for monomial, c in truth.terms.items() if sum(monomial) > 1]
    assert [secret for secret in secrets if secret in says] == []
