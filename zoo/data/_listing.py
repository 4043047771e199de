"""Which images there are below a folder, and what the names of its folders say of them."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from zoo.data.images import IMAGE_SUFFIXES
from zoo.errors import UserError, printable, unknown
from zoo.folders import files_below

TRAIN = "train"
HELD_OUT = ("val", "valid", "validation", "test")
"""Folders that may hold the validation images, the first of them that is there."""


@dataclass(frozen=True)
class Found:
    """An image file.

    Attributes:
        path: where it is.
        name: its path below the folder that was asked for, with slashes.
        kind: its class, the folder that it is in below ``train`` and the like; empty if there is none.
        mask: where its mask is; empty if none is wanted.
        mask_name: the mask's path below the folder that was asked for, with slashes.
    """

    path: str
    name: str
    kind: str
    mask: str = ""
    mask_name: str = ""

    def masked(self, mask: str, mask_name: str) -> Found:
        """The same image with a mask."""
        return dataclasses.replace(self, mask=mask, mask_name=mask_name)


@dataclass(frozen=True)
class Listing:
    """The images below a folder, in order of name.

    Attributes:
        train: those to learn from, or all of them if `val` is None.
        val: those to validate on, or None if the folders do not say.
        notes: what the user should know, a line each.
    """

    train: tuple[Found, ...]
    val: tuple[Found, ...] | None
    notes: tuple[str, ...] = ()

    def of_classes(self, classes: tuple[str, ...]) -> Listing:
        """Those of some classes only; all of them if none are named.

        Raises:
            UserError: if a class is unknown.
        """
        if not classes:
            return self
        kinds = {file.kind for file in (*self.train, *(self.val or ()))} - {""}
        if not kinds:
            raise UserError(f"--classes {','.join(classes)}: the images are in no class folders, so leave it out.")
        for name in classes:
            if name not in kinds:
                raise unknown("class", name, kinds)
        train = tuple(file for file in self.train if file.kind in classes)
        val = None if self.val is None else tuple(file for file in self.val if file.kind in classes)
        return dataclasses.replace(self, train=train, val=val)


NAMED = 3
"""How many of several files a message names."""


def listed(names: Sequence[str]) -> str:
    """The first few names, and how many more there are."""
    return ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")


def list_images(root: Path, *, masks: bool = False) -> Listing:
    """List the images below a folder; hidden files, and what is no image by its suffix, are passed over.

    Args:
        root: the folder.
        masks: whether every image must have a mask, in ``masks/`` beside ``images/``.

    Raises:
        UserError: if it is missing, no folder or not readable, has a ``test`` but no ``train``, or lacks a mask
            that is wanted.
    """
    folders = _folders(root)
    held_out = [name for name in HELD_OUT if name in folders]
    if TRAIN not in folders:
        if held_out:
            raise UserError(f"{printable(str(root))} has {held_out[0]}/ but no train/: add it, or point at one folder.")
        images, notes = _images(root, root, masks)
        return Listing(images, None, notes)
    train, notes = _images(folders[TRAIN], root, masks)
    if not held_out:
        return Listing(train, None, notes)
    val, more_notes = _images(folders[held_out[0]], root, masks)
    if held_out[1:]:
        more_notes += (f"validation images are those of {held_out[0]}/; {', '.join(held_out[1:])}/ is not used.",)
    return Listing(train, val, tuple(dict.fromkeys(notes + more_notes)))


def _folders(root: Path) -> dict[str, Path]:
    """The folders in a folder, by their name in lower case."""
    name = printable(str(root))
    if not os.path.exists(root):  # unlike Path.exists, without an error for what cannot be a name
        raise UserError(f"there is no folder {name}: check the path behind --data folder:.")
    if not root.is_dir():
        raise UserError(f"{name} is a file, not a folder: point at the folder that the images are in.")
    try:
        entries = sorted(entry for entry in root.iterdir() if entry.is_dir())
    except OSError as error:
        raise UserError(f"cannot look into {name}: {error.strerror}.") from None
    folders: dict[str, Path] = {}
    for entry in entries:
        rival = folders.setdefault(entry.name.lower(), entry)
        if rival is not entry and entry.name.lower() in (TRAIN, *HELD_OUT, "images", "masks"):
            raise UserError(f"{name} has both {rival.name}/ and {entry.name}/: rename one of them.")
    return folders


def _images(top: Path, root: Path, masks: bool) -> tuple[tuple[Found, ...], tuple[str, ...]]:
    """The images below one of the splits' folders, and notes."""
    folders = _folders(top)
    notes: tuple[str, ...] = ()
    above = "" if top == root else f"{top.relative_to(root).as_posix()}/"
    paired = "images" in folders and "masks" in folders
    if masks and not paired:
        raise UserError(f"{printable(str(top))} has no images/ with masks/ beside it, and this task needs masks.")
    if paired:
        top = folders["images"]
    if paired and not masks:
        notes = ("masks/ is not used: only the images/ beside it are read.",)
    below = f"{above}images/" if paired else above
    file = [
        Found(str(path), below + name, name.partition("/")[0] if "/" in name else "")
        for path, name in files_below(top, IMAGE_SUFFIXES)
    ]
    images = tuple(sorted(file, key=lambda image: image.name))
    if masks:
        return _with_masks(images, folders["masks"], above)
    return images, notes


def _with_masks(images: Sequence[Found], folder: Path, above: str) -> tuple[tuple[Found, ...], tuple[str, ...]]:
    """Images with their masks, and a note on masks without an image.

    Args:
        images: the images of one split.
        folder: the ``masks/`` beside their ``images/``.
        above: the path of both below the folder that was asked for, with a slash, or an empty string.

    Raises:
        UserError: if an image has no mask or several, or several images have one.
    """
    candidates: dict[str, list[tuple[str, str]]] = {}
    for path, name in files_below(folder, IMAGE_SUFFIXES):
        candidates.setdefault(os.path.splitext(name)[0], []).append((str(path), f"{above}masks/{name}"))
    _refuse_several([[name for _, name in rivals] for rivals in candidates.values()], "masks of one name")
    at = {stem: rivals[0] for stem, rivals in candidates.items()}
    stems = [os.path.splitext(file.name.removeprefix(f"{above}images/"))[0] for file in images]
    pictures: dict[str, list[str]] = {stem: [] for stem in stems}
    for file, stem in zip(images, stems, strict=True):
        pictures[stem].append(file.name)
    _refuse_several(list(pictures.values()), "images of one name, and one mask for them")
    missing = [printable(file.name) for file, stem in zip(images, stems, strict=True) if stem not in at]
    if missing:
        raise UserError(
            f"{len(missing)} of {len(images)} images have no mask of their name in {printable(f'{above}masks/')}: "
            f"{listed(missing)}; add the masks or remove the images."
        )
    paired = tuple(file.masked(*at[stem]) for file, stem in zip(images, stems, strict=True))
    spare = [printable(name) for stem, (_, name) in at.items() if stem not in set(stems)]
    return paired, ((f"{len(spare)} masks have no image: {listed(sorted(spare))}",) if spare else ())


def _refuse_several(groups: Sequence[Sequence[str]], what: str) -> None:
    """Refuse names that differ by their suffix only: which of them is meant, nobody can say."""
    rivals = [" and ".join(map(printable, group)) for group in groups if len(group) > 1]
    if rivals:
        raise UserError(f"{len(rivals)} times there are {what}: {listed(rivals)}; keep one of each.")
