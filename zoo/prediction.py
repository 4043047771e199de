"""Use a trained network on photos of any size."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from zoo.data.decoding import UnreadableImageError
from zoo.data.images import IMAGE_SUFFIXES, read_rgb, write_image
from zoo.errors import UserError, printable
from zoo.folders import files_below
from zoo.jobs.load import load_network
from zoo.jobs.shipped import is_shipped, open_run
from zoo.registry import Registry, load_registry
from zoo.runs.run import Run

Picture = NDArray[np.uint8]
"""A picture, uint8 (H, W, 3)."""

WRITABLE = (".png", ".jpg", ".jpeg")
NOT_FOLDERS = frozenset({*IMAGE_SUFFIXES, ".eps", ".jxl", ".pdf", ".svg"})
"""How no folder of results is named: who writes ``--out a.gif`` means a picture."""


class Predictor:
    """A run's network, loaded and ready.

    Args:
        run: the run, its folder, or the name of an architecture that ships trained weights.
        registry: the plugins to draw from; by default all that are installed.

    Raises:
        UserError: if there is no such run, or its weights are missing or do not fit.
    """

    def __init__(self, run: Run | str | os.PathLike[str], registry: Registry | None = None) -> None:
        registry = registry or load_registry()
        opened = run if isinstance(run, Run) else open_run(run, registry)
        plan, self._task, self._network = load_network(opened, registry, channels_last=True)
        self._size = plan.size
        self.outputs, self.lossless = self._task.outputs, self._task.lossless

    @torch.inference_mode()
    def __call__(self, picture_HW3: Picture) -> dict[str, Picture]:
        """Pictures by name, uint8 (H, W, 3), the main one first."""
        picture_3HW = torch.from_numpy(np.require(picture_HW3, requirements=["C", "W"])).permute(2, 0, 1)
        made = self._task.apply(picture_3HW, self._size, self._network)
        return {name: result.permute(1, 2, 0).contiguous().numpy() for name, result in made.items()}


def predict(
    run: Run | str | os.PathLike[str],
    photo: Picture | str | os.PathLike[str],
    *,
    registry: Registry | None = None,
) -> Picture:
    """Use a run's network on one photo.

    Args:
        run: the run, its folder, or an architecture that ships trained weights, such as ``chroma``.
        photo: a file, or the picture itself, uint8 (H, W, 3).
        registry: the plugins to draw from; by default all that are installed.

    Returns:
        The task's main picture, uint8 (H, W, 3): for colorization, the colored photo.

    Raises:
        UserError: if the run cannot be used or the photo not be read.
    """
    picture = photo if isinstance(photo, np.ndarray) else read_rgb(Path(photo))
    if picture.dtype != np.uint8 or picture.ndim != 3 or picture.shape[2] != 3:
        raise UserError(f"a picture must be uint8 (H, W, 3), not {picture.dtype} {picture.shape}.")
    return next(iter(Predictor(run, registry)(picture).values()))


def predict_files(
    run: Run,
    paths: Sequence[Path],
    out: Path | None,
    *,
    registry: Registry,
    progress: Callable[[str, int, int], None],
) -> tuple[list[Path], list[str]]:
    """Use a run's network on files and folders, and write the results as PNG or JPEG.

    Args:
        run: the run.
        paths: photos, and folders of photos.
        out: a PNG or JPEG file for one photo, or a folder; ``RUN/predictions`` by default, or ``predictions`` where a
            plugin ships the run.
        registry: the plugins to draw from.
        progress: told how many photos are done.

    Returns:
        The files written, and notes on photos of folders that were skipped.

    Raises:
        UserError: before anything is written, if a path is missing, a photo named by itself cannot be read, nothing is
            found, or two results would have one name.
    """
    jobs = list(_jobs(paths))
    named_file = out is not None and out.suffix.lower() in WRITABLE and not out.is_dir()
    if out is not None and not named_file and not out.is_dir() and out.suffix.lower() in NOT_FOLDERS:
        raise UserError(f"--out {printable(str(out))}: results are written as .png or .jpg, not {out.suffix}.")
    if named_file and (len(jobs) != 1 or paths[0].is_dir()):
        raise UserError(f"--out {out} names one picture, but there are {len(jobs)}; name a folder.")
    beside = Path() if is_shipped(run, registry) else run.folder
    folder = beside / "predictions" if out is None else out
    for photo, _ in jobs:
        if photo in paths and len(jobs) > 1:  # a single one is read before anything is written anyway
            read_rgb(photo, at_least=1)  # an eighth of a JPEG's size, which decodes all of it all the same
    predictor = Predictor(run, registry)
    targets = _targets(jobs, folder, predictor) if not named_file else {jobs[0][0]: _named(folder, predictor)}
    written, skipped = [], []
    for done, (photo, target) in enumerate(targets.items(), start=1):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # Pillow's, on harmless faults and on large pictures
                picture = read_rgb(photo)
        except UnreadableImageError as error:
            if photo in paths:
                raise
            skipped.append(f"skipped: {error}")
            continue
        results = predictor(picture)
        del picture  # encoding takes as much memory again
        for name, result in results.items():
            _write(target[name], result)
            written.append(target[name])
        progress("photos", done, len(targets))
    if not written:
        raise UserError(f"none of the {len(targets)} photos could be read; the first: {skipped[0]}")
    return written, skipped


def _jobs(paths: Sequence[Path]) -> Iterator[tuple[Path, Path]]:
    """Every photo, and where its result belongs below the folder of results."""
    for path in paths:
        if path.is_dir():
            inside = list(files_below(path, IMAGE_SUFFIXES))
            if not inside:
                raise UserError(f"{printable(str(path))} has no images in it.")
            yield from ((file, Path(name)) for file, name in inside)
        elif path.exists():
            yield path, Path(path.name)
        else:
            raise UserError(f"{path}: there is no such file.")


def _targets(jobs: Sequence[tuple[Path, Path]], folder: Path, predictor: Predictor) -> dict[Path, dict[str, Path]]:
    """The files that each photo's pictures are written to, by name.

    PNG and JPEG stay what they are but for pictures whose values are data; all else becomes PNG.
    """
    targets: dict[Path, dict[str, Path]] = {}
    for photo, inside in jobs:
        suffix = inside.suffix.lower() if inside.suffix.lower() in WRITABLE else ".png"
        files = {
            name: folder / inside.with_name(f"{inside.stem}-{name}{'.png' if name in predictor.lossless else suffix}")
            for name in predictor.outputs
        }
        for other, taken in targets.items():
            if other != photo and (shared := [path for path in files.values() if path in taken.values()]):
                raise UserError(
                    f"{other} and {photo} would both become {shared[0]}; predict them separately with --out."
                )
        targets[photo] = files
    return targets


def _named(file: Path, predictor: Predictor) -> dict[str, Path]:
    """The main picture in the file that the user named, the others beside it."""
    main, *others = predictor.outputs
    if main in predictor.lossless and file.suffix.lower() != ".png":
        raise UserError(f"--out {file}: JPEG would change the values of a {main}; name a .png.")
    return {main: file, **{name: file.with_stem(f"{file.stem}-{name}") for name in others}}


def _write(path: Path, picture: Picture) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_image(path, picture)
    except OSError as error:
        raise UserError(f"cannot write {path} ({error.strerror}); name another place with --out.") from error
