"""``zoo run NAME``: train an architecture and leave figures, pictures and a report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from zoo.cli.context import load_plugins
from zoo.cli.output import JsonOption, print_json, print_table, progress, say
from zoo.cli.show import SetOption
from zoo.config import parse_assignments
from zoo.errors import UserError
from zoo.progress import is_main_process
from zoo.registry import Registry
from zoo.runs.run import Run

SizeOption = Annotated[
    int | None, typer.Option(help="Height and width of the training images, in pixels.", show_default="the task's")
]
ClassesOption = Annotated[
    str | None,
    typer.Option(
        help="Classes of the data set to keep, separated by commas.", metavar="NAMES", show_default="the data set's"
    ),
]
TaskOption = Annotated[str, typer.Option(help="What to predict for every pixel.")]
DataOption = Annotated[
    str | None, typer.Option(help="photos, composed, folder:PATH, ...; see `zoo data`.", show_default="the task's")
]
RecipeOption = Annotated[str, typer.Option(help="A recipe, as in `zoo list`.")]
EpochsOption = Annotated[int | None, typer.Option(help="Number of epochs.", show_default="the recipe's")]
BatchSizeOption = Annotated[
    int | None, typer.Option(help="Images per step, over all devices.", show_default="the recipe's")
]
LrOption = Annotated[float | None, typer.Option(help="Learning rate.", show_default="the recipe's")]
PaletteOption = Annotated[
    str | None, typer.Option(help="kmeans, kmeans:K, course, or a file of RGB values.", show_default="kmeans")
]
SeedOption = Annotated[int, typer.Option(help="Random seed.")]
DeviceOption = Annotated[str, typer.Option(help="auto, cpu, cuda, or mps.")]
InitOption = Annotated[
    str | None,
    typer.Option(
        help="Start from the weights of a run, a safetensors file, or those that are shipped.", metavar="WEIGHTS"
    ),
]
OutOption = Annotated[Path | None, typer.Option(help="Output folder.", show_default="runs/NAME-1, -2, ...")]
ResumeOption = Annotated[
    Path | None, typer.Option(help="Resume a run; train on after its end with --epochs.", metavar="RUN")
]
ProfileOption = Annotated[bool, typer.Option("--profile", help="Show where the time goes, here and in the report.")]


RESUMABLE = ("resume", "epochs", "as_json")
"""Options that go together with ``--resume``."""


def run(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="An architecture, as in `zoo list`.")] = None,
    task: TaskOption = "colorization",
    data: DataOption = None,
    classes: ClassesOption = None,
    size: SizeOption = None,
    recipe: RecipeOption = "default",
    epochs: EpochsOption = None,
    batch_size: BatchSizeOption = None,
    lr: LrOption = None,
    palette: PaletteOption = None,
    assignments: SetOption = None,
    seed: SeedOption = 0,
    device: DeviceOption = "auto",
    init: InitOption = None,
    out: OutOption = None,
    resume: ResumeOption = None,
    profile: ProfileOption = False,
    as_json: JsonOption = False,
) -> None:
    """Train an architecture; leaves figures, pictures and a report in a folder."""
    registry = load_plugins(context)
    settings = parse_assignments(assignments or [])
    if resume is not None:
        _refuse_other_options(context)
    elif name is None:
        raise UserError("name an architecture to train, as in `zoo run unet`; `zoo list` shows them.")

    from zoo.jobs.resume import resume as resume_run
    from zoo.jobs.train import train

    shortcuts = {"epochs": epochs, "batch_size": batch_size, "lr": lr, "palette": palette}
    with progress() as bars:
        common: dict[str, Any] = {"registry": registry, "progress": bars}
        if resume is not None:
            finished = resume_run(resume, epochs=epochs, **common)
        else:
            common |= {"seed": seed, "device": device, "init": init, "out": out, "profile": profile, **shortcuts}
            common |= {"classes": class_names(classes)}
            finished = train(name or "", settings=settings, task=task, data=data, size=size, recipe=recipe, **common)
    if is_main_process():
        _print(finished, registry, as_json)


def class_names(text: str | None) -> list[str]:
    """The names typed after ``--classes``; none if it was left out.

    Raises:
        UserError: if it was given and names none.
    """
    names = [word.strip() for word in (text or "").split(",") if word.strip()]
    if text is not None and not names:
        raise UserError(f"--classes {text!r} names no class; write names separated by commas, or leave it out.")
    return names


def _print(run: Run, registry: Registry, as_json: bool) -> None:
    """Print what a run left; exit as a program that a signal ended, if one did."""
    if as_json:
        print_json({"run": str(run.folder), **run.record})
    else:
        from zoo.report.figures import class_table, duration, figures_table

        task = registry.task(run.record["plan"]["task"]).value
        print_table(figures_table(run, task.metrics))
        if task.class_metric is not None:
            print_table(class_table(run, task.class_metric))
        if seconds := run.result.get("profile"):
            from zoo.report.profile import profile_table
            from zoo.training.stopwatch import PARTS

            print_table(profile_table(seconds, PARTS))
        say(f"{duration(run.result['total_s'])} in all. Look at:")
        for file in ("samples.png", "curves.png", "report.html"):
            say(f"  {run.folder / file}")
    if run.record["status"] == "interrupted":
        say(f"stopped before its end; resume it with: zoo run --resume {run.folder}", err=True)
        raise typer.Exit(128 + run.record["stopped_by"])


def _refuse_other_options(context: typer.Context) -> None:
    """A resumed run keeps its own settings; an option that would be ignored is refused instead."""
    for parameter in context.command.params:
        source = context.get_parameter_source(parameter.name or "")
        if source is not None and source.name == "COMMANDLINE" and parameter.name not in RESUMABLE:
            option = parameter.opts[0] if parameter.opts[0].startswith("-") else "NAME"
            raise UserError(f"--resume continues a run with its own settings; leave {option} out.")
