"""The tables of question A3."""

from __future__ import annotations

from zoo.api import Table
from zoo.experiments.questions.count import written
from zoo.experiments.questions.count.proved import Proved, at, expanded, growth, number, read, sum_of_lines


def tables(small: Proved, large: Proved) -> list[Table]:
    """Claimed and proved by line, as numbers, in total, by kind of layer, and doubled."""
    return [
        *(_lines_table(small, quantity) for quantity in written.QUANTITIES),
        _numbers_table(small),
        _totals_table(small),
        _kinds_table(small),
        _doubling_table(small, large),
    ]


def remarks(small: Proved) -> list[str]:
    """What the write-up leaves unsaid, and what stands behind the proved formulas."""
    general = " · ".join(f"{quantity} {expanded(small.total(quantity))}" for quantity in ("weights", "connections"))
    return [
        "Conventions that the write-up leaves unsaid: its weights include biases, its connections do not; its "
        "outputs are those of convolutions, pooling and upsampling only: BatchNorm, which hands on a full map, has "
        "an output of 0 there, and ReLU is not listed.",
        "Its totals fix k = 3, NIC = 1 and 32x32 without a word, so they are no formulas in these. In all symbols: "
        f"{general}.",
        f"What stands behind the proved formulas: {small.standing()}",
    ]


def _lines_table(small: Proved, quantity: str) -> Table:
    """Every line's formula of one quantity, claimed and proved, and the difference."""
    rows = []
    for line in written.LINES:
        claimed, proved = read(line.claimed(quantity)), small.formula(line.layer, quantity)
        off = proved - claimed
        same = ["yes", ""] if off.is_zero else ["no", expanded(off)]
        rows.append([line.name, expanded(claimed), expanded(proved), *same])
    if quantity == "outputs":
        for name, layer in written.LEFT_OUT.items():
            outputs = expanded(small.formula(layer, quantity))
            rows.append([name, "left out", outputs, "no", outputs])
    rows.sort(key=lambda row: row[0].partition(" ")[0])  # stable: a layer's ReLU comes last
    what = {"weights": "Weights, with biases", "outputs": "Outputs", "connections": "Connections"}[quantity]
    return Table(
        ["layer", "claimed", "proved", "same", "proved less claimed"], rows, f"{what}, for any k, NF, NC, H, W"
    )


def _numbers_table(small: Proved) -> Table:
    """The same as numbers, at the defaults."""
    rows = []
    for line in written.LINES:
        cells = []
        for quantity in written.QUANTITIES:
            claimed, proved = read(line.claimed(quantity)), small.formula(line.layer, quantity)
            cells += [number(claimed, small.point), number(proved, small.point)]
        rows.append([line.name, *cells])
    for name, layer in written.LEFT_OUT.items():
        proved_cells = [number(small.formula(layer, quantity), small.point) for quantity in written.QUANTITIES]
        rows.append([name, *(cell for proved in proved_cells for cell in ("", proved))])
    rows.sort(key=lambda row: row[0].partition(" ")[0])
    last = ["total"]
    for quantity in written.QUANTITIES:
        last += [number(read(written.TOTALS[quantity]), small.point), number(small.total(quantity), small.point)]
    here = ", ".join(f"{symbol} = {value}" for symbol, value in small.point.items())
    head = ["layer", "weights", "proved", "outputs", "proved", "connections", "proved"]
    return Table(head, [*rows, last], f"The same as numbers, as claimed and as proved: {here}")


def _totals_table(small: Proved) -> Table:
    """Every total as claimed, as its lines add up to, and as proved."""
    rows = []
    for quantity in written.QUANTITIES:
        proved = at(small.total(quantity), written.FIXED)
        formulas = {
            "claimed": read(written.TOTALS[quantity]),
            "sum of its lines": sum_of_lines(quantity),
            "proved": proved,
        }
        for name, polynomial in formulas.items():
            rows.append([f"{quantity}, {name}", expanded(polynomial), "yes" if (polynomial - proved).is_zero else "no"])
    return Table(["total", "formula", "right"], rows, "Totals at k = 3, NIC = 1, 32x32")


def _kinds_table(small: Proved) -> Table:
    """The total of outputs, by which kinds of layers count."""
    steps = {
        "convolutions": "connected",
        "and pooling, upsampling": "resampling",
        "and BatchNorm": "normalization",
        "and ReLU": "activation",
    }
    claimed, rows, kinds = read(written.TOTALS["outputs"]), [], list[str]()
    for name, kind in steps.items():
        kinds.append(kind)
        outputs = at(small.total("outputs", kinds), written.FIXED)
        is_claimed = "yes" if (outputs - claimed).is_zero else "no"
        rows.append([name, expanded(outputs), number(outputs, small.point), is_claimed])
    return Table(
        ["what counts", "outputs", "at the defaults", "claimed"], rows, "Outputs, by what is counted in (32x32)"
    )


def _doubling_table(small: Proved, large: Proved) -> Table:
    """Totals at both sizes, and the factor between them."""
    rows = []
    names = {**{q: q for q in written.QUANTITIES}, "unpadded": "connections, no padding"}
    for quantity, name in names.items():
        exact, now = growth(small, large, quantity)
        claimed = number(read(written.DOUBLED[quantity]), small.point) if quantity in written.QUANTITIES else ""
        rows.append(
            [
                name,
                f"{small.value(quantity):,}",
                f"{large.value(quantity):,}",
                claimed,
                f"{float(now):.4g}",
                "no constant" if exact is None else str(exact),
            ]
        )
    head = ["", written.SMALL, written.LARGE, "claimed", "counted", "by algebra"]
    return Table(head, rows, f"Doubling: counts, the claimed count at {written.LARGE}, and the factor")
