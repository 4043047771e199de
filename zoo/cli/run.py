"""``zoo run NAME``: train an architecture and leave figures, pictures and a report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zoo.cli.context import load_plugins
from zoo.cli.output import JsonOption, is_main_process, print_json, print_table, progress
from zoo.cli.show import SetOption
from zoo.config import parse_assignments
from zoo.errors import UserError

SizeOption = Annotated[
    int | None, typer.Option(help="Height and width of the training images, in pixels.", show_default="the task's")
]
ClassesOption = Annotated[
    str, typer.Option(help="Classes of the data set to keep, separated by commas.", metavar="NAMES")
]


RESUMABLE = ("resume", "epochs", "as_json")
"""Options that go together with ``--resume``."""


def run(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="An architecture, as in `zoo list`.")] = None,
    task: Annotated[str, typer.Option(help="What to predict for every pixel.")] = "colorization",
    data: Annotated[
        str | None,
        typer.Option(help="photos, composed, folder:PATH, ...; see `zoo data`.", show_default="the task's"),
    ] = None,
    classes: ClassesOption = "",
    size: SizeOption = None,
    recipe: Annotated[str, typer.Option(help="A recipe, as in `zoo list`.")] = "default",
    epochs: Annotated[int | None, typer.Option(help="Number of epochs.", show_default="the recipe's")] = None,
    batch_size: Annotated[
        int | None, typer.Option(help="Images per step, over all devices.", show_default="the recipe's")
    ] = None,
    lr: Annotated[float | None, typer.Option(help="Learning rate.", show_default="the recipe's")] = None,
    palette: Annotated[
        str | None,
        typer.Option(help="kmeans, kmeans:K, course, or a file of RGB values.", show_default="kmeans"),
    ] = None,
    assignments: SetOption = None,
    seed: Annotated[int, typer.Option(help="Random seed.")] = 0,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, or mps.")] = "auto",
    init: Annotated[
        str,
        typer.Option(
            help="Start from the weights of a run, a safetensors file, or those that are shipped.", metavar="WEIGHTS"
        ),
    ] = "",
    out: Annotated[Path | None, typer.Option(help="Output folder.", show_default="runs/NAME-1, -2, ...")] = None,
    resume: Annotated[
        Path | None, typer.Option(help="Resume a run; train on after its end with --epochs.", metavar="RUN")
    ] = None,
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

    with progress() as shown:
        if resume is not None:
            done = resume_run(resume, epochs=epochs, registry=registry, progress=shown)
        else:
            done = train(
                name or "",
                settings=settings,
                task=task,
                data=data,
                size=size,
                classes=[word.strip() for word in classes.split(",") if word.strip()],
                recipe=recipe,
                seed=seed,
                device=device,
                init=init,
                out=out,
                registry=registry,
                progress=shown,
                epochs=epochs,
                batch_size=batch_size,
                lr=lr,
                palette=palette,
            )
    if not is_main_process():
        return
    if as_json:
        print_json({"run": str(done.folder), **done.record})
    else:
        from zoo.report.figures import class_table, duration, figures_table

        judged = registry.task(done.record["plan"]["task"]).value
        tables = [figures_table(done, judged.metrics)]
        if judged.class_metric is not None:
            tables.append(class_table(done, judged.class_metric))
        for table in tables:
            print_table(table)
        typer.echo(f"{duration(done.result['total_s'])} in all. Look at:")
        for file in ("samples.png", "curves.png", "report.html"):
            typer.echo(f"  {done.folder / file}")
    if done.record["status"] == "interrupted":
        typer.echo(f"stopped before its end; resume it with: zoo run --resume {done.folder}", err=True)
        raise typer.Exit(128 + done.record["stopped_by"])


def _refuse_other_options(context: typer.Context) -> None:
    """A resumed run keeps its own settings; an option that would be ignored is refused instead."""
    for parameter in context.command.params:
        source = context.get_parameter_source(parameter.name or "")
        if source is not None and source.name == "COMMANDLINE" and parameter.name not in RESUMABLE:
            option = parameter.opts[0] if parameter.opts[0].startswith("-") else "NAME"
            raise UserError(f"--resume continues a run with its own settings; leave {option} out.")
