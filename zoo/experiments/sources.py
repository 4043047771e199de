"""Which source files a module reaches by its imports, and a digest of what they say."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

PRESENTATION = ("charts.py", "tables.py", "verdicts.py")
"""Files beside a ``measure.py`` that judge and draw what was measured. No number depends on them."""

REPORT = "zoo.report"
"""The same for whole runs: this package draws curves and pages from figures that are there already."""


class Sources:
    """The source files of some packages. Files are read once; none is imported.

    Only names that an import statement spells out are followed, inside functions too, for that is where this project
    imports what is heavy. Not followed: ``if TYPE_CHECKING``, which never runs; `PRESENTATION` and `REPORT`; and a
    package's ``__init__`` that is merely on the way to a module below it, for it gives that module nothing.

    Args:
        roots: by the name of a package or of a single module, its folder or its file.
    """

    def __init__(self, roots: Mapping[str, Path]) -> None:
        self.roots = dict(roots)
        self._trees: dict[str, ast.Module] = {}
        self._digests: dict[str, str] = {}

    def path(self, module: str) -> Path | None:
        """The module's file; None if it is not one of these packages'."""
        if module in self.roots and self.roots[module].is_file():
            return self.roots[module]
        top, *rest = module.split(".")
        root = self.roots.get(top)
        if root is None or root.is_file():
            return None
        place = root.joinpath(*rest)
        candidates = [place / "__init__.py", *([place.with_suffix(".py")] if rest else [])]
        return next((path for path in candidates if path.is_file()), None)

    def reached(self, modules: Iterable[str]) -> dict[str, Path]:
        """The files of modules and of all that they reach, by module, sorted."""
        waiting, files = list(modules), dict[str, Path]()
        while waiting:
            module = waiting.pop()
            path = self.path(module)
            if path is None or module in files or _presents(module, path):
                continue
            files[module] = path
            waiting += self._imports(module, path)
        return dict(sorted(files.items()))

    def digest(self, modules: Iterable[str]) -> str:
        """One digest of all the code that modules reach; comments, docstrings and layout do not count."""
        text = "\n".join(f"{module} {self._digest(module, path)}" for module, path in self.reached(modules).items())
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def _tree(self, module: str, path: Path) -> ast.Module:
        if module not in self._trees:
            self._trees[module] = ast.parse(path.read_text(encoding="utf-8"))
        return self._trees[module]

    def _digest(self, module: str, path: Path) -> str:
        if module not in self._digests:
            code = ast.unparse(_Bare().visit(self._tree(module, path)))
            self._digests[module] = hashlib.sha256(code.encode()).hexdigest()
        return self._digests[module]

    def _imports(self, module: str, path: Path) -> Iterator[str]:
        """The modules that a file names in its imports."""
        package = module if path.name == "__init__.py" else module.rpartition(".")[0]
        for node in _running(self._tree(module, path)):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
                source = ".".join([*above, *([node.module] if node.module else [])])
                for alias in node.names:
                    below = f"{source}.{alias.name}"
                    yield below if self.path(below) else source


class _Bare(ast.NodeTransformer):
    """Removes strings that stand alone: docstrings of modules, classes, functions and constants."""

    def visit_Expr(self, node: ast.Expr) -> ast.Expr | ast.Pass:  # noqa: N802 - the name is ast's
        lone = isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        return ast.Pass() if lone else node


def _running(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes but those that only a type checker reads."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test).rpartition(".")[2] == "TYPE_CHECKING":
            continue
        yield node
        yield from _running(node)


def _presents(module: str, path: Path) -> bool:
    beside_measuring = path.name in PRESENTATION and path.with_name("measure.py").is_file()
    return beside_measuring or f"{module}.".startswith(f"{REPORT}.")
