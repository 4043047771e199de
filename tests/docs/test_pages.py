"""Commands and code on the pages name what exists.

Commands that train for long, download, or need several GPUs cannot be run by a test, so these are parsed: each must
name an existing command, existing options, and existing architectures, data sets and recipes. What the pages of the
documentation execute is run by building it, which CI does.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from zoo.cli.app import app
from zoo.config import parse_assignments, replace
from zoo.quiz import find
from zoo.registry import load_registry
from zoo.training.plan import make_plan

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "docs" / "examples"
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"^(`{3,})(\w*)([^\n]*)\n(.*?)^\1\s*$", flags=re.MULTILINE | re.DOTALL)
REGISTRY = load_registry(folders=[EXAMPLES])
PROGRAM: Any = typer.main.get_command(app)


def commands_of(page: Path) -> Iterator[tuple[str, bool]]:
    """Every ``zoo ...`` that a page shows, in blocks and in running text, without what stands before ``zoo``.

    With each goes whether building the documentation runs it.
    """
    text = page.read_text(encoding="utf-8")
    for _, language, options, body in FENCE.findall(text):
        if language in ("bash", "console", "sh"):
            for line in body.splitlines():
                for part in re.split(r"&&|\||>", line.removeprefix("$ ").partition(" # ")[0]):
                    if match := re.search(r"(?:^|\s)zoo(?:\s+(.*)|$)", part):
                        yield (match[1] or "").strip(), 'exec="on"' in options
    for span in re.findall(r"(?<!`)`([^`]+)`(?!`)", FENCE.sub("", text)):
        if match := re.fullmatch(r"(?:uv run )?zoo (.+)", " ".join(span.split())):
            yield match[1], False


CASES = [(page, *found) for page in PAGES for found in dict.fromkeys(commands_of(page))]


@pytest.mark.parametrize(
    ("page", "command", "executed"), CASES, ids=[f"{page.relative_to(ROOT)}: {command}" for page, command, _ in CASES]
)
def test_command_exists(page: Path, command: str, executed: bool) -> None:
    words = shlex.split(command)
    if words == ["COMMAND", "--help"]:  # stands for any of them
        return
    if len(words) == 1 and not words[0].startswith("-"):  # a command spoken of, not typed
        assert words[0] in PROGRAM.commands
        return
    try:
        name, given = parse(words)
    except typer.Exit as asked:  # --help and --version end the program
        if asked.exit_code:
            raise
        return
    if not executed:
        check_names(name, given)


def parse(words: list[str]) -> tuple[str, dict[str, Any]]:
    """The command that was named, and its parameters by name.

    Raises:
        typer.exceptions.TyperException: if there is no such command or option, or something is missing.
    """
    with PROGRAM.make_context("zoo", list(words)) as context:
        if context.invoked_subcommand is None and not [*context._protected_args, *context.args]:
            return "", context.params
        name, command, rest = PROGRAM.resolve_command(context, [*context._protected_args, *context.args])
        with command.make_context(name, rest, parent=context) as inner:
            return name, inner.params


def check_names(command: str, given: dict[str, Any]) -> None:
    """Names are looked up, and settings and options checked as far as they can be without data."""
    address = given.get("address")
    if address and not address.strip("[].").isupper():  # TOPIC/EXERCISE stands for any
        topic, exercise = find(address)
        assert exercise or not given["answer"], f"{topic.name} has several exercises"
    name = given.get("name")
    if name is None or name.strip("[].").isupper():  # NAME stands for any
        return
    if command == "data":
        REGISTRY.dataset(name.partition(":")[0])
        return
    if command == "complexity" and ":" in name:  # a model of another library
        return
    architecture = REGISTRY.architecture(name).value
    settings = parse_assignments(list(given.get("assignments") or ()))
    replace(architecture.config(), settings)
    if command == "run":
        recipe_changes = {key: given[key] for key in ("epochs", "batch_size", "lr", "precision")}
        make_plan(
            REGISTRY,
            name,
            settings=settings,
            task=given["task"],
            task_settings={} if given["palette"] is None else {"palette": given["palette"]},
            data=given["data"],
            size=given["size"],
            classes=given["classes"].split(","),
            recipe=given["recipe"],
            recipe_changes={key: value for key, value in recipe_changes.items() if value is not None},
            seed=given["seed"],
            device=given["device"],
        )


def test_a_wrong_command_would_be_found() -> None:
    from typer.exceptions import TyperException

    for words in (["runn", "unet"], ["run", "unet", "--epoch", "3"], ["predict"]):
        with pytest.raises(TyperException):
            parse(words)


def test_python_is_python() -> None:
    for page in PAGES:
        for _, language, _, body in FENCE.findall(page.read_text(encoding="utf-8")):
            if language == "python":
                compile(body, str(page), "exec")
