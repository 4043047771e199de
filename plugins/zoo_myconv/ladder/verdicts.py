"""The verdicts of `conv-ladder`."""

from __future__ import annotations

from collections.abc import Sequence

from zoo.api import Conditions, Measured, Verdict, graded
from zoo_myconv.ladder import TORCH
from zoo_myconv.ladder.numbers import listed, mean, ratios, rungs


def verdicts(layers: Sequence[Measured], conditions: Conditions) -> dict[str, Verdict]:
    """The claims, judged; see their rules."""
    return {
        "connections": _connections(layers),
        "columns": _columns(layers),
        "kept": _kept(layers),
        "fast": _time(layers, "fast", TORCH, 1.5, conditions),
        "winograd": _time(layers, "winograd", "im2col", 1.0, conditions),
    }


def _connections(layers: Sequence[Measured]) -> Verdict:
    off = [
        f"{rung} on {layer['layer']}"
        for layer in layers
        for rung, figures in layer["rungs"].items()
        if figures["connections"] != layer["connections"]
    ]
    total = sum(layer["connections"] for layer in layers)
    same = f"{total:,} per picture over {len(layers)} layers, by {len(rungs(layers))} ways."
    return graded(f"other than the formula: {', '.join(off)}." if off else same, holds=not off)


def _columns(layers: Sequence[Measured]) -> Verdict:
    average = mean(layers, "im2col", "peak_bytes")
    by_layer = ratios(layers, "im2col", "peak_bytes")
    return graded(
        f"x{min(by_layer):.2f} to x{max(by_layer):.2f} by layer ({listed(layers, 'im2col', 'peak_bytes')}), geometric "
        f"mean x{average:.1f}; the rule asks for 6 to 12.",
        holds=all(6 <= ratio <= 12 for ratio in by_layer),
        in_part=6 <= average <= 12,
    )


def _kept(layers: Sequence[Measured]) -> Verdict:
    most = {rung: max(ratios(layers, rung, "saved_bytes")) for rung in rungs(layers) if rung != TORCH}
    right = [rung for rung, ratio in most.items() if ratio <= 1.01]
    worst = max(most, key=lambda rung: most[rung])
    because = f"{len(right)} of {len(most)} do not; the most is x{most[worst]:.2f} ({worst}), where "
    because += "the rule allows x1.01."
    return graded(because, holds=len(right) == len(most), in_part=bool(right))


def _time(layers: Sequence[Measured], rung: str, over: str, bound: float, conditions: Conditions) -> Verdict:
    average, by_layer = mean(layers, rung, "both_s", over), ratios(layers, rung, "both_s", over)
    because = (
        f"x{average:.2f} of {over} ({listed(layers, rung, 'both_s', over)}); the rule asks for x{bound:g} or less, in "
        "part for that on half of the layers."
    )
    if conditions.quick:
        return Verdict("not decided at this size", f"few turns: {because}")
    below = sum(ratio <= bound for ratio in by_layer)
    return graded(because, holds=average <= bound, in_part=2 * below >= len(by_layer))
