"""A run: one training, in a folder of its own. Reading one imports no torch."""

from __future__ import annotations

import itertools
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from zoo.errors import UserError
from zoo.files import to_json, write_text
from zoo.runs.record import SCHEMA, read_epochs, read_record


class Run:
    """The folder of a training and what it records.

    Attributes:
        folder: where everything is.
        record: the content of ``run.json``; `save` writes it.
    """

    def __init__(self, folder: Path, record: dict[str, Any]) -> None:
        self.folder = folder
        self.record = record

    @classmethod
    def create(cls, out: Path | None, name: str, record: dict[str, Any]) -> Run:
        """Make the folder of a new run: `out`, or the first free one of ``runs/NAME-1``, ``runs/NAME-2``, ...

        Raises:
            UserError: as `new_folder` does.
        """
        run = cls(new_folder(out, name), {"schema": SCHEMA, "status": "running", **record})
        run.save()
        return run

    @classmethod
    def load(cls, folder: str | os.PathLike[str]) -> Run:
        """Open the folder of a run.

        Raises:
            UserError: if it is not one, or was written by another version of the zoo.
        """
        folder = Path(folder)
        path = folder / "run.json"
        try:
            return cls(folder, read_record(path.read_bytes()))
        except OSError:
            raise UserError(f"{folder} is no run folder: it has no run.json. `zoo run NAME` makes one.") from None
        except ValueError as error:
            raise UserError(f"{path} is no record of a run: {error}; train the run anew.") from None

    def __repr__(self) -> str:
        figures = {**self.record.get("result", {})}
        words = [f"{name}={figures[name]:.4g}" for name in ("loss", "accuracy") if name in figures]
        return f"Run({str(self.folder)!r}, {', '.join([self.record['status'], *words])})"

    def _repr_html_(self) -> str:
        """In a notebook, a run shows its report."""
        report = self.folder / "report.html"
        return report.read_text(encoding="utf-8") if report.is_file() else repr(self)

    @property
    def name(self) -> str:
        """The folder's own name, as tables show it."""
        return self.folder.resolve().name

    @property
    def result(self) -> dict[str, Any]:
        """The figures at the end of the run; empty while it has none."""
        result: dict[str, Any] = self.record.get("result", {})
        return result

    @property
    def reference(self) -> dict[str, Any]:
        """The figures of the task's reference architecture on the same pixels; empty if it has none."""
        reference: dict[str, Any] = self.record.get("reference", {})
        return reference

    def save(self) -> None:
        """Write ``run.json``."""
        write_text(self.folder / "run.json", to_json(self.record, indent=2) + "\n")

    def epochs(self) -> list[dict[str, float]]:
        """The lines of ``metrics.jsonl``, one per finished epoch; figures that were not finite are NaN.

        Raises:
            UserError: if the file is damaged.
        """
        path = self.folder / "metrics.jsonl"
        if not path.is_file():
            return []
        try:
            return read_epochs(path.read_bytes())
        except ValueError as error:
            raise UserError(f"{path}: {error}; train the run anew.") from None

    def set_epochs(self, lines: list[dict[str, float]]) -> None:
        """Write ``metrics.jsonl``: whole, so that no kill leaves half a line."""
        write_text(self.folder / "metrics.jsonl", "".join(to_json(line) + "\n" for line in lines))

    def restart(self, plan: Mapping[str, Any]) -> None:
        """Write down that the run goes on, by this plan; its result is out of date from here."""
        for name in ("result", "reference", "best"):
            self.record.pop(name, None)
        self.update({"status": "running", "plan": plan})

    def update(self, changes: Mapping[str, Any]) -> None:
        """Change the record and write it."""
        self.record.update(changes)
        self.save()


def new_folder(out: Path | None, name: str) -> Path:
    """Make `out`, or the first folder of ``runs/NAME-1``, ``runs/NAME-2``, ... that is not there.

    Raises:
        UserError: if `out` holds something already, or the folder cannot be written to.
    """
    folder = out or Path("runs")
    try:
        if out is None:
            folder.mkdir(exist_ok=True)
            return _first_free(folder, name)
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise UserError(f"--out {folder} is not empty; name a new folder.")
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError as error:
        raise UserError(f"cannot write to {folder} ({error.strerror}); name another folder with --out.") from error


def _first_free(parent: Path, name: str) -> Path:
    """Make the first numbered folder that is not there; two runs that start at once get two."""
    for number in itertools.count(1):
        folder = parent / f"{name}-{number}"
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        return folder
    raise AssertionError("unreachable: count() does not end")
