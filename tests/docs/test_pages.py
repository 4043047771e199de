"""Every block of code and every command on the pages is run, here or by the build, or says on the page why it is not.

- A block with ``exec="on"`` is run by building the documentation, which fails if the block does.
- Every other command is typed here, page by page and in the order of the page, in a folder with what pages assume (a
  photo, a folder of photos, the examples): as it stands, but trained on a few small pictures for one epoch.
- A block below a comment that begins with ``run by .ci/run`` has commands that `.ci/run` types word for word.
- A block below a comment that begins with ``not run here:`` is run by nobody, for the reason that the comment gives.

A command with a word in capitals, such as ``zoo show NAME``, stands for many: it is parsed, not run.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer
from PIL import Image

from zoo.cli.app import app

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "docs" / "examples"
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "plugins").glob("*/*.md")])
FENCE = re.compile(r"(?:^<!-- ([^\n]*) -->\n\n)?^(`{3,})([^\n]*)\n(.*?)^\2\s*$", flags=re.MULTILINE | re.DOTALL)
"""A comment above the block, if any; the fence, its info, and the body."""

SPAN = re.compile(r"(?<!`)`([^`]+)`(?!`)")
PROGRAM: Any = typer.main.get_command(app)

RUNS = re.compile(r"zoo run \w")
"""What leaves a run."""

NOT_CODE = ("text",)
"""Languages of blocks that show output, files or layouts."""

EXCUSE, CI = "not run here: ", "run by .ci/run"
REASON_LETTERS = 12
"""A reason is not shorter."""


@dataclass(frozen=True)
class Block:
    """A fenced block of a page, and the comment above it, which the built page does not show."""

    page: Path
    info: str
    body: str
    comment: str = ""

    @property
    def language(self) -> str:
        return re.split(r"[\s{]", self.info.strip())[0]

    @property
    def includes_example(self) -> bool:
        return bool(re.fullmatch(r'--8<-- "examples/[\w/]+\.py"', self.body.strip()))

    def fate(self) -> str | None:
        """Who runs it: ``build``, ``ci``, ``nobody``, ``examples`` or ``here``; ``shown`` if it is no code."""
        if 'exec="on"' in self.info:
            return "build"
        if self.comment.startswith(CI):
            return "ci"
        if self.comment.startswith(EXCUSE):
            return "nobody"
        if self.includes_example:  # by test_examples.py
            return "examples"
        if self.language in NOT_CODE:
            return "shown"
        return "here" if self.language in ("bash", "python", "toml") else None

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}: {self.body.strip().splitlines()[0][:60]}"


def blocks() -> list[Block]:
    return [
        Block(page, info, body, comment)
        for page in PAGES
        for comment, _, info, body in FENCE.findall(page.read_text(encoding="utf-8"))
    ]


def lines_of(body: str) -> list[str]:
    """The commands of a block, without comments and continuation lines joined."""
    joined = body.replace("\\\n", " ")
    stripped = (line.removeprefix("$ ").partition(" #")[0].strip() for line in joined.splitlines())
    return [line for line in stripped if line and not line.startswith("#")]


# --- every block has somebody who runs it ---


@pytest.mark.parametrize("block", blocks(), ids=str)
def test_somebody_runs_it_or_it_says_why_not(block: Block) -> None:
    fate = block.fate()
    assert fate, f"language {block.language!r}: nobody runs it; write <!-- {EXCUSE}... --> above it if that cannot be"
    if fate == "nobody":
        assert len(block.comment.removeprefix(EXCUSE)) >= REASON_LETTERS, "give the reason"
    if fate == "ci":
        script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
        assert [line for line in lines_of(block.body) if line not in script] == []
    if fate == "here" and block.language == "toml":
        tomllib.loads(block.body)
    if fate == "here" and block.language == "python":
        compile(block.body, str(block.page), "exec")


def test_a_block_that_nobody_runs_would_be_found() -> None:
    page = ROOT / "README.md"
    assert Block(page, "sh", "zoo run unet\n").fate() is None
    assert Block(page, "{.python}", "print(1)\n").fate() is None
    assert Block(page, "bash", "zoo run unet\n", "later").fate() == "here"
    assert Block(page, "bash", "zoo run unet\n", "not run here: it takes a week").fate() == "nobody"
    assert Block(page, 'python exec="on"', "print(1)\n").fate() == "build"


# --- what is run here ---

RUN = tuple[str, str]
"""A language and what is typed: a command of the zoo, or Python."""


def typed_on(page: Path) -> Iterator[RUN]:
    """What a page shows to be typed, from top to bottom, but for what others run."""
    text = page.read_text(encoding="utf-8")
    rest = 0
    for match in FENCE.finditer(text):
        yield from _spans(text[rest : match.start()])
        rest = match.end()
        block = Block(page, match[3], match[4], match[1] or "")
        if block.fate() == "build" and block.language == "console":  # later commands speak of these runs
            yield from (("bash", line.partition(" >")[0]) for line in lines_of(block.body) if RUNS.match(line))
        if block.fate() == "here" and block.language in ("bash", "python"):
            if block.language == "python":
                yield "python", block.body
            else:
                yield from (("bash", line) for line in lines_of(block.body))
    yield from _spans(text[rest:])


def _spans(text: str) -> Iterator[RUN]:
    for span in SPAN.findall(text):
        command = " ".join(span.split())
        if re.fullmatch(r"(?:uv run )?zoo \S.*", command):
            yield "bash", command


COMMANDS = [(page, list(dict.fromkeys(typed_on(page)))) for page in PAGES]


@pytest.mark.parametrize(
    ("page", "typed"), [pytest.param(*one, id=str(one[0].relative_to(ROOT))) for one in COMMANDS if one[1]]
)
def test_what_a_page_shows_works(
    page: Path, typed: list[RUN], zoo_cli: Any, unreported: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if page == ROOT / "README.md":  # its Python has a test of its own, test_readme.py
        typed = [one for one in typed if one[0] != "python"]
    furnish(tmp_path, typed)
    names: dict[str, Any] = {}
    for language, text in typed:
        if language == "python":
            monkeypatch.chdir(tmp_path)
            monkeypatch.syspath_prepend(tmp_path)
            exec(compile(text, str(page), "exec"), names)
            continue
        for command in text.split(" && "):
            run(command, zoo_cli)


def run(command: str, zoo_cli: Any) -> None:
    """Type one command, in small."""
    words = shlex.split(command)
    words = words[2:] if words[:2] == ["uv", "run"] else words
    if words[0] != "zoo":
        launched = words[:2] == ["accelerate", "launch"] and "zoo" in words
        assert launched, f"{command}: not run here; write <!-- {EXCUSE}... --> above its block and say why"
        place = words.index("zoo") + 1
        program = [sys.executable, "-m", "accelerate.commands.launch", *words[2:place], *in_small(words[place:])]
        done = subprocess.run(program, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{command}: {done.stderr[-2000:]}"
        return
    words = words[1:]
    if stands_for_many(words) or (words[:2] == ["experiment", "run"] and "--quick" not in words and takes_long(words)):
        parse([word for word in words if word != "..."])
        return
    done = zoo_cli(*in_small(words))
    if "--resume" in words and "nothing to resume" in done.err:  # on a page, the reader stopped that run before
        return
    assert done.code == 0, f"{command}: {done.err[-2000:]}"


def takes_long(words: list[str]) -> bool:
    """Whether an experiment at its full size trains for minutes; its own tests cover it, and its quick size is run."""
    return not {"all", "batch-size", "looks", "lookup", "rescale", "skips"}.isdisjoint(words)


def stands_for_many(words: list[str]) -> bool:
    """Whether a word in capitals stands for others, or a command is only spoken of."""
    capitals = r"[\[(]?[A-Z]{2,}(\.py:[A-Z]+)?[\])]?(\.\.\.)?"
    placeholder = any(re.fullmatch(capitals, word.rpartition("=")[2]) for word in words)
    spoken_of = len(words) == 1 and words[0] in PROGRAM.commands and words[0] not in ("list", "plugins", "data")
    return placeholder or spoken_of


def parse(words: list[str]) -> None:
    """Check that there is such a command with such options.

    Raises:
        typer.exceptions.TyperException: if there is none, or something is missing.
    """
    if words[0] == "COMMAND" or (len(words) == 1 and words[0] in PROGRAM.commands):
        return
    with PROGRAM.make_context("zoo", list(words)) as context:
        _, command, rest = PROGRAM.resolve_command(context, [*context._protected_args, *context.args])
        if hasattr(command, "commands"):
            assert rest[0] in command.commands
            command, rest = command.commands[rest[0]], rest[1:]
        if "--help" not in rest:
            with command.make_context(words[0], rest, parent=context):
                pass


SMALL = {
    "colorization": ["--data", "folder:tiny", "--size", "16"],
    "segmentation": ["--data", "folder:tiny-masks", "--size", "32"],
}


def in_small(words: list[str]) -> list[str]:
    """A command with the changes that make it quick: of options that are given twice, the last counts."""
    command = next((word for word in words if word in PROGRAM.commands), "")
    if command == "run" and "--resume" not in words:
        task = words[words.index("--task") + 1] if "--task" in words else "colorization"
        given = words[words.index("--data") + 1] if "--data" in words else ""
        data = [] if given.startswith("folder:my-") else SMALL[task]
        if "--classes" in words and data:
            data = ["--data", "folder:my-photos"]
        return [*words, *data, "--epochs", "1", "--batch-size", "8"]
    if command == "experiment" and "skips" in words:
        return [*words, "--data", "folder:tiny", "--epochs", "1"]
    if command == "experiment" and "conv-ladder" in words:
        return [*words, "--quick"]
    if command == "data" and "cifar10" in words:  # a download
        return ["data"]
    return words


def furnish(folder: Path, typed: list[RUN]) -> None:
    """Put into a folder what pages assume that their reader has."""
    random = np.random.default_rng(0)
    made_on_the_page = {f"{text.split()[2]}.py" for _, text in typed if text.startswith("zoo new ")}
    for example in EXAMPLES.rglob("*.py"):
        if example.name not in made_on_the_page:
            shutil.copy(example, folder)
    _pictures(folder / "tiny" / "train", 100, 32, random)
    _pictures(folder / "tiny" / "val", 8, 32, random)
    for name in ("beach", "forest", "cat", "dog"):
        _pictures(folder / "my-photos" / name, 10, 64, random)
    for split in ("train", "test"):
        for kind in ("images", "masks"):
            _pictures(folder / "tiny-masks" / split / kind, 8, 32, random, masks=kind == "masks")
    Image.fromarray(random.integers(0, 256, (48, 40, 3), dtype=np.uint8)).save(folder / "photo.jpg")
    (folder / "colors.txt").write_text("223 208 182\n#261c1c\n90 105 54\n", encoding="utf-8")


def _pictures(folder: Path, count: int, size: int, random: np.random.Generator, *, masks: bool = False) -> None:
    folder.mkdir(parents=True)
    for number in range(count):
        picture = random.integers(0, 256, (size, size, 3), dtype=np.uint8)
        if masks:
            picture = np.zeros((size, size), np.uint8)
            picture[4 : 4 + size // 2, 4 : 4 + size // 2] = 255
        Image.fromarray(picture).save(folder / f"{number:03}.png")


def test_a_wrong_command_would_be_found(zoo_cli: Any, tmp_path: Path) -> None:
    from typer.exceptions import TyperException

    for words in (["runn", "NAME"], ["run", "NAME", "--epoch", "3"], ["predict", "--out", "NAME"]):
        with pytest.raises((TyperException, AssertionError)):
            parse(words)
    furnish(tmp_path, [])
    for command in ("zoo run unet --sett", "zoo show unett", "zoo run --resume runs/nowhere", "pip install zoo"):
        with pytest.raises(AssertionError):
            run(command, zoo_cli)
