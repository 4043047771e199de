"""What code on the pages prints: figures in two inks, source code, exercises, and answers made of kept results."""

from __future__ import annotations

import base64
import html
import inspect
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from zoo.api import Claim, Experiment, Table, UserError, Verdict
from zoo.experiments.report import as_svg, chart_style, draw_charts
from zoo.experiments.result import Result, outdated
from zoo.quiz import find
from zoo.quiz.kinds import ChoiceExercise
from zoo.registry import load_registry

DOCS = Path(__file__).resolve().parents[1]
RESULTS = DOCS / "results"
"""``NAME.json`` is the result of the experiment NAME, ``NAME-SHEET.png`` a sheet of pictures of it."""

QUESTIONS = DOCS / "questions"
"""``NAME.md`` is the page of the experiment NAME."""


def show(draw: Callable[[Figure], None], alt: str, *, width: float = 7, height: float = 2.6) -> str:
    """A figure for the page as HTML, in an ink for light pages and in one for dark pages.

    Args:
        draw: draws into an empty figure; called once for each ink.
        alt: what it shows, in words.
        width: in inches, of which seven fill the page.
        height: in inches.
    """
    drawn = []
    for dark in (False, True):
        style: Any = {**chart_style(dark=dark), "image.interpolation": "none"}  # pixels stay pixels, and files small
        with mpl.rc_context(style):
            figure = Figure(figsize=(width, height))
            draw(figure)
            drawn.append(as_svg(figure))
    return picture(drawn[0], drawn[1], alt)


def picture(light: str, dark: str, alt: str) -> str:
    """Two SVG texts as HTML, of which the page's colors choose one."""
    content = (
        _img(text.encode(), "svg+xml", alt, fragment=f"#only-{scheme}")
        for text, scheme in ((light, "light"), (dark, "dark"))
    )
    return f'\n<p class="chart">{"".join(content)}</p>\n'


def photo(path: Path, alt: str) -> str:
    """A PNG or JPEG file as HTML, held by the page itself."""
    kind = "jpeg" if path.suffix in (".jpg", ".jpeg") else "png"
    return f'\n<p class="sheet">{_img(path.read_bytes(), kind, alt)}</p>\n'


def _img(data: bytes, kind: str, alt: str, fragment: str = "") -> str:
    """An image that needs no file of its own; in HTML, for Markdown would look for links in it."""
    source = f"data:image/{kind};base64,{base64.b64encode(data).decode()}{fragment}"
    return f'<img alt="{html.escape(alt)}" src="{source}">'


def table(content: Table) -> str:
    """A table as Markdown: its caption, then words to the left and numbers to the right."""
    head, rows = ([_cell(cell) for cell in content.head], [[_cell(cell) for cell in row] for row in content.rows])
    aligned = [
        "--:" if rows and all(row[place][:1].isdigit() or row[place] in ("", "-") for row in rows) else "---"
        for place in range(len(head))
    ]
    lines = [f"| {' | '.join(cells)} |" for cells in (head, aligned, *rows)]
    caption = [f"*{content.caption}*", ""] if content.caption else []
    return "\n" + "\n".join([*caption, *lines]) + "\n"


def _cell(text: str) -> str:
    return html.escape(text, quote=False).replace("|", "\\|").replace("*", "\\*").replace("\n", " ")


PAGE_COLUMNS = 80
"""What fits into a block of code at the usual width of a page."""


def source(*functions: Callable[..., object]) -> str:
    """Functions of one module as a block of code, wrapped at the width of a page."""
    code = "\n\n\n".join(inspect.cleandoc("\n" + inspect.getsource(function)) for function in functions)
    command = [sys.executable, "-m", "ruff", "format", "--line-length", str(PAGE_COLUMNS), "-"]
    wrapped = subprocess.run(command, input=code, capture_output=True, text=True, check=True).stdout
    title = f"{functions[0].__module__.replace('.', '/')}.py"
    return f"```{{.python title='{title}'}}\n{wrapped}```\n"


# --- exercises ---


def exercises(name: str) -> str:
    """The exercises of a tutorial, each with the command that checks an answer."""
    topic, _ = find(name)
    parts = [
        "A command checks your answers. A wrong term of a formula is named, and a number is compared with what is "
        f"measured when you ask. `zoo quiz {name}` shows all of these, `--hint` says where to begin, and `--solution` "
        "gives the answer away.\n"
    ]
    for number, exercise in enumerate(topic.exercises, 1):
        address = f"{name}/{exercise.name}"
        parts.append(f"**{number}. {exercise.title[:1].upper()}{exercise.title[1:]}.** {_text(exercise.question)}\n")
        if isinstance(exercise, ChoiceExercise):
            parts += [f"- {letter}) {_text(option)}" for letter, option in exercise.options.items()]
        parts.append(f"\n```bash\nzoo quiz {address} {exercise.example}\n```\n")
    return "\n".join(parts)


def _text(text: str) -> str:
    """Plain text as Markdown that shows it as it is."""
    return re.sub(r"([\\`*_{}\[\]<>#|$])", r"\\\1", text)


# --- questions ---


def answer(name: str) -> str:
    """The page of a question but for what is written by hand: claims, verdicts, method, figures, and their origin."""
    experiments = {entry.name: entry.value for entry in load_registry().experiments()}
    if name not in experiments:
        return f"This version has no experiment `{name}` yet.\n"
    experiment, result = experiments[name], result_of(name)
    parts = [_claims(experiment, result), "\n## How it was tested\n", experiment.method, ""]
    if result is not None:
        parts += [_figures(result), _origin(result)]
    return "\n".join(parts)


def overview() -> str:
    """Every claim of every question that has a page, with its verdict, as a table."""
    experiments = {entry.name: entry.value for entry in load_registry().experiments()}
    lines = ["| question | what is claimed | verdict |", "|---|---|---|"]
    for name in [*experiments, *sorted(set(pages()) - set(experiments))]:
        if name not in experiments:
            lines.append(f"| [`{name}`]({name}.md) | not in this version yet | {tag(None)} |")
            continue
        result = result_of(name)
        for place, claim in enumerate(experiments[name].claims):
            asked = f"[`{name}`]({name}.md)<br>{_cell(experiments[name].asked or 'ours')}" if place == 0 else ""
            verdict = result.findings.verdicts[claim.name] if result else None
            lines.append(f"| {asked} | {_cell(claim.text)} | {tag(verdict)} |")
    return "\n".join(lines) + "\n"


def pages() -> list[str]:
    """The names of the questions that have a page."""
    return [path.stem for path in sorted(QUESTIONS.glob("*.md")) if path.stem != "index"]


def result_of(name: str) -> Result | None:
    """The committed result of an experiment, judged anew; None if there is none.

    Raises:
        UserError: if there is a file, but no result in it.
    """
    path = RESULTS / f"{name}.json"
    if not path.is_file():
        return None
    result = Result.load(path, load_registry())
    if result.experiment.name != name:
        raise UserError(f"{path} is the result of {result.experiment.name}; name the file so.")
    return result


def tag(verdict: Verdict | None) -> str:
    """A verdict's outcome, in a color of its own."""
    outcome = verdict.outcome if verdict else "no result yet"
    kind = "".join(letter if letter.isalpha() else "-" for letter in outcome)
    return f'<span class="verdict verdict--{kind}">{outcome}</span>'


def _claims(experiment: Experiment, result: Result | None) -> str:
    lines = ["## Claims and verdicts\n"]
    if result is None:
        lines.append(f"No result is kept here yet. `zoo experiment run {experiment.name}` makes one.\n")
    verdicts = result.findings.verdicts if result else {}
    lines += [_claim(claim, verdicts.get(claim.name)) for claim in experiment.claims]
    return "\n".join(lines)


def _claim(claim: Claim, verdict: Verdict | None) -> str:
    because = f"{verdict.because[:1].upper()}{verdict.because[1:]}" if verdict else ""
    return (
        f"> {_cell(claim.text)}\n\n{tag(verdict)} {_cell(because)}\n\n"
        f"<details><summary>The rule</summary>\n<p>{html.escape(claim.rule)}</p>\n</details>\n"
    )


def _figures(result: Result) -> str:
    name = result.experiment.name
    parts = ["\n## What came out\n"]
    if result.conditions.quick:
        parts.append("These are figures of a quick run, which decides little.\n")
    parts += [table(experiments) for experiments in result.findings.tables]
    light, dark = draw_charts(result), draw_charts(result, dark=True)
    parts += [picture(light[chart], dark[chart], f"Chart: {chart.replace('-', ' ')}") for chart in light]
    parts += [f"{_cell(remark)}\n" for remark in result.findings.remarks]
    for path in sorted(RESULTS.glob(f"{name}-*.png")):
        parts.append(photo(path, f"Sheet: {path.stem.removeprefix(f'{name}-').replace('-', ' ')}"))
    return "\n".join(parts)


def _code(result: Result) -> str:
    """Whether the code that made the numbers is still the same."""
    total, changed = len(result.measured), len(outdated(result, load_registry()))
    if not changed:
        return "The code that made the numbers has not changed since."
    return f"The code that made {changed} of {total} parts has changed since; the command makes these anew."


def _origin(result: Result) -> str:
    origin = result.origin
    versions = ", ".join(f"{name} {version}" for name, version in origin["versions"].items())
    return (
        f"\n## How it was made\n\n```bash\n{origin['command']}\n```\n\n"
        f"On {origin['date']}, {html.escape(origin['machine'])}, {versions}. "
        f"[Every number](../results/{result.experiment.name}.json), from which this page was made. {_code(result)}\n"
    )
