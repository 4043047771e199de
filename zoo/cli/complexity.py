"""``zoo complexity NAME``: what a network costs, in numbers and formulas, and why to believe them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zoo.api import Table
from zoo.cli.context import registry_loader
from zoo.cli.output import JsonOption, print_json, print_table, say
from zoo.cli.show import SetOption
from zoo.config import parse_assignments
from zoo.errors import UserError

if TYPE_CHECKING:
    from zoo.complexity.deriving.conventions import Conventions
    from zoo.complexity.deriving.result import Report
    from zoo.complexity.deriving.subject import Subject
    from zoo.registry import Registry


def complexity(
    context: typer.Context,
    name: Annotated[
        str,
        typer.Argument(help="An architecture, as in `zoo list`, or timm:NAME or torchvision:NAME."),
    ],
    assignments: SetOption = None,
    height: Annotated[int | None, typer.Option(help="Height of the picture (H); 32 by default.")] = None,
    width: Annotated[int | None, typer.Option(help="Width of the picture (W); 32 by default.")] = None,
    classes: Annotated[int | None, typer.Option(help="Number of classes (NC).")] = None,
    biases: Annotated[bool, typer.Option(help="Count biases.")] = True,
    bias_connections: Annotated[bool, typer.Option(help="Count adding a bias as a connection.")] = False,
    batchnorm: Annotated[bool, typer.Option(help="Count BatchNorm and its like.")] = True,
    pooling: Annotated[bool, typer.Option(help="Count pooling and upsampling layers.")] = True,
    activations: Annotated[bool, typer.Option(help="Count activation layers.")] = True,
    padding: Annotated[bool, typer.Option(help="Count connections to padding.")] = True,
    formulas: Annotated[bool, typer.Option(help="Derive formulas, and check the registered ones.")] = True,
    double: Annotated[str | None, typer.Option(help="Double symbols, as in H,W.", metavar="SYMBOLS")] = None,
    finetune: Annotated[bool, typer.Option("--finetune", help="What a training step costs.")] = False,
    from_layer: Annotated[
        list[str] | None, typer.Option("--from", help="With --finetune: train from a layer on, too.", metavar="LAYER")
    ] = None,
    batch_size: Annotated[int, typer.Option(help="With --finetune: pictures in the batch (N).", min=2)] = 4,
    measure: Annotated[bool, typer.Option(help="With --finetune: make a real step, too.")] = True,
    versus: Annotated[
        str | None, typer.Option(help="What this network has more of than another.", metavar="NAME")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the random test points.")] = 0,
    as_json: JsonOption = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown.")] = False,
    latex: Annotated[bool, typer.Option("--latex", help="Print LaTeX.")] = False,
    plot: Annotated[
        Path | None, typer.Option(help="Draw a bar chart; .png, .svg or .pdf.", metavar="FILE", dir_okay=False)
    ] = None,
) -> None:
    """Count a network's weights, outputs and connections; derive formulas, proved or tested.

    Exits with 1 if a registered formula is wrong.
    """
    if sum([as_json, markdown, latex]) > 1:
        raise UserError("--json, --markdown and --latex exclude each other.")
    if from_layer and not finetune:
        raise UserError("--from needs --finetune.")
    from zoo.complexity.deriving.conventions import Conventions
    from zoo.complexity.deriving.result import make_report
    from zoo.complexity.views import forms

    conventions = Conventions(biases, bias_connections, batchnorm, pooling, activations, padding)
    subject = _subject(registry_loader(context), name, assignments or [], classes, height, width)
    symbols: tuple[str, ...] = ()
    if double is not None:
        from zoo.complexity.views.doubling import parse_symbols

        symbols = parse_symbols(double, subject)
    report = make_report(subject, conventions, formulas, seed)
    extras = _Extras(report, symbols, seed)
    if finetune:
        extras.add_ledger(batch_size, from_layer or [], measure)
    if versus is not None:
        other = _subject(registry_loader(context), versus, [], classes, subject.point["H"], subject.point["W"])
        extras.add_versus(make_report(other, conventions, formulas, seed))
    if plot is not None:
        from zoo.report.complexity import save_chart

        save_chart(report, plot)
    if as_json:
        print_json({**forms.to_json(report), **extras.json})
    elif markdown or latex:
        say(forms.to_markdown(report) if markdown else forms.to_latex(report))
    else:
        _print(report, extras.tables, conventions)
    if not report.ok:
        for failure in report.failures:
            say(f"zoo: wrong formula: {failure}", err=True)
        raise typer.Exit(1)


class _Extras:
    """What was asked for beside the report itself."""

    def __init__(self, report: Report, symbols: tuple[str, ...], seed: int) -> None:
        self.report = report
        self.symbols = symbols
        self.seed = seed
        self.tables: list[Table] = []
        self.json: dict[str, Any] = {}
        if symbols:
            from zoo.complexity.views import doubling, tables

            told = doubling.double(report, symbols)
            self.tables.append(tables.doubled(told, report))
            self.json["doubling"] = told.to_json()

    def add_ledger(self, batch_size: int, layers: list[str], measure: bool) -> None:
        from zoo.complexity.training_cost import finetune
        from zoo.complexity.views import tables

        told = finetune.make_ledger(self.report, batch_size, layers, measure, self.symbols, self.seed)
        self.tables += tables.ledger(told)
        self.json["finetune"] = told.to_json()

    def add_versus(self, other: Report) -> None:
        from zoo.complexity.views import tables
        from zoo.complexity.views.versus import compare_reports

        told = compare_reports(self.report, other)
        self.tables.append(tables.versus(told))
        self.json["versus"] = told.to_json()


def _subject(
    registry: Callable[[], Registry],
    name: str,
    assignments: list[str],
    classes: int | None,
    height: int | None,
    width: int | None,
) -> Subject:
    """Look a network up; the registry is only loaded for architectures of the zoo."""
    from zoo.complexity.deriving.libraries import of_library
    from zoo.complexity.deriving.subject import of_architecture

    if ":" in name:
        if assignments:
            raise UserError(f"--set changes settings of the zoo's architectures; {name} has none.")
        if classes is not None:
            raise UserError(f"--classes is for the zoo's architectures; {name} has its own.")
        return of_library(name, height, width)
    from zoo.library import CLASSES
    from zoo.network import preprocess_of

    loaded = registry()
    architecture = loaded.architecture(name).value
    config = loaded.configure(architecture.config(), parse_assignments(assignments))
    task = loaded.task(architecture.tasks[0]).value
    channels = preprocess_of(architecture, config, task).channels
    classes = CLASSES if classes is None else classes
    if classes < 1:
        raise UserError(f"--classes must be at least 1, not {classes}.")
    return of_architecture(
        architecture, config, channels, classes, 32 if height is None else height, 32 if width is None else width
    )


def _print(report: Report, extras: list[Table], conventions: Conventions) -> None:
    from zoo.complexity.views import tables

    shown = [tables.numbers(report)]
    if report.derivation:
        shown.insert(0, tables.formulas(report))
    for table in [*shown, *extras]:
        print_table(table)
        say("")
