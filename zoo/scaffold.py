"""Start a plugin from the templates: a single file, or a package that can be installed and shared."""

from __future__ import annotations

import datetime
import importlib.resources
import importlib.util
import keyword
import string
import sys
from pathlib import Path

from zoo._version import __version__
from zoo.errors import UserError
from zoo.files import write_text
from zoo.registry import Registry


def new_plugin(name: str, folder: Path, registry: Registry, *, package: bool = False) -> list[Path]:
    """Write a plugin that works as it stands, to be changed.

    Args:
        name: what the architecture shall be called: a Python name in lower case.
        folder: where ``NAME.py`` is written, or the folder ``zoo-NAME``.
        registry: the plugins that are there, of which none may have the name.
        package: whether to write a package in place of a single file.

    Returns:
        The files that were written.

    Raises:
        UserError: if the name cannot be used, or a file of that name is there already.
    """
    if not name.isidentifier() or keyword.iskeyword(name) or name != name.lower():
        raise UserError(f"{name!r} cannot be the name of a module: use lower-case letters, digits and _, as in my_net.")
    taken = [entry.address for entry in registry.architectures() if entry.name == name]
    if taken:
        raise UserError(f"the name {name} is taken by {taken[0]}; choose another.")
    files = _package(name) if package else {Path(f"{name}.py"): _render("architecture.py", name)}
    top = folder / next(iter(files)).parts[0]
    if top.exists():
        raise UserError(f"{top} is there already; choose another name, or another folder with --out.")
    if not package and (name in sys.modules or importlib.util.find_spec(name)):
        raise UserError(f"{name}.py would hide the module {name} from programs in its folder; choose another name.")
    try:
        for path, text in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            write_text(folder / path, text)
    except OSError as error:
        raise UserError(f"cannot write to {folder} ({error.strerror}); name another folder with --out.") from error
    return [folder / path for path in files]


def _package(name: str) -> dict[Path, str]:
    top = Path(f"zoo-{name}")
    _, _, module = _render("architecture.py", name).partition("\n")  # a package is not named in its first line
    return {
        top / "pyproject.toml": _render("pyproject.toml", name),
        top / "README.md": _render("README.md", name),
        top / "LICENSE": _render("LICENSE", name),
        top / f"zoo_{name}" / "__init__.py": module,
        top / "tests" / "test_contract.py": _render("test_contract.py", name),
    }


def _render(template: str, name: str) -> str:
    text = (importlib.resources.files("zoo") / "templates" / f"{template}.txt").read_text(encoding="utf-8")
    class_name = "".join(word.capitalize() for word in name.split("_"))
    year = datetime.datetime.now(tz=datetime.UTC).year
    return string.Template(text).substitute(name=name, Name=class_name, version=__version__, year=year)
