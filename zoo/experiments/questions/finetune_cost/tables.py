"""The tables of `finetune-cost`, and what its figures show besides."""

from __future__ import annotations

from collections.abc import Mapping

from zoo.api import Table
from zoo.api.experiment import Measured
from zoo.experiments import steps
from zoo.experiments.questions.finetune_cost.measure import NETWORKS, WHOLE
from zoo.experiments.questions.finetune_cost.numbers import FORMULAS, NAMES, by_formula, item, limit, ratio, time_ratio


def tables(stacks: Mapping[int, Measured], networks: Mapping[str, Measured]) -> list[Table]:
    """Ratios, bytes and formulas of stacks, and ratios of networks."""
    return [_ratios_table(stacks), _bytes_table(stacks), _formulas_table(), _networks_table(networks)]


def remarks(measured: Mapping[str, Measured], stacks: Mapping[int, Measured]) -> list[str]:
    """Why memory does not grow with the depth, how times are meant, and what is left out."""
    deepest = max(stacks)
    return [
        "Weights are there whether they are trained or not, and one layer's activations are kept in any case: so "
        f"the whole takes {ratio(stacks[deepest], steps.memory):.1f} times the memory at n = {deepest}, not "
        f"{deepest} times; and by the formulas never more than {limit(steps.memory):.1f} times on this stack, "
        "however deep.",
        f"Threads: {stacks[deepest]['threads']}. Times are ratios to the last layer's in the same run.",
        *(f"{name} is left out: {measured[name]['left_out']}" for name in NETWORKS if "left_out" in measured[name]),
    ]


def _ratios_table(stacks: Mapping[int, Measured]) -> Table:
    head = ["n", *(NAMES[name].removesuffix(" for backward") for name in steps.MEMORY), "memory", "FLOPs", "time"]
    rows = [
        [
            str(depth),
            *(f"{ratio(stack, item(name)):.4g}" for name in steps.MEMORY),
            f"{ratio(stack, steps.memory):.4g}",
            f"{ratio(stack, steps.work):.3g}",
            f"{time_ratio(stack):.2f}",
        ]
        for depth, stack in stacks.items()
    ]
    return Table(head, rows, "Training everything over training the last layer, measured on stacks of n layers")


def _bytes_table(stacks: Mapping[int, Measured]) -> Table:
    rows = []
    for depth, stack in stacks.items():
        cells = []
        for trained in FORMULAS:
            cells += [
                f"{steps.memory(by_formula(trained, depth)):,}",
                f"{steps.memory(stack['trained'][trained]['measured']):,}",
            ]
        rows.append([str(depth), *cells])
    return Table(["n", "everything", "measured", "last layer", "measured"], rows, "Bytes by the formulas, and measured")


def _formulas_table() -> Table:
    rows = [
        [NAMES[name], *(FORMULAS[trained][name].replace("**2", "²").replace("*", " ") for trained in FORMULAS)]
        for name in NAMES
    ]
    return Table(["", *FORMULAS], rows, "Formulas of a stack: N pictures of H x W, C channels, n layers; bytes, FLOPs")


def _networks_table(networks: Mapping[str, Measured]) -> Table:
    rows = []
    for name, measured in networks.items():
        for less in measured["trained"]:
            if less == WHOLE:
                continue
            rows.append(
                [
                    f"{name}: {less}",
                    str(measured["layers"]),
                    *(f"{ratio(measured, item(figure), less):.4g}" for figure in ("gradients", "saved")),
                    f"{ratio(measured, steps.memory, less):.3g}",
                    f"{ratio(measured, steps.work, less):.3g}",
                    f"{time_ratio(measured, less):.2f}",
                ]
            )
    head = ["trained beside all", "layers", "gradients", "kept", "memory", "FLOPs", "time"]
    return Table(head, rows, "Networks of the zoo: training everything over training less")
