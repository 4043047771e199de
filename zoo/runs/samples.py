"""The pictures of a run's sheet, kept as pixels in ``samples.npz``."""

from __future__ import annotations

import itertools
import zipfile
import zlib
from collections.abc import Container, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from zoo.errors import UserError
from zoo.files import replacing

Rows = dict[str, NDArray[np.uint8]]
"""Rows of a sheet by label, each uint8 (N, H, W, 3)."""


def write_samples(path: Path, rows: Rows) -> None:
    """Keep the pixels of a sheet, so that other sheets can be made of them."""
    with replacing(path) as temporary:
        np.savez_compressed(temporary, **{f"{place}:{label}": row for place, (label, row) in enumerate(rows.items())})  # type: ignore[arg-type]


def read_samples(path: Path) -> Rows:
    """The pixels of a sheet.

    Raises:
        UserError: if the file is missing or is none of ours.
    """
    try:
        # Opened here, for numpy leaves a file open that is no archive.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as saved:
            names = sorted(saved.files, key=lambda name: int(name.partition(":")[0]))
            return {name.partition(":")[2]: saved[name] for name in names}
    except (OSError, ValueError, EOFError, KeyError, TypeError, zipfile.BadZipFile, zlib.error) as error:
        raise UserError(f"{path} cannot be read ({error}); train the run anew.") from error


def free_label(label: str, taken: Container[str]) -> str:
    """A label, with a number behind it where something else is called the same."""
    names = itertools.chain([label], (f"{label} ({number})" for number in itertools.count(2)))
    return next(name for name in names if name not in taken)


def side_by_side(sheets: Mapping[str, Path]) -> Rows:
    """The rows that sheets of several runs share, once, then everybody's prediction, which is a sheet's last row.

    Args:
        sheets: what `write_samples` wrote, by the names of the runs.

    Raises:
        UserError: as `read_samples` does.
    """
    shared: Rows = {}
    predictions: Rows = {}
    for name, path in sheets.items():
        *others, prediction = read_samples(path).items()
        predictions[name] = prediction[1]
        for label, row in others:
            if not any(np.array_equal(row, other) for other in shared.values()):
                shared[free_label(label if label not in shared else f"{label}\n{name}", shared)] = row
    for name, row in predictions.items():
        shared[free_label(name, shared)] = row  # a run may be called as one of the rows
    return shared
