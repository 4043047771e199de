"""What a plugin author imports is one place, and light."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import zoo.api

ROOT = Path(__file__).parents[2]
EXPORTS = {
    "architectures": ["Architecture", "Config", "Convolution", "LayerCost", "TORCH", "TwoStep", "preset", "setting"],
    "preprocessing": ["Preprocess", "ScaledPixels"],
    "data and tasks": ["DataRequest", "Dataset", "FittedTask", "Images", "Metric", "Splits", "Task"],
    "training": ["NamedRecipe", "Recipe"],
    "experiments": ["Claim", "Conditions", "Context", "Experiment", "Findings", "Measured", "Measurement", "Part"],
    "lookup": ["Catalog", "Entry"],
    "results": ["Spread", "Table", "Training", "Verdict", "graded", "grouped_bars"],
    "everything": ["API_VERSION", "UserError", "Value", "hookimpl", "pretrained_config", "saved_memory", "unknown"],
}
PLUGINS = [
    *(ROOT / "plugins").rglob("*.py"),
    *(ROOT / "docs" / "examples").glob("*.py"),
    *(ROOT / "zoo" / "quiz" / "solutions").glob("*.py"),
    ROOT / "zoo" / "templates" / "architecture.py.txt",
]


def test_the_exports_are_these() -> None:
    names = [name for group in EXPORTS.values() for name in group]
    assert sorted(zoo.api.__all__) == sorted(names)
    assert all(hasattr(zoo.api, name) for name in names)


@pytest.mark.parametrize("path", PLUGINS, ids=lambda path: str(path.relative_to(ROOT)))
def test_plugins_import_the_zoo_from_one_place(path: Path) -> None:
    text = (
        path.read_text(encoding="utf-8").replace("${Name}", "Name").replace("${name}", "name").replace("$name", "name")
    )
    nodes = ast.walk(ast.parse(text.replace("$Name", "Name")))
    modules = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    assert {name for name in modules if name.partition(".")[0] == "zoo"} <= {"zoo.api"}
