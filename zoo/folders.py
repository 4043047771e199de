"""Folders: the one walk for data, photos to predict and plugins, and the user's own places for what is kept."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from zoo.errors import UserError, printable


def files_below(top: Path, suffixes: Collection[str], *, deep: bool = True) -> Iterator[tuple[Path, str]]:
    """The files of a folder whose name ends as asked for, in order of name.

    Hidden files and folders are passed over, and with them what other systems leave behind (``._x.png``). Links are
    followed, but no folder is entered twice.

    Args:
        top: the folder.
        suffixes: how the names end, in lower case, with the dot.
        deep: whether to look into the folders in it too.

    Yields:
        The file, and its path below `top`, with slashes.

    Raises:
        UserError: if a folder cannot be looked into.
    """
    entered: set[tuple[int, int]] = set()
    folders = [(top, "")]
    while folders:
        folder, prefix = folders.pop()
        try:
            status = folder.stat()
            names = sorted(os.listdir(folder))
        except OSError as error:
            raise UserError(f"cannot look into {printable(str(folder))}: {error.strerror}.") from None
        if (status.st_dev, status.st_ino) in entered:
            continue
        entered.add((status.st_dev, status.st_ino))
        visible = [name for name in names if not name.startswith(".")]
        inside = {name for name in visible if (folder / name).is_dir()}
        for name in visible:
            if name not in inside and os.path.splitext(name)[1].lower() in suffixes:
                yield folder / name, prefix + name
        if deep:
            folders += [(folder / name, f"{prefix}{name}/") for name in sorted(inside, reverse=True)]


def expanded(name: str) -> Path:
    """A path with the home folder in place of a tilde; without a home folder the tilde is part of a name."""
    return Path(os.path.expanduser(name))  # unlike Path.expanduser, without an error


def own_place(variable: str, usual: Callable[[], Path]) -> Path:
    """Where something of the user's is kept.

    Args:
        variable: the environment variable that may name another place.
        usual: the place without it, which follows from the home folder.

    Raises:
        UserError: if there is neither, as in a container whose user has no name.
    """
    chosen = os.environ.get(variable)
    if chosen:
        return expanded(chosen)
    try:
        return usual()
    except RuntimeError:
        raise UserError(f"there is no home folder (HOME is not set); set {variable} to a place of your own.") from None
