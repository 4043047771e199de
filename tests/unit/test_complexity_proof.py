"""Registered formulas: right ones are proved, and every wrong one is caught, named, and shown where it fails."""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from random import Random
from typing import Any

import pytest

import zoo_baseline
import zoo_lookup
import zoo_unet
from zoo.api import Architecture, LayerCost
from zoo.complexity.deriving.derive import Derivation, derive
from zoo.complexity.deriving.proof import REGISTERED, Failure, Status, compare
from zoo.complexity.deriving.result import make_report
from zoo.complexity.deriving.subject import Subject, of_architecture

ARCHITECTURES = {entry.name: entry for entry in (zoo_baseline.Baseline(), zoo_unet.UNet(), zoo_lookup.Lookup())}


@cache
def kept(name: str) -> Subject:
    architecture = ARCHITECTURES[name]
    return of_architecture(architecture, architecture.config(), 1, 24, 32, 32)


def subject_of(architecture: Architecture[Any], *costs: LayerCost) -> Subject:
    """The subject, with other formulas registered if any are given; it is derived once for all tests."""
    subject = kept(architecture.name)
    subject.registered = costs or tuple(architecture.complexity(architecture.config()) or ())
    return subject


@pytest.mark.parametrize(
    "architecture", [zoo_baseline.Baseline(), zoo_unet.UNet(), zoo_lookup.Lookup()], ids=lambda a: a.name
)
def test_every_cell_of_the_courses_networks_is_proved(architecture: Architecture[Any]) -> None:
    report = make_report(subject_of(architecture))
    assert report.ok
    assert {cell.status for row in report.rows for cell in row.cells.values()} == {Status.PROVED}
    assert {cell.status for cell in report.totals.values()} == {Status.PROVED}


def only_failure(architecture: Architecture[Any], cost: LayerCost) -> Failure:
    report = make_report(subject_of(architecture, cost))
    assert not report.ok
    [failure] = report.failures
    return failure


RIGHT = LayerCost("layer6", "k**2*(NC + NIC)*NC", "NC", "NC*H*W", "k**2*(NC + NIC)*NC*H*W")


def test_the_write_ups_mistake_is_named_with_both_formulas_and_the_point() -> None:
    wrong = LayerCost("layer5.0", "k**2 * 4*NF * NC", "NC", "NC*H*W/4", "k**2*2*NF*NC*H*W/4")
    failure = only_failure(zoo_unet.UNet(), wrong)
    assert str(failure) == (
        "layer5.0, weights: registered k**2 * 4*NF * NC instead of 2*k**2*NF*NC; they differ first at "
        "k=3, NIC=1, NF=32, NC=24, H=32, W=32: 27648 registered, 13824 counted."
    )


def test_a_formula_that_is_right_at_the_defaults_only_is_wrong() -> None:
    failure = only_failure(zoo_unet.UNet(), replace(RIGHT, weights="9*(NC + NIC)*NC"))
    assert failure.point is not None
    assert failure.point["k"] != 3


def test_a_wrong_cell_is_marked_and_so_is_the_total() -> None:
    report = make_report(subject_of(zoo_unet.UNet(), replace(RIGHT, biases="NC + 1")))
    row = report.row("layer6")
    assert row is not None
    assert row.cells["biases"].status is Status.WRONG
    assert row.cells["weights"].status is Status.PROVED
    assert report.totals["biases"].status is Status.WRONG


def test_a_wrong_formula_is_found_without_derivation_too() -> None:
    report = make_report(subject_of(zoo_unet.UNet(), replace(RIGHT, weights="k**2*NC*NC")), formulas=False)
    assert [failure.quantity for failure in report.failures] == ["weights"]
    row = report.row("layer6")
    assert row is not None
    assert row.cells["biases"].status is Status.UNCOMPARED


@pytest.mark.parametrize(
    ("cost", "problem"),
    [
        (LayerCost("layer7"), r"layer7, layer: the network has no such layer; did you mean layer6"),
        (replace(RIGHT, weights="k**2*NX"), r"layer6, weights: .* uses 'NX'; the symbols here are"),
        (replace(RIGHT, outputs="import os"), r"layer6, outputs: the formula 'import os' cannot be read"),
        (replace(RIGHT, outputs="NC*H*W/(k - 3)"), r"layer6, outputs: .* divides by zero"),
    ],
)
def test_a_formula_that_makes_no_sense_is_a_failure_and_no_crash(cost: LayerCost, problem: str) -> None:
    assert re.match(problem, str(only_failure(zoo_unet.UNet(), cost)))


# --- mutations ---


def mutants(text: str, symbols: tuple[str, ...]) -> Iterator[str]:
    """Every formula that differs from this one in a single term, factor, number, symbol or operation."""
    tree = ast.parse(text, mode="eval")
    for place, node in enumerate(ast.walk(tree)):
        changes: list[ast.AST] = []
        if isinstance(node, ast.Constant):
            changes = [ast.Constant(node.value + 1), ast.Constant(node.value - 1)]
        elif isinstance(node, ast.Name):
            changes = [ast.Name(symbol) for symbol in symbols if symbol != node.id]
        elif isinstance(node, ast.BinOp):
            swapped = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult}.get(type(node.op))
            changes = [node.left, *([ast.BinOp(node.left, swapped(), node.right)] if swapped else [])]
            if not isinstance(node.op, ast.Pow | ast.Div | ast.FloorDiv):
                changes.append(node.right)
        for change in changes:
            yield ast.unparse(ast.fix_missing_locations(swap(tree, place, change)))


def swap(tree: ast.Expression, place: int, change: ast.AST) -> ast.Expression:
    changed = copy.deepcopy(tree)
    target = list(ast.walk(changed))[place]

    class Swap(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST:
            return copy.deepcopy(change) if node is target else self.generic_visit(node)

    result = Swap().visit(changed)
    assert isinstance(result, ast.Expression)
    return result


def same(one: str, other: str, derivation: Derivation) -> bool:
    """Whether two formulas agree everywhere where this one is claimed to hold, judged on many points of our own."""
    points = [
        {s: domain.values[(7 * i + j) % len(domain.values)] for j, (s, domain) in enumerate(derivation.domains.items())}
        for i in range(60)
    ]
    names = {"__builtins__": {}}
    try:
        return all(eval(one, names, p) == eval(other, names, p) for p in points)
    except ZeroDivisionError:
        return False


@pytest.mark.parametrize("architecture", [zoo_baseline.Baseline(), zoo_unet.UNet()], ids=lambda a: a.name)
def test_every_single_change_of_a_registered_formula_is_caught(architecture: Architecture[Any]) -> None:
    subject = subject_of(architecture)
    derivation = derive(subject)
    tried = 0
    for cost in tuple(architecture.complexity(architecture.config()) or ()):
        for quantity in REGISTERED:
            text = getattr(cost, quantity)
            for mutant in dict.fromkeys(mutants(text, subject.symbols) if text else ()):
                if same(text, mutant, derivation):
                    continue
                tried += 1
                subject.registered = (replace(LayerCost(cost.layer), **{quantity: mutant}),)
                caught = [f for f in compare(subject, derivation).failures if f.quantity == quantity]
                assert caught, f"{cost.layer}, {quantity}: {mutant} passed for {text}"
    assert tried > 1000


def random_mutant(text: str, symbols: tuple[str, ...], random: Random) -> str:
    """A formula that was changed in one place or two, or that differs in a remainder or beyond a threshold only."""
    symbol = random.choice([s for s in symbols if s != "k"])
    prime = random.choice([5, 7, 13, 31, 97])
    ways = [
        lambda: f"{text} + ({symbol} % {prime})//{prime - 1}",
        lambda: f"{text} - max(0, H - {random.randint(1000, 10**6)})",
        lambda: f"min({text}, {random.randint(10**6, 10**9)})",
        lambda: f"{text} + floor(W/{random.randint(2000, 9000)})",
        lambda: random.choice(list(mutants(random.choice(list(mutants(text, symbols))), symbols))),
        lambda: random.choice(list(mutants(text, symbols))),
    ]
    return random.choice(ways)()


def wrong_ticks(architecture: Architecture[Any], number: int, seed: int) -> tuple[int, list[str]]:
    """How many wrong formulas among random mutants were compared, and those of them that were called right."""
    subject, random = subject_of(architecture), Random(seed)
    derivation, tried, ticked = derive(subject), 0, []
    costs = tuple(architecture.complexity(architecture.config()) or ())
    given = [(c.layer, q, getattr(c, q)) for c in costs for q in REGISTERED if getattr(c, q) not in ("", "0")]
    while tried < number:
        layer, quantity, text = random.choice(given)
        mutant = random_mutant(text, subject.symbols, random)
        differs_far_out = any(word in mutant for word in ("max", "floor", "min", "%"))
        if mutant.startswith("min(") and not {"H", "W"} & {node.id for node in names_in(text)}:
            continue  # settings have bounds, which the threshold may lie beyond
        if differs_far_out or not same(text, mutant, derivation):
            tried += 1
            subject.registered = (replace(LayerCost(layer), **{quantity: mutant}),)
            if (layer, quantity) in compare(subject, derivation).agreed:
                ticked.append(f"{layer}, {quantity}: {mutant} for {text}")
    return tried, ticked


def names_in(text: str) -> list[ast.Name]:
    return [node for node in ast.walk(ast.parse(text, mode="eval")) if isinstance(node, ast.Name)]


@pytest.mark.parametrize("architecture", [zoo_baseline.Baseline(), zoo_unet.UNet()], ids=lambda a: a.name)
def test_random_wrong_formulas_get_no_tick(architecture: Architecture[Any]) -> None:
    assert wrong_ticks(architecture, 30, seed=0) == (30, [])
