"""The verdicts of `finetune-cost`."""

from __future__ import annotations

from collections.abc import Mapping

from zoo.api.experiment import Conditions, Measured, Verdict, graded
from zoo.experiments import steps
from zoo.experiments.questions.finetune_cost.numbers import FORMULAS, NAMES, by_formula, item, limit, ratio, time_ratio


def verdicts(stacks: Mapping[int, Measured], conditions: Conditions) -> dict[str, Verdict]:
    """The claims, judged by the stacks; see their rules."""
    return {
        "memory": _memory(stacks),
        "compute": _compute(stacks),
        "formulas": _formulas(stacks),
        "time": _time(stacks, conditions),
    }


def _memory(stacks: Mapping[int, Measured]) -> Verdict:
    deepest = max(stacks)
    fold = {
        name: all(ratio(stack, item(name)) >= 0.9 * depth for depth, stack in stacks.items()) for name in steps.MEMORY
    }
    total = all(ratio(stack, steps.memory) >= 0.9 * depth for depth, stack in stacks.items())
    each = ", ".join(f"{NAMES[name]} x{ratio(stacks[deepest], item(name)):.3g}" for name in steps.MEMORY)
    because = f"at n = {deepest}: {each}, all together x{ratio(stacks[deepest], steps.memory):.1f}; the rule asks for "
    because += f"x{0.9 * deepest:.1f} there."
    return graded(because, holds=total, in_part=any(fold.values()))


def _compute(stacks: Mapping[int, Measured]) -> Verdict:
    ratios = {depth: ratio(stack, steps.work) for depth, stack in stacks.items()}
    deepest = max(stacks)
    forward, backward = (ratio(stacks[deepest], item(name)) for name in steps.WORK)
    because = (
        f"at n = {deepest} forward x{forward:.3g}, backward x{backward:.3g}, the step x{ratios[deepest]:.2f}; by the "
        f"formulas the step's ratio tends to {limit(steps.work):g}, for a full backward pass is two forward passes. "
        "The rule allows x1.1, and refutes above x1.5."
    )
    return graded(because, holds=max(ratios.values()) <= 1.1, in_part=ratios[deepest] <= 1.5)


def _formulas(stacks: Mapping[int, Measured]) -> Verdict:
    off = [
        abs(value / stack["trained"][trained]["measured"][name] - 1)
        for depth, stack in stacks.items()
        for trained in FORMULAS
        for name, value in by_formula(trained, depth).items()
    ]
    exact = sum(not value for value in off)
    return graded(
        f"{exact} of {len(off)} figures are exactly those of the formulas; the furthest is off by {max(off):.2g}, "
        "where the rule allows 0, or in part 0.02.",
        holds=exact == len(off),
        in_part=max(off) <= 0.02,
    )


def _time(stacks: Mapping[int, Measured], conditions: Conditions) -> Verdict:
    pairs = {depth: (time_ratio(stack), ratio(stack, steps.work)) for depth, stack in stacks.items()}
    close = [depth for depth, (time, flops) in pairs.items() if abs(time / flops - 1) <= 0.25]
    deepest = max(stacks)
    furthest = max(abs(time / flops - 1) for time, flops in pairs.values())
    because = (
        f"within a quarter at n = {', '.join(map(str, close)) or 'none'}, as the rule asks; the furthest is off by "
        f"{furthest:.0%}. At n = {deepest} time is x{pairs[deepest][0]:.2f}, FLOPs x{pairs[deepest][1]:.2f}."
    )
    if conditions.quick:
        return Verdict("not decided at this size", f"few turns: {because}")
    return graded(because, holds=len(close) == len(pairs), in_part=2 * len(close) >= len(pairs))
