"""``zoo experiment list``, ``run`` and ``collect``: the questions, answered."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zoo.api import Table
from zoo.api.experiment import Conditions, Experiment
from zoo.cli.context import load_plugins
from zoo.cli.output import JsonOption, print_json, print_paragraph, print_table, progress, say
from zoo.errors import UserError
from zoo.experiments.runner import FOLDER, Runner
from zoo.experiments.shard import Shard
from zoo.registry import Registry

if TYPE_CHECKING:
    from zoo.experiments.result import Result
    from zoo.progress import Progress

ALL = "all"
"""Stands for every experiment."""

experiment = typer.Typer(help="Answer questions by experiment: list them, run them, collect what several machines did.")

NamesArgument = Annotated[
    list[str], typer.Argument(help="Experiments, as in `zoo experiment list`, or all.", metavar="NAME...")
]
QuickOption = Annotated[bool, typer.Option("--quick", help="A size that ends in under a minute, and decides little.")]
DataOption = Annotated[str, typer.Option(help="The data set to train on; see `zoo data`.")]
SeedsOption = Annotated[
    str | None,
    typer.Option(help="Repeat every training with each, as in 0,1,2.", show_default="0,1,2; 0 with --quick"),
]
EpochsOption = Annotated[
    int | None, typer.Option(help="Passes over the training pictures.", show_default="the experiment's", min=1)
]
DeviceOption = Annotated[str, typer.Option(help="auto, cpu, cuda, or mps.")]
OutOption = Annotated[Path, typer.Option(help="The folder of results, and of the parts that were done.")]


@experiment.command("list")
def list_(context: typer.Context, as_json: JsonOption = False) -> None:
    """List the questions, and what is claimed of each."""
    entries = sorted(load_plugins(context).experiments(), key=lambda entry: entry.name)
    if as_json:
        print_json(
            [
                {
                    "name": entry.name,
                    "address": entry.address,
                    "asked": entry.value.asked,
                    "question": entry.value.summary,
                    "method": entry.value.method,
                    "claims": [{"text": claim.text, "rule": claim.rule} for claim in entry.value.claims],
                }
                for entry in entries
            ]
        )
        return
    rows = [[entry.name, entry.value.asked or "ours", entry.value.summary] for entry in entries]
    print_table(Table(["experiment", "asked", "question"], rows, words=None))


@experiment.command("run")
def run(
    context: typer.Context,
    names: NamesArgument,
    quick: QuickOption = False,
    data: DataOption = "photos",
    seeds: SeedsOption = None,
    epochs: EpochsOption = None,
    device: DeviceOption = "auto",
    only: Annotated[
        str | None, typer.Option(help="Do only shard I of N; `zoo experiment collect` joins them.", metavar="I/N")
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Repeat what was done before.")] = False,
    out: OutOption = FOLDER,
    as_json: JsonOption = False,
) -> None:
    """Run experiments; what was done before is not done again, so a stopped one goes on."""
    chosen = Shard.parse(only) if only is not None else None
    with progress() as bars:  # which is silent in all but the launcher's first process, so it comes first
        shard = chosen or Shard.of_launcher()
        runner = _runner(load_plugins(context), names, quick, data, seeds, epochs, device, out, bars)
        try:
            runner.work(shard, fresh=fresh)
        except KeyboardInterrupt:
            say("stopped; the same command goes on from here.", err=True)
            raise
        if only is not None:
            say(
                f"shard {only} is done; {runner.missing()} of {len(runner.parts())} parts are missing here. Where "
                f"the folders of all shards are at hand: zoo experiment collect {' '.join(names)} --from FOLDER",
                err=True,
            )
            return
        if shard is not None and shard.number > 1:
            return
        runner.wait()
        results = runner.conclude()
    _print(results, out, as_json)


@experiment.command("collect")
def collect(
    context: typer.Context,
    names: NamesArgument,
    sources: Annotated[
        list[Path] | None,
        typer.Option("--from", help="What another machine left in its --out; repeatable.", metavar="FOLDER"),
    ] = None,
    quick: QuickOption = False,
    data: DataOption = "photos",
    seeds: SeedsOption = None,
    epochs: EpochsOption = None,
    device: DeviceOption = "auto",
    out: OutOption = FOLDER,
    as_json: JsonOption = False,
) -> None:
    """Join what several machines did with --only, by the options that they were given, and judge."""
    with progress() as bars:
        runner = _runner(load_plugins(context), names, quick, data, seeds, epochs, device, out, bars)
        count = runner.collect(sources or [])
        if sources:
            bars.say(f"{count} parts taken over")
        results = runner.conclude()
    _print(results, out, as_json)


def _runner(
    registry: Registry,
    names: Sequence[str],
    quick: bool,
    data: str,
    seeds: str | None,
    epochs: int | None,
    device: str,
    out: Path,
    bars: Progress,
) -> Runner:
    chosen: list[Experiment] = []
    for name in names:
        entries = registry.experiments() if name == ALL else [registry.experiment(name)]
        chosen += [entry.value for entry in entries if entry.value not in chosen]
    conditions = Conditions(quick, _seeds(seeds, quick), data, epochs, device)
    if any(entry.uses_data for entry in chosen):
        registry.dataset(data.partition(":")[0])
    if out.exists() and not out.is_dir():
        raise UserError(f"--out {out} is a file; name a folder.")
    return Runner(chosen, conditions, out, registry, bars)


def _seeds(text: str | None, quick: bool) -> tuple[int, ...]:
    if text is None:
        return (0,) if quick else Conditions.seeds
    words = [word.strip() for word in text.split(",")]
    if not all(word.isdecimal() for word in words) or len(set(words)) < len(words):
        raise UserError(f"--seeds {text!r} should be different whole numbers separated by commas, as in 0,1,2.")
    return tuple(map(int, words))


def _print(results: Sequence[Result], out: Path, as_json: bool) -> None:
    if as_json:
        print_json([result.to_json() for result in results])
        return
    from zoo.experiments.report import verdicts_table

    for result in results:
        say(f"\n{result.experiment.summary}\n")
        for table in result.findings.tables:
            print_table(table)
            say("")
        for remark in result.findings.remarks:
            print_paragraph(remark)
            say("")
        print_table(verdicts_table(result))
        say(f"Look at: {out / result.experiment.name / 'report.html'}")
