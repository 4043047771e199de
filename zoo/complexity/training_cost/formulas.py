"""Formulas of a training step: proved by one step with sizes that stand for all their values, or fitted and tested."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from random import Random

import torch

from zoo.complexity.algebra.expression import Path, UnprovableError, path_at
from zoo.complexity.algebra.polynomial import Polynomial
from zoo.complexity.counting.resizing import SymbolicFunctions
from zoo.complexity.counting.symbolic import expression_of, initializes, symbols_of
from zoo.complexity.deriving.axes import Axis, Domain, Key, Point, fit_line
from zoo.complexity.deriving.fit import MARGIN, fit
from zoo.complexity.deriving.proof import Status
from zoo.complexity.deriving.result import Report
from zoo.complexity.deriving.subject import Subject
from zoo.complexity.deriving.trace import limits
from zoo.complexity.training_cost.ledger import Scope, Setup, Step, predict, run_step

BATCH = "N"
"""The symbol of the pictures in a batch; at least 2, for batch normalization's sake."""

LEDGER_SYMBOLS = ("H", "W")
"""With `BATCH`, the symbols of the ledger's formulas."""

STEP = "step"
"""The layer of what belongs to the whole step."""


@dataclass(frozen=True)
class StepFormulas:
    """Formulas of one training step.

    Attributes:
        polynomials: of the whole step, by item, with `STEP` as the layer; and of the bytes saved by a layer, by its
            name and ``saved``.
        status: proved or tested.
        grounds: where they are proved, or how they were tested, in words.
    """

    polynomials: Mapping[Key, Polynomial] = field(default_factory=dict)
    status: Status = Status.COUNTED
    grounds: str = ""

    def item(self, name: str) -> Polynomial | None:
        """The formula of an item of the whole step, if there is one."""
        return self.polynomials.get((STEP, name))


def values_of(step: Step) -> dict[Key, int]:
    """The numbers of a step, by layer and quantity."""
    whole = {(STEP, item): value for item, value in step.values.items()}
    return whole | {(layer, "saved"): value for layer, value in step.saved.items()}


def prove_step(subject: Subject, batch: int, scope: Scope, setup: Setup, symbols: Sequence[str]) -> StepFormulas | None:
    """Formulas from one step in which symbols stand for all their values; None if the network reads one as a number.

    Args:
        subject: the network.
        batch: pictures in the batch, at the current configuration.
        scope: what is trained.
        setup: optimizer and precision.
        symbols: of the formulas, apart from `BATCH`; the others keep their values.
    """
    point = {BATCH: batch, **{s: subject.point[s] for s in symbols}}
    axes = [axis for axis in subject.axes if axis.symbol in symbols]
    odd = frozenset(axis.symbol for axis in axes if axis.odd)
    path = path_at(point, dict.fromkeys(odd, 2))
    path.ignores = initializes
    try:
        totals = _run(subject, path, scope, setup)
    except UnprovableError:
        return None
    except Exception:  # torch words it in many ways: an operation does not take such sizes
        return None
    bounds = {axis.symbol: limits(axis) for axis in axes} | {BATCH: (2, None)}
    region = replace(path.region(False), limits=bounds, odd=odd)
    tied = region.tied()
    if tied - {BATCH}:  # its code asks for this value: it stays a number
        return prove_step(subject, batch, scope, setup, [s for s in symbols if s not in tied])
    polynomials = {key: region.in_values(expression_of(value, path).current()) for key, value in totals.items()}
    counted = values_of(predict(subject, subject.point, batch, scope, setup))
    if {key: polynomial.at(point) for key, polynomial in polynomials.items()} != counted or tied:
        return None
    numbers = [f"{axis.symbol} = {axis.value}" for axis in subject.axes if axis.symbol not in symbols]
    where = ", ".join(text for text in [*numbers, region.says()] if text)
    return StepFormulas(polynomials, Status.PROVED, where or "all values")


def _run(subject: Subject, path: Path, scope: Scope, setup: Setup) -> dict[Key, int]:
    at = {**subject.point, **symbols_of(path)}
    with torch.enable_grad(), SymbolicFunctions():
        return values_of(run_step(subject.build(at), subject.input_shape(at, at[BATCH]), scope, setup))


def fit_step(report: Report, batch: int, scope: Scope, setup: Setup, random: Random) -> StepFormulas:
    """Formulas in N, H and W that interpolation finds and that agree with steps at random points."""
    assert report.derivation is not None
    subject = report.subject
    sizes = {s: report.derivation.domains[s] for s in LEDGER_SYMBOLS}
    domains: dict[str, Domain] = {BATCH: Axis(BATCH, batch, low=2).domain(1), **sizes}
    base = {s: domain.values[0] for s, domain in domains.items()}

    def at(point: Mapping[str, int]) -> _Numbers:
        here = {**base, **point}
        full = {**subject.point, "H": here["H"], "W": here["W"]}
        return _Numbers(predict(subject, full, here[BATCH], scope, setup))

    degrees = {}
    for symbol, domain in domains.items():
        if not domain.fixed:
            line = fit_line(domain, partial(_along, at, symbol), lambda numbers: True)
            if line is None:
                return StepFormulas()
            degrees[symbol] = max(0, *line.degrees.values())
    outcome = fit({s: domains[s] for s in degrees}, degrees, lambda point: at(point).values(), random)
    passed = {key: outcome.polynomials[key].over(tuple(domains)) for key in outcome.agreed}
    grounds = (
        f"at {outcome.trials} random points: a wrong one passes with chance below {outcome.chance:.0e}, if degrees are "
        f"at most {MARGIN} above those that were met"
    )
    return StepFormulas(passed, Status.TESTED, grounds)


def _along(at: Callable[[Point], _Numbers], symbol: str, value: int) -> _Numbers:
    return at({symbol: value})


@dataclass(frozen=True)
class _Numbers:
    step: Step

    def values(self) -> dict[Key, int]:
        """The numbers of the whole step."""
        return {key: value for key, value in values_of(self.step).items() if key[0] == STEP}
