"""The verdicts of `double-input`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from zoo.api.experiment import Conditions, Measured, Verdict, graded
from zoo.experiments import steps
from zoo.experiments.questions.double_input import CLOSE, NEAR
from zoo.experiments.questions.double_input.measure import ONCE, TWICE
from zoo.experiments.questions.double_input.numbers import cases, factor, summed, time_factor


def verdicts(networks: Mapping[str, Measured], conditions: Conditions) -> dict[str, Verdict]:
    """The claims, judged; see their rules."""
    return {
        "features": _features(networks),
        "parameters": _parameters(networks),
        "complexity": _complexity(networks),
        "work": _work(networks),
        "time": _time(networks, conditions),
    }


def _features(networks: Mapping[str, Measured]) -> Verdict:
    outputs = {name: factor(record["counts"]["outputs"]) for name, record in networks.items()}
    kept = {name: factor(record["trained"]["everything"]["saved"]) for name, record in networks.items()}
    right = [name for name in networks if 3.8 <= outputs[name] <= 4.2 and 3.8 <= kept[name] <= 4.2]
    because = "; ".join(f"{name}: outputs x{outputs[name]:.4g}, kept bytes x{kept[name]:.4g}" for name in networks)
    return graded(f"{because}; the rule asks for 3.8 to 4.2.", holds=len(right) == len(networks), in_part=bool(right))


def _parameters(networks: Mapping[str, Measured]) -> Verdict:
    grown = [name for name, record in networks.items() if factor(record["counts"]["parameters"]) != 1]
    grown += [
        f"{name} ({item})"
        for name, _, items in cases(networks)
        for item in ("weights", "gradients", "optimizer")
        if factor(items[item]) != 1
    ]
    same = "parameters, and bytes of weights, gradients and Adam's state, x1 everywhere."
    return graded(f"grown: {', '.join(grown)}." if grown else same, holds=not grown)


def _complexity(networks: Mapping[str, Measured]) -> Verdict:
    pairs = [(summed(items, steps.MEMORY), summed(items, steps.WORK)) for _, _, items in cases(networks)]
    because = "; ".join(
        f"{name}, {trained}: bytes x{memory:.2f}, FLOPs x{work:.2f}"
        for (name, trained, _), (memory, work) in zip(cases(networks), pairs, strict=True)
    )
    same = all(max(pair) <= 1.1 for pair in pairs)
    affected = all(memory > 1.1 and work > 2 for memory, work in pairs)
    because += "; the rule allows x1.1, and refutes if bytes are above that and FLOPs above x2 everywhere"
    return graded(f"{because}.", holds=same, in_part=not affected)


def _work(networks: Mapping[str, Measured]) -> Verdict:
    flops = [summed(items, steps.WORK) for _, _, items in cases(networks)]
    padded = {name: factor(record["counts"]["connections"]) for name, record in networks.items()}
    unpadded = {
        name: None if record["counts"]["unpadded"][TWICE] is None else factor(record["counts"]["unpadded"])
        for name, record in networks.items()
    }
    because = f"FLOPs {_from_to(flops)}; connections {_from_to(padded.values())} with padding; without, " + ", ".join(
        f"{name} {'unknown' if ratio is None else f'x{ratio:.4g}'}" for name, ratio in unpadded.items()
    )
    four = set(flops) | set(padded.values()) == {4.0}
    return graded(f"{because}.", holds=four and set(unpadded.values()) == {4.0}, in_part=four)


def _from_to(factors: Collection[float]) -> str:
    """The lowest and the highest factor, or the one that all are."""
    return " to ".join(dict.fromkeys(f"x{ratio:.6g}" for ratio in (min(factors), max(factors))))


def _time(networks: Mapping[str, Measured], conditions: Conditions) -> Verdict:
    ratios = {f"{name}, {trained}": time_factor(items) for name, trained, items in cases(networks)}
    furthest = max(abs(ratio / 4 - 1) for ratio in ratios.values())
    because = "; ".join(
        f"{name}, {trained} x{time_factor(items):.2f} (quartiles {_quartiles(items)})"
        for name, trained, items in cases(networks)
    )
    if conditions.quick:
        return Verdict("not decided at this size", f"few turns: {because}.")
    return graded(
        f"{because}; x4 is missed by up to {furthest:.0%}, where the rule allows {CLOSE:.0%}, or in part {NEAR:.0%}.",
        holds=furthest <= CLOSE,
        in_part=furthest <= NEAR,
    )


def _quartiles(items: Mapping[str, Any]) -> str:
    """The ratio of a slow quarter over a quick one, each way: how far the median's ratio can be trusted."""
    times = items["time"]
    ends = times[TWICE]["low_s"] / times[ONCE]["high_s"], times[TWICE]["high_s"] / times[ONCE]["low_s"]
    return " to ".join(f"x{end:.2f}" for end in ends)
