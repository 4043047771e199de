"""Which source files a module reaches by its imports, and a digest of what they say."""

from __future__ import annotations

import ast
import functools
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

PRESENTATION = ("zoo.api.charts", "zoo.api.spread", "zoo.api.table", "zoo.report")
"""Modules and packages that judge and draw what was measured: no number depends on them, so they are not followed."""

FILES = ("charts.py", "tables.py", "verdicts.py")
"""Files that do the same for one question, beside its ``measure.py``."""


class Sources:
    """The source files of some packages. They are read when asked for, and none is imported.

    Every import statement is followed, inside functions too, for that is where this project imports what is heavy. Not
    followed: ``if TYPE_CHECKING``, which never runs; what presents numbers; modules named only by a string; and a
    package's ``__init__`` that is merely on the way to a module below it, for it gives that module nothing.

    Args:
        roots: by the name of a package or of a single module, its folder or its file.
    """

    def __init__(self, roots: Mapping[str, Path]) -> None:
        self.roots = dict(roots)
        self._digests: dict[frozenset[str], str] = {}

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
            package = module if path.name == "__init__.py" else module.rpartition(".")[0]
            for source, name in _read(path.read_text(encoding="utf-8"), package).imports:
                below = f"{source}.{name}" if name else source
                waiting.append(below if self.path(below) else source)
        return dict(sorted(files.items()))

    def digest(self, modules: Iterable[str]) -> str:
        """One digest of all the code that modules reach, read once; comments, docstrings and layout do not count."""
        beginnings = frozenset(modules)
        if beginnings not in self._digests:
            texts = {module: path.read_text(encoding="utf-8") for module, path in self.reached(beginnings).items()}
            lines = [f"{module} {_read(text, '').digest}" for module, text in texts.items()]
            self._digests[beginnings] = hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
        return self._digests[beginnings]


@dataclass(frozen=True)
class _Code:
    """What matters of a file.

    Attributes:
        digest: of its code alone.
        imports: the modules that it imports, and the name taken from each; empty for the module itself.
    """

    digest: str
    imports: tuple[tuple[str, str], ...]


@functools.cache
def _read(text: str, package: str) -> _Code:
    tree = ast.parse(text)
    imports = tuple(_imports(tree, package))
    code = ast.unparse(_Bare().visit(tree))
    return _Code(hashlib.sha256(code.encode()).hexdigest(), imports)


def _imports(tree: ast.Module, package: str) -> Iterator[tuple[str, str]]:
    for node in _running(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parents = package.split(".")
            above = parents[: len(parents) - node.level + 1] if node.level else []
            source = ".".join([*above, *([node.module] if node.module else [])])
            yield from ((source, alias.name) for alias in node.names)


def _running(tree: ast.Module) -> Iterator[ast.AST]:
    """All nodes but those that only a type checker reads."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and ast.unparse(node.test).rpartition(".")[2] == "TYPE_CHECKING":
            waiting += node.orelse
            continue
        yield node
        waiting += ast.iter_child_nodes(node)


class _Bare(ast.NodeTransformer):
    """Removes strings that stand alone: docstrings of modules, classes, functions and constants."""

    def visit_Expr(self, node: ast.Expr) -> ast.Expr | ast.Pass:
        lone = isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        return ast.Pass() if lone else node


def _presents(module: str, path: Path) -> bool:
    beside_measuring = path.name in FILES and path.with_name("measure.py").is_file()
    return beside_measuring or any(f"{module}.".startswith(f"{name}.") for name in PRESENTATION)
