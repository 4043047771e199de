"""The numbers that `finetune-cost` is judged by: formulas derived by hand, and ratios of what was measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from zoo.api.experiment import Measured
from zoo.complexity.algebra.formula import Formula
from zoo.experiments.questions.finetune_cost.measure import BATCH, CHANNELS, LAST, SIZE, WHOLE

FORMULAS: dict[str, dict[str, str]] = {
    WHOLE: {
        "weights": "4*n*(9*C**2 + C)",
        "gradients": "4*n*(9*C**2 + C)",
        "optimizer": "8*n*(9*C**2 + C) + 8*n",
        "saved": "4*N*C*H*W*(n + 1) + 8*N*H*W + 4",
        "forward": "18*n*C**2*N*H*W",
        "backward": "18*(2*n - 1)*C**2*N*H*W",
    },
    LAST: {
        "weights": "4*n*(9*C**2 + C)",
        "gradients": "4*(9*C**2 + C)",
        "optimizer": "8*(9*C**2 + C) + 8",
        "saved": "8*N*C*H*W + 8*N*H*W + 4",
        "forward": "18*n*C**2*N*H*W",
        "backward": "18*C**2*N*H*W",
    },
}
"""Bytes and FLOPs of one step on a stack of n layers from C to C channels, kernel 3, derived by hand.

Four bytes a number. Adam keeps two numbers a weight, and a count of steps for each of two tensors a layer. A layer
keeps its input for backward if its weights are trained; the loss keeps log-probabilities, the targets (eight bytes
each) and a total. The forward pass is one product a connection, at two FLOPs; backward takes one for the gradient of
the weights, and one more for that of the input, which the first trained layer does not need.
"""

NAMES = {
    "weights": "weights",
    "gradients": "gradients",
    "optimizer": "Adam's state",
    "saved": "kept for backward",
    "forward": "forward, FLOPs",
    "backward": "backward, FLOPs",
}
"""What the figures of a step are called."""


def by_formula(trained: str, depth: float) -> dict[str, int]:
    """Bytes and FLOPs of a step on a stack, by `FORMULAS`."""
    point = {"n": int(depth), "N": BATCH, "C": CHANNELS, "H": SIZE, "W": SIZE}
    return {name: int(Formula.parse(text).at(point)) for name, text in FORMULAS[trained].items()}


def limit(of: Callable[[Mapping[str, int]], float]) -> float:
    """What the ratio tends to as n grows: all formulas are linear in n, so what one more layer adds on either side."""
    more, less = (of(by_formula(trained, 2)) - of(by_formula(trained, 1)) for trained in FORMULAS)
    return more / less


def ratio(measured: Measured, of: Callable[[Mapping[str, int]], float], over: str = LAST) -> float:
    """A figure of training everything over that of training less, as measured."""
    whole, part = (measured["trained"][name]["measured"] for name in (WHOLE, over))
    return of(whole) / of(part)


def time_ratio(measured: Measured, over: str = LAST) -> float:
    """The same of the median time of a step."""
    whole, part = (measured["trained"][name]["time"]["step_s"] for name in (WHOLE, over))
    return float(whole / part)


def item(name: str) -> Callable[[Mapping[str, int]], float]:
    """A figure of a step by its name."""
    return lambda values: values[name]
