"""What `count` measures: a count of every layer, and the formulas that the core derives."""

from __future__ import annotations

from zoo.api.experiment import Context, Measured, Measurement
from zoo.experiments.questions.count.written import LARGE, SMALL

NETWORK = "baseline"


def count_network(context: Context, *, network: str, height: int, width: int, formulas: bool) -> Measured:
    """What the core counts of a network layer by layer, and the formulas that it proves.

    Returns:
        ``point``, a value for every symbol; ``layers``, by layer and quantity a ``value``, a ``formula`` or null, and a
        ``status``; ``tested_at``, at how many random points the formulas were compared with counts.
    """
    from zoo.complexity import report
    from zoo.complexity.deriving.conventions import Conventions

    architecture = context.registry.architecture(network).value
    reports = [
        report(architecture, height=height, width=width, formulas=formulas, conventions=Conventions(padding=padding))
        for padding in (True, False)
    ]
    layers = {}
    for row, unpadded in zip(reports[0].to_json()["rows"], reports[1].to_json()["rows"], strict=True):
        cells = {name: row[name] for name in ("weights", "biases", "outputs", "connections")}
        cells["unpadded"] = unpadded["connections"]
        layers[row["layer"]] = {
            "kind": row["kind"],
            **{name: {part: cell[part] for part in ("value", "formula", "status")} for name, cell in cells.items()},
        }
    derivation = reports[0].derivation
    return {"point": reports[0].point, "layers": layers, "tested_at": derivation.trials if derivation else 0}


def parts() -> dict[str, Measurement]:
    """The network at the course's size with formulas, and counted at the doubled one."""
    return {
        label: Measurement(
            count_network,
            {"network": NETWORK, "height": size, "width": size, "formulas": label == SMALL},
            uses=(NETWORK, "colorization"),
        )
        for label, size in ((SMALL, 32), (LARGE, 64))
    }
