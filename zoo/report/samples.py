"""Sheets of pictures: rows of inputs, truths and predictions."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

from zoo.errors import UserError
from zoo.files import replacing

Rows = dict[str, NDArray[np.uint8]]
"""Rows of a sheet by label, each uint8 (N, H, W, 3)."""

PICTURE_INCHES, LARGEST_INCHES = 0.92, 1.6
"""How large one picture is drawn; at 100 dots an inch a 32-pixel picture is enlarged about three times."""


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
        with np.load(path, allow_pickle=False) as saved:
            names = sorted(saved.files, key=lambda name: int(name.partition(":")[0]))
            return {name.partition(":")[2]: saved[name] for name in names}
    except (OSError, ValueError, EOFError) as error:
        raise UserError(f"{path} cannot be read ({error}); train the run anew.") from error


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
            if not any(np.array_equal(row, known) for known in shared.values()):
                shared[label if label not in shared else f"{label}\n{name}"] = row
    return {**shared, **predictions}


def draw_samples(path: Path, rows: Mapping[str, NDArray[np.uint8]]) -> None:
    """Draw a sheet as PNG, a row a label, enlarged without smoothing so that single pixels can be seen."""
    columns = max(len(row) for row in rows.values())
    label_inches, pixels = 1.5, max(picture.shape[0] for row in rows.values() for picture in row)
    inches = min(max(PICTURE_INCHES, pixels / 100), LARGEST_INCHES)
    figure = Figure(figsize=(columns * inches + label_inches, len(rows) * inches), layout=None)
    FigureCanvasAgg(figure)
    left = label_inches / figure.get_figwidth()
    for place, (label, row) in enumerate(rows.items()):
        bottom = 1 - (place + 1) / len(rows)
        figure.text(left - 0.012, bottom + 0.5 / len(rows), label, ha="right", va="center", fontsize=10)
        for column, picture in enumerate(row):
            width = (1 - left) / columns
            axes = figure.add_axes((left + column * width, bottom, width * 0.96, 0.96 / len(rows)))
            axes.imshow(picture, interpolation="nearest")
            axes.set_axis_off()
    with replacing(path) as temporary:
        figure.savefig(temporary, dpi=100, facecolor="white")
