"""A3: are the weights, outputs and connections in the write-up's table the right ones?"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from zoo.api.experiment import (
    Bench,
    Claim,
    Conditions,
    Experiment,
    Findings,
    Measured,
    Measurement,
    Part,
    Verdict,
)
from zoo.experiments.questions import count_written as written
from zoo.experiments.questions.count_proved import Proved, at, expanded, growth, read, sum_of_lines

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from zoo.complexity.algebra.polynomial import Polynomial

NETWORK = "baseline"


def count_network(bench: Bench, *, network: str, height: int, width: int, formulas: bool) -> Measured:
    """What the core counts of a network layer by layer, and the formulas that it proves.

    Returns:
        ``point``, a value for every symbol; ``layers``, by layer and quantity a ``value``, a ``formula`` or null, and a
        ``status``; ``tested_at``, at how many random points the formulas were compared with counts.
    """
    from zoo.complexity import report
    from zoo.complexity.deriving.conventions import Conventions

    architecture = bench.registry.architecture(network).value
    told = [
        report(architecture, height=height, width=width, formulas=formulas, conventions=Conventions(padding=padding))
        for padding in (True, False)
    ]
    layers = {}
    for row, unpadded in zip(told[0].to_json()["rows"], told[1].to_json()["rows"], strict=True):
        cells = {name: row[name] for name in ("weights", "biases", "outputs", "connections")}
        cells["unpadded"] = unpadded["connections"]
        layers[row["layer"]] = {
            "kind": row["kind"],
            **{name: {part: cell[part] for part in ("value", "formula", "status")} for name, cell in cells.items()},
        }
    derivation = told[0].derivation
    return {"point": told[0].point, "layers": layers, "tested_at": derivation.trials if derivation else 0}


class Count(Experiment):
    """The write-up's table beside the proved one."""

    name = "count"
    summary = "How many weights, outputs and connections has the baseline, and what if the picture is doubled?"
    asked = "A3"
    claims = (
        Claim(
            "lines",
            "Weights, outputs and connections of every layer are as the write-up's table has them.",
            "Each of its formulas is compared by algebra, in all symbols, with the one that the core derives from the "
            "network and tests against counts. The claim holds if all are the same, holds in part if at least half "
            "are, and is refuted otherwise.",
        ),
        Claim(
            "sums",
            "The write-up's totals are the sums of its table's lines.",
            "The lines are summed by algebra at what the totals take for granted (k = 3, NIC = 1, 32x32). It holds if "
            "all three totals are the sums, holds in part if one or two are, and is refuted otherwise.",
        ),
        Claim(
            "totals",
            "The network has 27 NF + 72 NF² + 9 NC² + 9 NF NC + 4 NC weights, 2368 NF + 2304 NC outputs and 9216 NF + "
            "8064 NF² + 2304 NF NC + 9216 NC² connections.",
            "The totals are compared by algebra with the proved ones of all layers that the network runs, at k = 3, "
            "NIC = 1, 32x32. It holds if all three are the same, holds in part if one or two are, and is refuted "
            "otherwise.",
        ),
        Claim(
            "doubling",
            "If the picture's height and width are doubled, the weights stay as many, and outputs and connections "
            "become four times as many.",
            "The proved totals are doubled by algebra in all symbols, and a count at 64x64 must say the same. It holds "
            "if the factors are 1, 4 and 4 whether taps that fall on padding count as connections or not, holds in "
            "part if they are so only with these taps, and is refuted otherwise.",
        ),
    )
    method = (
        "Nothing is trained. The table's formulas are typed in as the write-up has them. The right ones are derived "
        "from the network: it is counted at chosen sizes and settings, polynomials in k, NIC, NF, NC, H and W are "
        "fitted exactly, and tested at random ones; they must also equal the formulas that the baseline registers. "
        "Here as there, weights include biases and BatchNorm's scale and shift; one multiply-add is one connection, "
        "taps on padding included, adding a bias is none; H and W are multiples of 4."
    )
    uses_data = False
    uses_seeds = False

    def parts(self, conditions: Conditions) -> Mapping[str, Part]:
        """The network at the course's size with formulas, and counted at the doubled one."""
        return {
            label: Measurement(
                count_network, {"network": NETWORK, "height": size, "width": size, "formulas": label == written.SMALL}
            )
            for label, size in ((written.SMALL, 32), (written.LARGE, 64))
        }

    def conclude(self, measured: Mapping[str, Measured], conditions: Conditions) -> Findings:
        """Compare by algebra, line by line and in total."""
        from zoo.experiments.questions import count_tables as tables

        small = Proved(measured[written.SMALL])
        verdicts = {
            "lines": _judge_lines(small),
            "sums": _judge_sums(),
            "totals": _judge_totals(small),
            "doubling": _judge_doubling(small, Proved(measured[written.LARGE])),
        }
        shown = [
            *(tables.lines_table(small, quantity) for quantity in written.QUANTITIES),
            tables.numbers_table(small),
            tables.totals_table(small),
            tables.kinds_table(small),
            tables.doubling_table(small, Proved(measured[written.LARGE])),
        ]
        general = " · ".join(f"{quantity} {expanded(small.total(quantity))}" for quantity in ("weights", "connections"))
        remarks = [
            "Conventions that the write-up leaves unsaid: its weights include biases, its connections do not; its "
            "outputs are those of convolutions, pooling and upsampling only: BatchNorm, which hands on a full map, has "
            "an output of 0 there, and ReLU is not listed.",
            "Its totals fix k = 3, NIC = 1 and 32x32 without a word, so they are no formulas in these. In all symbols: "
            f"{general}.",
            f"What stands behind the proved formulas: {small.standing()}",
        ]
        return Findings(verdicts, shown, remarks)

    def draw(self, measured: Mapping[str, Measured], conditions: Conditions) -> Mapping[str, Figure]:
        """Claimed beside proved by layer; and what doubling does to connections, by the size of the picture."""
        small = Proved(measured[written.SMALL])
        return {"layers": _draw_layers(small), "doubling": _draw_doubling(small)}


# --- verdicts ---


def _judge_lines(small: Proved) -> Verdict:
    wrong = [
        f"{line.name} ({quantity})"
        for quantity in written.QUANTITIES
        for line in written.LINES
        if not (read(line.claimed(quantity)) - small.formula(line.layer, quantity)).is_zero
    ]
    every = len(written.LINES) * len(written.QUANTITIES)
    right = every - len(wrong)
    because = f"{right} of {every} formulas are the proved ones" + (
        f"; not: {', '.join(wrong)}. {len(written.LEFT_OUT)} ReLU layers are missing." if wrong else "."
    )
    return Verdict("holds" if not wrong else "holds in part" if 2 * right >= every else "refuted", because)


def _judge_sums() -> Verdict:
    off = {quantity: sum_of_lines(quantity) - read(written.TOTALS[quantity]) for quantity in written.QUANTITIES}
    return _of_three(off, "are the sums", "the sum less the total")


def _judge_totals(small: Proved) -> Verdict:
    proved = {quantity: at(small.total(quantity), written.FIXED) for quantity in written.QUANTITIES}
    off = {quantity: formula - read(written.TOTALS[quantity]) for quantity, formula in proved.items()}
    return _of_three(off, "are right at k = 3, NIC = 1, 32x32", "proved less claimed")


def _of_three(off: Mapping[str, Polynomial], said: str, difference: str) -> Verdict:
    right = [quantity for quantity, polynomial in off.items() if polynomial.is_zero]
    wrong = [f"{q}: {difference} is {expanded(p)}" for q, p in off.items() if not p.is_zero]
    because = "; ".join([f"{' and '.join(right) or 'none'} {said}", *wrong]) + "."
    return Verdict("holds" if not wrong else "holds in part" if right else "refuted", because)


def _judge_doubling(small: Proved, large: Proved) -> Verdict:
    found = {quantity: growth(small, large, quantity) for quantity in (*written.QUANTITIES, "unpadded")}
    right = {q: set(found[q]) == {Fraction(factor)} for q, factor in zip(found, (1, 4, 4, 4), strict=True)}
    padded = all(right[quantity] for quantity in written.QUANTITIES)
    counted = {quantity: f"{float(now):.6g}" for quantity, (_, now) in found.items()}
    because = (
        f"weights times {counted['weights']}, outputs times {counted['outputs']}, connections times "
        f"{counted['connections']} with taps on padding and times {counted['unpadded']} without them, "
        "from 32x32 to 64x64."
    )
    return Verdict("refuted" if not padded else "holds" if right["unpadded"] else "holds in part", because)


# --- charts ---


def _draw_layers(small: Proved) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 3.1))
    everything = {**{line.name: line.layer for line in written.LINES}, **written.LEFT_OUT}
    numbers = sorted({name.partition(" ")[0] for name in everything})
    for place, quantity in enumerate(written.QUANTITIES):
        axes = figure.add_subplot(1, 3, place + 1)
        for column, number in enumerate(numbers):
            lines = [line for line in written.LINES if line.name.startswith(number)]
            layers = [layer for name, layer in everything.items() if name.startswith(number)]
            claimed = sum(float(read(line.claimed(quantity)).at(small.point)) for line in lines)
            proved = sum(float(small.formula(layer, quantity).at(small.point)) for layer in layers)
            label = ("claimed", "proved") if column == 0 else (None, None)
            axes.bar(column - 0.2, claimed, 0.38, color="C1", label=label[0])
            axes.bar(column + 0.2, proved, 0.38, color="C0", label=label[1])
        axes.set_xticks(range(len(numbers)), numbers)
        axes.set_xlabel("layer")
        axes.set_title(quantity)
        axes.grid(visible=False, axis="x")
        axes.yaxis.set_major_formatter(_short)
        if place == 0:
            figure.legend(loc="outside upper center", ncols=2)
    return figure


def _short(value: float, _: object = None) -> str:
    return f"{value / 1e6:g} M" if abs(value) >= 1e6 else f"{value / 1e3:g} k" if abs(value) >= 1e3 else f"{value:g}"


def _draw_doubling(small: Proved) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 3))
    axes = figure.add_subplot()
    sizes = [4 * 2**step for step in range(8)]
    kinds = {"connections": "taps on padding counted", "unpadded": "taps on padding left out"}
    for color, (quantity, label) in enumerate(kinds.items()):
        total = small.total(quantity)
        points = [{**small.point, "H": size, "W": size} for size in (*sizes, 2 * sizes[-1])]
        values = [total.at(point) for point in points]
        factors = [float(after / before) for before, after in pairwise(values)]
        axes.plot(sizes, factors, "o-", color=f"C{color}", markersize=4, label=label)
    axes.set_xscale("log", base=2)
    axes.set_xticks(sizes, [f"{size}" for size in sizes])
    axes.set_xlabel("height and width before doubling")
    axes.set_ylabel("connections grow by")
    axes.legend()
    return figure
