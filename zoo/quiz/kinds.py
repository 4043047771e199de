"""The kinds of exercises: a formula compared by algebra, a number by measurement, a choice, and a plugin in a file."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from zoo.complexity.algebra.polynomial import Polynomial, total
from zoo.errors import UserError
from zoo.folders import expanded
from zoo.quiz.answers import read_choice, read_formula, read_number
from zoo.quiz.diagnosis import diagnose
from zoo.quiz.exercise import Exercise, Verdict
from zoo.quiz.terms import put, spelled

if TYPE_CHECKING:
    from zoo.api import Architecture, Entry
    from zoo.registry import Registry

SYMBOLS = ("k", "NIC", "NF", "NC", "H", "W")
"""What a formula may be typed in; more than an exercise needs, so that a symbol too much can be named."""

MEANING = {
    "k": "height and width of a kernel",
    "NIC": "channels of the picture",
    "NF": "filters of the first convolution",
    "NC": "classes",
    "H": "height of the picture",
    "W": "width of the picture",
}


@dataclass(frozen=True)
class Truth:
    """A formula as it was derived.

    Attributes:
        parts: what it is the sum of, by what each is called; one or more.
        usual: what the symbols are where nobody says otherwise.
    """

    parts: Mapping[str, Polynomial]
    usual: Mapping[str, int]

    @property
    def formula(self) -> Polynomial:
        """The sum."""
        return total(SYMBOLS, self.parts.values())


@dataclass(frozen=True, kw_only=True)
class FormulaExercise(Exercise):
    """A formula is asked for, and compared by algebra with one that The zoo derives.

    Attributes:
        symbols: of the formula.
        derive: derives it.
        given: symbols that the question gives numbers for; either may be typed.
    """

    symbols: tuple[str, ...]
    derive: Callable[[Registry], Truth]
    given: Mapping[str, int] = field(default_factory=dict)
    kind: ClassVar[str] = "formula"
    example: ClassVar[str] = '"FORMULA"'

    @property
    def form(self) -> str:
        """A formula, and in what."""
        return f"a formula in {', '.join(self.symbols)}"

    def check(self, answer: str, registry: Registry) -> Verdict:
        """Subtract the derived formula; what is left names the mistake."""
        typed = self._read(answer)  # before anything is derived, which takes seconds
        return self.judge(typed, self.derive(registry))

    def judge(self, typed: Polynomial, truth: Truth) -> Verdict:
        """Compare what was typed with what was derived."""
        wrong = diagnose(typed, truth.formula, truth.usual, truth.parts if len(truth.parts) > 1 else None)
        if not wrong:
            return Verdict(True, (f"The zoo derives {spelled(truth.formula)}.",))
        remarks = [remark for slip, remark in self.slips.items() if (self._read(slip) - typed).is_zero]
        return Verdict(False, (f"Read as {spelled(typed)}.", *wrong, *remarks))

    def _read(self, answer: str) -> Polynomial:
        return put(read_formula(answer, SYMBOLS), self.given)


@dataclass(frozen=True, kw_only=True)
class NumberExercise(Exercise):
    """A number is asked for, and measured then and there.

    Attributes:
        measure: measures it, in seconds at most.
        unit: what is counted; ``%`` for a share.
        tolerance: how far from the measured number an answer may be.
        how: what was done to get it.
    """

    measure: Callable[[Registry], float]
    unit: str = ""
    tolerance: float = 0.0
    how: str = "Measured"
    kind: ClassVar[str] = "number"
    example: ClassVar[str] = "NUMBER"

    @property
    def form(self) -> str:
        """A number, and of what."""
        if self.unit == "%":
            return "a share, as in 0.5 or 50%" + (f", to {self.tolerance * 100:g} points" if self.tolerance else "")
        thing = {"": "a number", "times": "a factor"}.get(self.unit, f"a number of {self.unit}")
        return thing + (f", to {self.tolerance:g}" if self.tolerance else "")

    def check(self, answer: str, registry: Registry) -> Verdict:
        """Measure, and compare."""
        typed = read_number(answer, "" if self.unit == "%" else self.unit)
        return self.judge(typed, self.measure(registry))

    def judge(self, typed: Fraction, measured: float) -> Verdict:
        """Compare what was typed with what was measured."""
        if self._agree(typed, measured):
            return Verdict(True, (f"{self.how}: {self._text(measured)}.",))
        for slip, remark in self.slips.items():
            if self._agree(typed, float(read_number(slip))):
                return Verdict(False, (remark,))
        if self.unit == "%" and typed > 1:
            return Verdict(False, (f"A share is at most 1, or 100%; is {float(typed):g}% meant?",))
        return Verdict(False, (f"{self._text(float(typed))} is too {'large' if typed > measured else 'small'}.",))

    def _agree(self, typed: Fraction, number: float) -> bool:
        return math.isclose(typed, number, rel_tol=1e-9, abs_tol=self.tolerance + 1e-9)

    def _text(self, number: float) -> str:
        return f"{number:.1%}" if self.unit == "%" else f"{number:,.6g} {self.unit}".rstrip()


@dataclass(frozen=True, kw_only=True)
class ChoiceExercise(Exercise):
    """One of several sentences is true, and a measurement says which.

    Attributes:
        options: sentences by letter.
        decide: finds the letter of the true one, and says by what.
    """

    options: Mapping[str, str]
    decide: Callable[[Registry], tuple[str, str]]
    kind: ClassVar[str] = "choice"
    example: ClassVar[str] = "LETTER"

    @property
    def form(self) -> str:
        """A letter."""
        return "a letter"

    def check(self, answer: str, registry: Registry) -> Verdict:
        """Measure which is true."""
        letter = read_choice(answer, self.options)
        right, evidence = self.decide(registry)
        if letter == right:
            return Verdict(True, (evidence,))
        return Verdict(False, (self.slips[letter],))


@dataclass(frozen=True, kw_only=True)
class FileExercise(Exercise):
    """A plugin in a file is asked for, and tried.

    Attributes:
        demand: says, sentence by sentence, what an architecture that keeps the contract still lacks.
    """

    demand: Callable[[Entry[Architecture[Any]], Registry], Iterator[str]]
    kind: ClassVar[str] = "file"
    example: ClassVar[str] = "FILE"

    @property
    def form(self) -> str:
        """A file."""
        return "a Python file"

    def check(self, answer: str, registry: Registry) -> Verdict:
        """Load the file, run the contract's checks on what it brings, then look for what the exercise asks."""
        *_, verdict = self.steps(answer, registry)
        assert verdict is not None
        return verdict

    def steps(self, answer: str, registry: Registry) -> Iterator[Verdict | None]:
        """What `check` does; None after every step, then the verdict."""
        path = expanded(answer.strip())
        must_be_python(path)
        plugin = registry.load_file(path)
        if plugin.errors:
            yield Verdict(False, tuple(plugin.errors))
            return
        entries = plugin.entries["architecture"]
        if not entries:
            yield Verdict(False, ("It brings no architecture: return one from zoo_architectures().",))
            return
        for entry in entries:
            yield None
            for wrong in self._wrong(entry, registry):
                if wrong:
                    yield Verdict(False, (wrong,))
                    return
                yield None
        names = ", ".join(entry.name for entry in entries)
        says = [f"{names} keeps the contract, and does what was asked."]
        if _same_code(path, Path(self.solution)):
            says.append("But it is the solution that the zoo ships, word for word: write one of your own.")
        yield Verdict(True, tuple(says))

    def shown_solution(self) -> str:
        """The text of the file."""
        return Path(self.solution).read_text(encoding="utf-8").rstrip()

    def _wrong(self, entry: Entry[Architecture[Any]], registry: Registry) -> Iterator[str]:
        """After every check an empty string, or what is wrong."""
        from zoo.testing.run import run_checks

        for outcome in run_checks(entry, [registry.task(name).value for name in entry.value.tasks]):
            if outcome.problem:
                yield f"{entry.name} breaks a promise: {outcome.promise} But {outcome.problem}."
                return
            yield ""
        yield from self.demand(entry, registry)


def _same_code(path: Path, solution: Path) -> bool:
    """Whether two files differ in nothing but comments and blanks."""
    mine, shipped = (ast.dump(ast.parse(file.read_bytes())) for file in (path, solution))
    return mine == shipped


def must_be_python(path: Path) -> None:
    """Refuse an answer that cannot be compiled.

    Raises:
        UserError: saying why.
    """
    if not path.is_file():
        raise UserError(f"the answer {str(path)!r} cannot be read: there is no such file; answer with a file's name.")
    try:
        compile(path.read_text(encoding="utf-8"), str(path), "exec", dont_inherit=True)
    except SyntaxError as error:
        raise UserError(f"{path}, line {error.lineno}: {error.msg}.") from None
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise UserError(f"{path} cannot be read: {error}.") from None
