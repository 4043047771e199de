"""Plugins in single Python files: which there are in a folder, and importing one."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from zoo.errors import UserError, printable
from zoo.folders import files_below


def plugin_files(folder: Path) -> Iterator[Path]:
    """The Python files in a folder, without those in the folders in it.

    Raises:
        UserError: if there is no such folder.
    """
    if not folder.is_dir():
        raise UserError(f"--plugins-dir {printable(str(folder))}: there is no such folder.")
    for path, _ in files_below(folder, {".py"}, deep=False):
        yield path


def import_file(path: Path) -> ModuleType:
    """Import a Python file under a name of its own.

    Raises:
        ImportError: if it is no Python file, or imports the file beside it, which it cannot; and whatever else the
            file raises.
    """
    name = f"zoo_plugin_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and pickling look a class's module up by name
    try:
        spec.loader.exec_module(module)
    except BaseException as error:
        sys.modules.pop(name, None)
        if isinstance(error, ModuleNotFoundError) and error.name and _is_beside(error.name, path):
            raise ImportError(
                f"a plugin in one file cannot import {error.name} beside it: put both into one file, or make a "
                "package of them with `zoo new NAME --package`"
            ) from error
        raise
    return module


def _is_beside(module: str, path: Path) -> bool:
    top = path.parent / module.partition(".")[0]
    return top.with_suffix(".py").is_file() or top.is_dir()
