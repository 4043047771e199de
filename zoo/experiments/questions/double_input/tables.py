"""The tables of `double-input`, and what its figures show besides."""

from __future__ import annotations

from collections.abc import Mapping

from zoo.api import Table
from zoo.api.experiment import Measured
from zoo.experiments import steps
from zoo.experiments.questions.double_input.measure import BATCH, ONCE, TWICE
from zoo.experiments.questions.double_input.numbers import by_formula, cases, factor, summed, time_factor, value_at

COUNTS = ("parameters", "outputs", "connections", "unpadded")
"""What is counted of a forward pass, in the order of the table."""


def tables(networks: Mapping[str, Measured]) -> list[Table]:
    """Counts of a forward pass, factors of a step, and its bytes."""
    return [_counts_table(networks), _steps_table(networks), _bytes_table(networks)]


def remarks(measured: Mapping[str, Measured]) -> list[str]:
    """Sizes and threads, and what is left out."""
    return [
        *(
            f"{name}: {record['size']}x{record['size']} and twice that; threads: {record['threads']}."
            for name, record in measured.items()
            if "left_out" not in record
        ),
        *(f"{name} is left out: {record['left_out']}" for name, record in measured.items() if "left_out" in record),
    ]


def _counts_table(networks: Mapping[str, Measured]) -> Table:
    names = {"unpadded": "connections, no padding"}
    rows = []
    for name, record in networks.items():
        for count in COUNTS:
            pair = record["counts"][count]
            both = pair[ONCE] is not None and pair[TWICE] is not None
            formula = by_formula(pair, record["size"], record["batch"])
            rows.append(
                [
                    f"{name}: {names.get(count, count)}",
                    *(f"{pair[at]:,}" if both else "?" for at in (ONCE, TWICE)),
                    f"{factor(pair):.5g}" if both else "?",
                    "?" if formula is None else f"{formula:.5g}",
                ]
            )
    return Table(["", "H x W", "2H x 2W", "factor", "by formula"], rows, "Counts of one picture, forward")


def _steps_table(networks: Mapping[str, Measured]) -> Table:
    rows = [
        [
            f"{name}: {trained}",
            f"{summed(items, ('weights', 'gradients', 'optimizer')):.4g}",
            f"{factor(items['saved']):.4g}",
            f"{summed(items, steps.MEMORY):.3g}",
            f"{summed(items, steps.WORK):.4g}",
            f"{time_factor(items):.2f}",
        ]
        for name, trained, items in cases(networks)
    ]
    head = ["trained", "weights etc.", "kept", "memory", "FLOPs", "time"]
    return Table(head, rows, "A step at 2H x 2W over one at H x W, measured")


def _bytes_table(networks: Mapping[str, Measured]) -> Table:
    rows = []
    for name, trained, items in cases(networks):
        record, cells = networks[name], []
        for at, size in ((ONCE, record["size"]), (TWICE, 2 * record["size"])):
            point = {"N": record["batch"], "H": size, "W": size}
            values = [value_at(items[item], point) for item in steps.MEMORY]
            cells += [
                "?" if None in values else f"{sum(value or 0 for value in values):,}",
                f"{sum(items[item][at] for item in steps.MEMORY):,}",
            ]
        rows.append([f"{name}: {trained}", *cells])
    head = ["bytes", "H x W, formula", "measured", "2H x 2W, formula", "measured"]
    return Table(head, rows, f"Memory of a step on {BATCH} pictures, by the formulas and measured")
