"""Climb the ladder: ``python -m zoo_myconv.ladder`` measures every rung beside nn.Conv2d, in a table and a plot."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from zoo.errors import UserError
from zoo_myconv.config import IMPLEMENTATIONS
from zoo_myconv.measure import TORCH, Ladder, measure

QUANTITIES = ("forward_s", "both_s", "saved_bytes", "peak_bytes")


def as_json(ladder: Ladder) -> dict[str, Any]:
    """Every measurement, and the geometric means over the layers in units of nn.Conv2d's."""
    rungs = list(dict.fromkeys(measured.rung for measured in ladder.measurements))
    means = {rung: {quantity: ladder.ratio(rung, quantity) for quantity in QUANTITIES} for rung in rungs}
    return {"schema": 1, **dataclasses.asdict(ladder), "ratio_to_torch": means}


def tables(ladder: Ladder) -> list[Table]:
    """Time by layer; then means over the layers. Both fit into 80 columns."""
    rungs = list(dict.fromkeys(measured.rung for measured in ladder.measurements))
    by_layer = Table(title=f"forward + backward, ms for {ladder.batch_size} pictures, {ladder.threads} threads")
    by_layer.add_column("rung", no_wrap=True)
    for layer in ladder.layers:
        by_layer.add_column(layer.name.replace(" ", "\n"), justify="right")
    by_layer.add_column("mean\nratio", justify="right")
    means = Table(title=f"geometric means over the layers, {TORCH} = 1")
    means.add_column("rung", no_wrap=True)
    for head in ("forward", "forward +\nbackward", "saved\nbytes", "peak\nbytes", "largest\nerror", "connections"):
        means.add_column(head, justify="right")
    for rung in rungs:
        measured = ladder.of(rung)
        ratio = {name: f"{ladder.ratio(rung, name):.2f}" for name in QUANTITIES}
        by_layer.add_row(rung, *(f"{one.both_s * 1000:.1f}" for one in measured), ratio["both_s"])
        error, connections = max(one.error for one in measured), sum(one.connections for one in measured)
        means.add_row(rung, *ratio.values(), f"{error:.0e}", f"{connections:,}")
    return [by_layer, means]


def plot(ladder: Ladder, path: Path) -> None:
    """Bars of time, saved bytes and peak bytes for every rung, in units of nn.Conv2d's, on a logarithmic axis."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    rungs = list(dict.fromkeys(one.rung for one in ladder.measurements if one.rung != TORCH))
    shown = {"both_s": "time", "saved_bytes": "bytes saved for backward", "peak_bytes": "peak bytes"}
    figure = Figure(figsize=(8, 1.5 + 0.5 * len(rungs)), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    for number, (quantity, label) in enumerate(shown.items()):
        places = [place + 0.25 * (number - 1) for place in range(len(rungs))]
        axes.barh(places, [ladder.ratio(rung, quantity) - 1 for rung in rungs], 0.22, left=1, label=label)
    axes.axvline(1, color="black", linewidth=1)
    axes.set(xscale="log", yticks=range(len(rungs)), xlabel=f"ratio to {TORCH}, geometric mean over the six layers")
    axes.set_yticklabels(rungs)
    axes.invert_yaxis()
    axes.legend()
    figure.savefig(path, dpi=150)


def main(
    rungs: Annotated[str, typer.Option(help="Which rungs, separated by commas.")] = ",".join(IMPLEMENTATIONS),
    batch_size: Annotated[int, typer.Option(min=1, help="Pictures in a batch.")] = 100,
    rounds: Annotated[int, typer.Option(min=1, help="How often each is timed; the least counts.")] = 10,
    channels_last: Annotated[bool, typer.Option(help="Pictures with their channels last in memory.")] = False,
    out: Annotated[Path, typer.Option(help="Folder for ladder.json and ladder.png.")] = Path("runs/conv-ladder"),
    as_text: Annotated[bool, typer.Option("--json", help="Print JSON in place of tables.")] = False,
) -> None:
    """Measure the rungs of the ladder beside nn.Conv2d, over the course's six layers."""
    notes = Console(stderr=True)
    try:
        with notes.status("measuring") as status:
            ladder = measure(
                [name.strip() for name in rungs.split(",")],
                batch_size=batch_size,
                rounds=rounds,
                channels_last=channels_last,
                progress=lambda label, done, total: status.update(f"layer {label} ({done} of {total} done)"),
            )
    except UserError as error:
        notes.print(f"error: {error}", markup=False)
        raise typer.Exit(2) from None
    out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(as_json(ladder), indent=2)
    (out / "ladder.json").write_text(text + "\n", encoding="utf-8")
    plot(ladder, out / "ladder.png")
    console = Console()
    if as_text:
        typer.echo(text)
        return
    for table in tables(ladder):
        console.print(table)
    console.print(f"written: {out / 'ladder.json'}, {out / 'ladder.png'}", markup=False)


if __name__ == "__main__":
    typer.run(main)
