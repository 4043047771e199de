"""Sheets of pictures: rows of inputs, truths and predictions."""

from __future__ import annotations

from pathlib import Path

from matplotlib.figure import Figure

from zoo.report.drawing import plain, write_png
from zoo.runs.samples import Rows

PICTURE_INCHES, LARGEST_INCHES = 0.92, 1.6
"""How large one picture is drawn; at 100 dots an inch a 32-pixel picture is enlarged about three times."""


def draw_samples(path: Path, rows: Rows) -> None:
    """Draw a sheet as PNG, a row a label, enlarged without smoothing so that single pixels can be seen."""
    write_png(path, lambda: _sheet(rows), 100)


def _sheet(rows: Rows) -> Figure:
    columns = max(len(row) for row in rows.values())
    label_inches, pixels = 1.5, max(picture.shape[0] for row in rows.values() for picture in row)
    inches = min(max(PICTURE_INCHES, pixels / 100), LARGEST_INCHES)
    figure = Figure(figsize=(columns * inches + label_inches, len(rows) * inches), layout=None)
    left = label_inches / figure.get_figwidth()
    for place, (label, row) in enumerate(rows.items()):
        bottom = 1 - (place + 1) / len(rows)
        figure.text(left - 0.012, bottom + 0.5 / len(rows), plain(label), ha="right", va="center", fontsize=10)
        for column, picture in enumerate(row):
            width = (1 - left) / columns
            axes = figure.add_axes((left + column * width, bottom, width * 0.96, 0.96 / len(rows)))
            axes.imshow(picture, interpolation="nearest")
            axes.set_axis_off()
    return figure
