"""``zoo run NAME``: train an architecture and leave figures, pictures and a report."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from zoo.cli.output import JsonOption, is_main_process, print_json, print_table, progress
from zoo.cli.show import SetOption
from zoo.config import Value, parse_assignments
from zoo.errors import UserError

SizeOption = Annotated[
    int | None, typer.Option(help="Height and width of the training pictures, in pixels.", show_default="the task's")
]
ClassesOption = Annotated[
    str, typer.Option(help="Classes of the data set to keep, separated by commas.", metavar="NAMES")
]


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
    palette: Annotated[
        str | None, typer.Option(help="kmeans, kmeans:K, course, or a file of RGB values.", show_default="kmeans")
    ] = None,
    loss: Annotated[
        str | None, typer.Option(help="Of segmentation: cross-entropy or soft-iou.", show_default="cross-entropy")
    ] = None,
    assignments: SetOption = None,
    recipe: Annotated[str, typer.Option(help="default, full, course, or course-2020.")] = "default",
    epochs: Annotated[int | None, typer.Option(help="Passes over the training pictures.")] = None,
    max_steps: Annotated[int | None, typer.Option(help="End after so many steps, if epochs do not end before.")] = None,
    batch_size: Annotated[int | None, typer.Option(help="Pictures a step.")] = None,
    lr: Annotated[float | None, typer.Option(help="Learning rate.")] = None,
    precision: Annotated[str | None, typer.Option(help="auto, bf16, or fp32.")] = None,
    train_layers: Annotated[
        str | None,
        typer.Option("--train", help="What to train: all, last, head, or from:LAYER.", metavar="LAYERS"),
    ] = None,
    augment: Annotated[str | None, typer.Option(help="Change training pictures: none, flip, or full.")] = None,
    seed: Annotated[int, typer.Option(help="Fixes the run on one machine.")] = 0,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, or mps.")] = "auto",
    out: Annotated[Path | None, typer.Option(help="The folder to make.", show_default="runs/NAME-1, -2, ...")] = None,
    resume: Annotated[Path | None, typer.Option(help="Go on with the run in this folder.", metavar="RUN")] = None,
    as_json: JsonOption = False,
) -> None:
    """Train an architecture; leaves figures, pictures and a report in a folder."""
    registry = context.obj()
    settings = parse_assignments(assignments or [])
    if resume is not None:
        _refuse_other_options(context)
    elif name is None:
        raise UserError("name an architecture to train, as in `zoo run unet`; `zoo list` shows them.")

    from zoo.jobs.train import resume as go_on
    from zoo.jobs.train import train

    with progress() as shown:
        if resume is not None:
            done = go_on(resume, registry=registry, progress=shown)
        else:
            done = train(
                name or "",
                settings=settings,
                task=task,
                task_settings=given({"palette": palette, "loss": loss}),
                data=data,
                size=size,
                classes=[word.strip() for word in classes.split(",") if word.strip()],
                recipe=recipe,
                epochs=epochs,
                max_steps=max_steps,
                batch_size=batch_size,
                lr=lr,
                precision=precision,
                train=train_layers,
                augment=augment,
                seed=seed,
                device=device,
                out=out,
                registry=registry,
                progress=shown,
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
            print_table(table.head, table.rows, right=range(1, len(table.head)))
        typer.echo(f"{duration(done.result['total_s'])} in all. Look at:")
        for file in ("samples.png", "curves.png", "report.html"):
            typer.echo(f"  {done.folder / file}")
    if done.record["status"] == "interrupted":
        typer.echo(f"stopped before its end; go on with: zoo run --resume {done.folder}", err=True)
        raise typer.Exit(130)


def given(options: Mapping[str, str | None]) -> dict[str, Value]:
    """Those options that were given."""
    return {name: value for name, value in options.items() if value is not None}


def _refuse_other_options(context: typer.Context) -> None:
    """A resumed run keeps its own settings; an option that would be ignored is refused instead."""
    for parameter in context.command.params:
        source = context.get_parameter_source(parameter.name or "")
        if source is not None and source.name == "COMMANDLINE" and parameter.name not in ("resume", "as_json"):
            option = parameter.opts[0] if parameter.opts[0].startswith("-") else "NAME"
            raise UserError(f"--resume goes on with a run's own settings; leave {option} out.")
