"""Keys: a part's numbers are kept as long as the code that made them is the same, and no longer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from zoo.api import Conditions, Part
from zoo.experiments.keys import Keys
from zoo.experiments.sources import Sources
from zoo.registry import load_registry

KEYS = Keys(load_registry(), "auto")
FULL = Conditions()


def part_of(question: str, label: str) -> Part:
    return KEYS.registry.experiment(question).value.parts(FULL)[label]


PARTS = {
    "count": part_of("count", "32x32"),
    "rescale": part_of("rescale", "baseline, untrained, seed 0"),
    "conv-ladder": part_of("conv-ladder", "32>64 @16"),
    "skips": part_of("skips", "lr 0.001, concatenated, seed 0"),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The packages' Python files in another place, each with a constant at its end."""
    roots = {}
    for name, root in KEYS.sources.roots.items():
        roots[name] = tmp_path_factory.mktemp("copies") / name
        for path in root.rglob("*.py"):
            target = roots[name] / path.relative_to(root)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(path.read_text(encoding="utf-8") + "\nLAST = 1\n", encoding="utf-8")
    return roots


def moves(roots: dict[str, Path], part: Part, path: Path, edit: Callable[[str], str]) -> bool:
    """Whether editing a file of the copy moves the digest of a part's code; the file is put back."""
    modules, text = KEYS.modules(part), path.read_text(encoding="utf-8")
    before = Sources(roots).digest(modules)
    path.write_text(edit(text), encoding="utf-8")
    try:
        return Sources(roots).digest(modules) != before
    finally:
        path.write_text(text, encoding="utf-8")


def change_the_constant(text: str) -> str:
    return text.replace("LAST = 1", "LAST = 2")


@pytest.mark.parametrize("question", PARTS)
def test_a_changed_constant_in_any_reached_module_moves_the_key(question: str, copy: dict[str, Path]) -> None:
    part = PARTS[question]
    for module, path in Sources(copy).reached(KEYS.modules(part)).items():
        assert moves(copy, part, path, change_the_constant), module


@pytest.mark.parametrize(
    ("question", "reached"),
    [
        ("count", {"zoo.experiments.questions.count.measure", "zoo.complexity.counting.rules", "zoo_baseline.model"}),
        ("rescale", {"zoo.experiments.questions.rescale.measure", "zoo_rescaled.model", "zoo.data.photos"}),
        ("conv-ladder", {"zoo_myconv.ladder.measure", "zoo_myconv.layer", "zoo_myconv.rungs.tuned.fast"}),
        ("skips", {"zoo.training.loop", "zoo.jobs.judge", "zoo_unet.model", "zoo.tasks.colorization.labels"}),
    ],
)
def test_what_makes_the_numbers_is_reached(question: str, reached: set[str]) -> None:
    modules = KEYS.sources.reached(KEYS.modules(PARTS[question]))
    assert reached <= set(modules)
    assert "zoo_timm.model" not in modules


@pytest.mark.parametrize("question", PARTS)
def test_charts_and_verdicts_do_not_move_the_key(question: str, copy: dict[str, Path]) -> None:
    presenting = [path for root in copy.values() for path in root.rglob("*.py") if path.stem in ("charts", "verdicts")]
    assert len(presenting) > 10
    for path in presenting:
        assert not moves(copy, PARTS[question], path, change_the_constant), path


def test_comments_and_docstrings_do_not_move_the_key(copy: dict[str, Path]) -> None:
    path = copy["zoo"] / "experiments" / "questions" / "count" / "measure.py"
    assert not moves(copy, PARTS["count"], path, lambda text: text.replace('"""What', '"""All that') + "# a comment\n")
    assert moves(copy, PARTS["count"], path, lambda text: text.replace("(True, False)", "(True, True)"))


def test_a_training_counts_the_convolution_that_it_builds_with() -> None:
    plain = KEYS.sources.reached(KEYS.modules(part_of("skips", "lr 0.001, no skips, seed 0")))
    assert "zoo_myconv.layer" not in plain
    for architecture, settings in (("baseline", {"conv": "myconv:fast"}), ("myconv", {})):
        training = part_of("skips", "lr 0.001, no skips, seed 0")
        modules = KEYS.modules(type(training)(architecture, "photos", 0, settings))
        assert "zoo_myconv.layer" in KEYS.sources.reached(modules)


def test_imports_are_followed_as_python_would(tmp_path: Path) -> None:
    package = tmp_path / "pack"
    package.mkdir()
    (package / "__init__.py").write_text("from pack.named import NAME\n", encoding="utf-8")
    (package / "named.py").write_text("NAME = 1\n", encoding="utf-8")
    (package / "start.py").write_text(
        "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    from pack import typed\nelse:\n    from pack import untyped\n"
        "def late():\n    from . import sibling\n    import pack.absolute\n",
        encoding="utf-8",
    )
    for name in ("typed", "untyped", "sibling", "absolute", "alone"):
        (package / f"{name}.py").write_text("", encoding="utf-8")
    sources = Sources({"pack": package})
    assert set(sources.reached(["pack.start"])) == {"pack.start", "pack.untyped", "pack.sibling", "pack.absolute"}
    assert set(sources.reached(["pack"])) == {"pack", "pack.named"}
