"""A class in somebody's own file, as a network to count."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

from torch import nn

from zoo.complexity.deriving.subject import Subject, of_module
from zoo.errors import UserError, unknown

_CHANNELS = 3


def is_file(target: str) -> bool:
    """Whether a target is written as ``FILE.py:CLASS``."""
    return target.rpartition(":")[0].endswith(".py")


def of_file(target: str, height: int | None, width: int | None) -> Subject:
    """A class in a file, built without arguments; its picture has the channels that its first convolution takes.

    Args:
        target: ``FILE.py:CLASS``.
        height: of the picture, in pixels; 32 if None.
        width: the same.

    Raises:
        UserError: if there is no such file or class, or if running the file or making the network fails.
    """
    file, _, name = target.rpartition(":")
    module = _run(Path(file))
    made = getattr(module, name, None)
    if not (isinstance(made, type) and issubclass(made, nn.Module)):
        classes = [n for n, v in vars(module).items() if isinstance(v, type) and issubclass(v, nn.Module)]
        raise unknown(f"class of a network in {file}:", name, classes)
    try:
        network = made()
    except (Exception, SystemExit) as error:
        raise UserError(
            f"{file}: {name}() fails with {type(error).__name__}: {error}; it must be possible to make it "
            "without arguments."
        ) from error
    channels = next((m.in_channels for m in network.modules() if isinstance(m, nn.Conv2d)), _CHANNELS)
    return of_module(network, channels, height or 32, width or 32, name)


def _run(path: Path) -> ModuleType:
    if not path.is_file():
        raise UserError(f"there is no file {path}.")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        raise UserError(f"{path} cannot be run: {type(error).__name__}: {error}.") from error
    return module
