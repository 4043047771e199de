"""``zoo complexity NAME``: what a network costs, in numbers and formulas, and why to believe them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from zoo.api import Table
from zoo.cli.context import registry_loader
from zoo.cli.output import JsonOption, print_json, print_table, say
from zoo.cli.show import SetOption
from zoo.config import parse_assignments
from zoo.errors import UserError

if TYPE_CHECKING:
    from zoo.complexity.deriving.result import Report
    from zoo.complexity.deriving.subject import Subject
    from zoo.registry import Registry


NameArgument = Annotated[
    str, typer.Argument(help="An architecture, as in `zoo list`, or timm:NAME, torchvision:NAME, or FILE.py:CLASS.")
]
HeightOption = Annotated[int | None, typer.Option(help="Height of the picture (H); 32 by default.")]
WidthOption = Annotated[int | None, typer.Option(help="Width of the picture (W); 32 by default.")]
FromOption = Annotated[
    list[str] | None, typer.Option("--from", help="With --finetune: train from a layer on, too.", metavar="LAYER")
]
BatchOption = Annotated[int, typer.Option(help="With --finetune: pictures in the batch (N).", min=2)]
OptimizerOption = Annotated[
    Literal["adam", "adamw", "sgd", "sgd-momentum"], typer.Option(help="With --finetune: whose state is kept.")
]
PrecisionOption = Annotated[
    Literal["fp32", "bf16"], typer.Option(help="With --finetune: float32, or bfloat16 autocast.")
]
DoubleOption = Annotated[str | None, typer.Option(help="Double symbols, as in H,W.", metavar="SYMBOLS")]
VersusOption = Annotated[str | None, typer.Option(help="What this network has more of than another.", metavar="NAME")]
DepthOption = Annotated[int | None, typer.Option(help="Fold the rows to modules at this depth.", metavar="D")]
PlotOption = Annotated[
    Path | None, typer.Option(help="Draw a bar chart; .png, .svg or .pdf.", metavar="FILE", dir_okay=False)
]
GraphOption = Annotated[Path | None, typer.Option(help="Draw the network; .svg.", metavar="FILE", dir_okay=False)]


def complexity(
    context: typer.Context,
    name: NameArgument,
    assignments: SetOption = None,
    height: HeightOption = None,
    width: WidthOption = None,
    classes: Annotated[int | None, typer.Option(help="Number of classes (NC).")] = None,
    biases: Annotated[bool, typer.Option(help="Count biases.")] = True,
    bias_connections: Annotated[bool, typer.Option(help="Count adding a bias as a connection.")] = False,
    batchnorm: Annotated[bool, typer.Option(help="Count BatchNorm and its like.")] = True,
    pooling: Annotated[bool, typer.Option(help="Count pooling and upsampling layers.")] = True,
    activations: Annotated[bool, typer.Option(help="Count activation layers.")] = True,
    padding: Annotated[bool, typer.Option(help="Count connections to padding.")] = True,
    formulas: Annotated[bool, typer.Option(help="Derive formulas, and check the registered ones.")] = True,
    depth: DepthOption = None,
    double: DoubleOption = None,
    finetune: Annotated[bool, typer.Option("--finetune", help="What a training step costs.")] = False,
    from_layer: FromOption = None,
    batch_size: BatchOption = 4,
    optimizer: OptimizerOption = "adam",
    precision: PrecisionOption = "fp32",
    measure: Annotated[bool, typer.Option(help="With --finetune: make a real step, too.")] = True,
    versus: VersusOption = None,
    seed: Annotated[int, typer.Option(help="Seed of the random test points.")] = 0,
    as_json: JsonOption = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print the rows as CSV.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown.")] = False,
    latex: Annotated[bool, typer.Option("--latex", help="Print LaTeX.")] = False,
    plot: PlotOption = None,
    graph: GraphOption = None,
) -> None:
    """Count a network's weights, outputs and connections; derive formulas, proved or tested.

    Exits with 1 if a registered formula is wrong.
    """
    form = _form(json=as_json, csv=csv, markdown=markdown, latex=latex)
    if from_layer and not finetune:
        raise UserError("--from needs --finetune.")
    from zoo.complexity.deriving.conventions import Conventions
    from zoo.complexity.deriving.result import make_report

    conventions = Conventions(biases, bias_connections, batchnorm, pooling, activations, padding)
    registry = registry_loader(context)
    subject = _subject(registry, name, assignments or [], classes, height, width)
    symbols = _symbols(double, subject)
    report = make_report(subject, conventions, formulas, seed)
    extras = _Extras(report, symbols, seed)
    if finetune:
        extras.add_ledger(batch_size, from_layer or [], measure, optimizer, precision)
    if versus is not None:
        other = _subject(registry, versus, [], classes, subject.point["H"], subject.point["W"])
        extras.add_versus(make_report(other, conventions, formulas, seed))
    _draw(report, depth, plot, graph)
    _print(report, depth, form, extras)
    _judge(report)


def _form(**asked: bool) -> str:
    """The one form that was asked for, or an empty string."""
    forms = [form for form, wanted in asked.items() if wanted]
    if len(forms) > 1:
        raise UserError(f"{', '.join(f'--{form}' for form in asked)} exclude each other.")
    return "".join(forms)


def _symbols(double: str | None, subject: Subject) -> tuple[str, ...]:
    if double is None:
        return ()
    from zoo.complexity.views.doubling import parse_symbols

    return parse_symbols(double, subject)


def _judge(report: Report) -> None:
    """End with 1 if a registered formula is wrong."""
    for failure in report.failures:
        say(f"zoo: wrong formula: {failure}", err=True)
    if not report.ok:
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

            view = doubling.double(report, symbols)
            self.tables.append(tables.doubled(view, report))
            self.json["doubling"] = view.to_json()

    def add_ledger(self, batch_size: int, layers: list[str], measure: bool, optimizer: str, precision: str) -> None:
        from zoo.complexity.training_cost import finetune
        from zoo.complexity.training_cost.ledger import Setup
        from zoo.complexity.views import tables

        setup = Setup(optimizer, precision)
        view = finetune.make_ledger(self.report, batch_size, layers, measure, self.symbols, self.seed, setup)
        self.tables += tables.ledger(view)
        self.json["finetune"] = view.to_json()

    def add_versus(self, other: Report) -> None:
        from zoo.complexity.views import tables
        from zoo.complexity.views.versus import compare_reports

        view = compare_reports(self.report, other)
        self.tables.append(tables.versus(view))
        self.json["versus"] = view.to_json()


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
    from zoo.complexity.deriving.own_file import is_file, of_file
    from zoo.complexity.deriving.subject import of_architecture

    if ":" in name:
        if assignments:
            raise UserError(f"--set changes settings of the zoo's architectures; {name} has none.")
        if classes is not None:
            raise UserError(f"--classes is for the zoo's architectures; {name} has its own.")
        return of_file(name, height, width) if is_file(name) else of_library(name, height, width)
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


def _draw(report: Report, depth: int | None, plot: Path | None, graph: Path | None) -> None:
    if plot is not None:
        from zoo.report.complexity import save_chart

        save_chart(_folded(report, depth), plot)
    if graph is not None:
        from zoo.report.graph import save_graph

        save_graph(report, graph, depth)


def _folded(report: Report, depth: int | None) -> Report:
    if depth is None:
        return report
    from zoo.complexity.views.folding import fold

    return fold(report, depth)


def _print(report: Report, depth: int | None, form: str, extras: _Extras) -> None:
    from zoo.complexity.views import forms, tables

    folded = _folded(report, depth)
    if form == "json":
        print_json({**forms.to_json(folded), **extras.json})
    elif form:
        write = {"csv": forms.to_csv, "markdown": forms.to_markdown, "latex": forms.to_latex}[form]
        say(write(folded).removesuffix("\n"))
    else:
        counted = [tables.formulas(folded)] if folded.derivation else []
        for table in [*counted, tables.numbers(folded), *extras.tables]:
            print_table(table)
            say("")
