"""Do the parts of experiments once each, and keep what they leave."""

from __future__ import annotations

import functools
import json
import math
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from zoo.api.experiment import Context, Measured, Measurement, Part, Training
from zoo.errors import UserError
from zoo.experiments.keys import Keys
from zoo.experiments.training import train
from zoo.files import write_text
from zoo.progress import Progress
from zoo.registry import Registry
from zoo.runs.run import Run

SCHEMA = 2
"""Version of ``part.json``."""

DIGITS = 7
"""Significant digits of what is kept: more than repeats on another machine."""


@dataclass(frozen=True)
class Store:
    """The folder in which parts are kept, each in a folder of its own, which is a run's folder if it trained.

    A part is named by its key, so experiments share what is the same, and an experiment that was stopped goes on where
    it was. What trained under other settings, or was measured by other code, is another part.

    Attributes:
        folder: where parts are, made when the first is done.
        registry: the plugins.
        progress: hears how the work goes on.
        device: ``auto``, ``cpu``, ``cuda`` or ``mps``.
    """

    folder: Path
    registry: Registry
    progress: Progress
    device: str = "auto"

    @functools.cached_property
    def keys(self) -> Keys:
        """What names the parts; the code is read once."""
        return Keys(self.registry, self.device)

    def place(self, part: Part) -> Path:
        """The part's folder, there or not."""
        return self.folder / self.keys.key(part)

    def read(self, part: Part) -> Measured | None:
        """What the part left; None if it has not been done."""
        path = self.place(part) / "part.json"
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
        except OSError:
            return None
        except ValueError as error:
            raise UserError(f"{path} is not valid JSON ({error}); delete its folder.") from None
        if record.get("schema") != SCHEMA:
            raise UserError(f"{path} was written by another version of the zoo; delete its folder.")
        measured: Measured = record["measured"]
        return measured

    def run_of(self, training: Training) -> Run:
        """The run of a training that is done."""
        return Run.load(self.place(training))

    def do(self, part: Part) -> Measured:
        """What the part leaves, from the store if it is there.

        Raises:
            UserError: if an argument of the part is wrong.
            KeyboardInterrupt: if a training was interrupted; it can be gone on with.
        """
        kept = self.read(part)
        if kept is not None:
            return kept
        folder = self.place(part)
        if isinstance(part, Training):
            measured = train(part, folder, self.registry, self.progress, self.device)
        else:
            measured = self._measure(part)
        folder.mkdir(parents=True, exist_ok=True)
        record = {
            "schema": SCHEMA,
            "identity": self.keys.identity(part),
            "date": datetime.now(UTC).isoformat(timespec="seconds"),
            "measured": rounded(measured),
        }
        write_text(folder / "part.json", json.dumps(record, indent=1) + "\n")
        new: Measured = record["measured"]
        return new

    def forget(self, parts: Iterable[Part]) -> None:
        """Remove parts, and the trainings that they need."""
        for part in parts:
            shutil.rmtree(self.place(part), ignore_errors=True)
            if isinstance(part, Measurement):
                self.forget(part.needs.values())

    def adopt(self, other: Path) -> int:
        """Copy the finished parts of another store that are not in this one.

        Returns:
            How many there were.

        Raises:
            UserError: if there is no such folder.
        """
        if not other.is_dir():
            raise UserError(f"{other}: there is no such folder; name what another machine left in its {self.folder}.")
        count = 0
        for record in sorted(other.glob("*/part.json")):
            target = self.folder / record.parent.name
            if (target / "part.json").exists():
                continue
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(record.parent, target)
            count += 1
        return count

    def _measure(self, measurement: Measurement) -> Measured:
        for training in measurement.needs.values():
            measured = self.do(training)
            if "failed" in measured:
                return measured
        runs = {name: self.run_of(training) for name, training in measurement.needs.items()}
        context = Context(runs, self.registry, self.progress, self.device)
        return measurement.function(context, **measurement.arguments)


def rounded(value: Any) -> Any:
    """JSON with fractions to `DIGITS` significant digits, and null for what is no number."""
    if isinstance(value, Mapping):
        return {str(name): rounded(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(item) for item in value]
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None
    return value
