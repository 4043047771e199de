"""Do the parts of experiments once each, and keep what they leave."""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import inspect
import json
import math
import re
import shutil
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from zoo._version import __version__
from zoo.api.experiment import Bench, Measured, Measurement, Part, Training
from zoo.errors import FailedError, UserError
from zoo.files import write_text
from zoo.jobs.plan import Plan, make_plan
from zoo.jobs.resume import resume
from zoo.jobs.train import execute
from zoo.progress import Progress
from zoo.registry import Registry
from zoo.runs.run import Run

SCHEMA = 1
"""Version of ``part.json``."""

DIGITS = 7
"""Significant digits of what is kept: more than repeats on another machine."""


@dataclass(frozen=True)
class Shelf:
    """The folder in which parts are kept, each in a folder of its own, which is a run's folder if it trained.

    A part is known by everything that fixes it, so experiments share what is the same, and an experiment that was
    stopped goes on where it was. What trained under other settings, or was measured by other code, is another part.

    Attributes:
        folder: where parts are, made when the first is done.
        registry: the plugins.
        progress: told how the work goes on.
        device: ``auto``, ``cpu``, ``cuda`` or ``mps``.
    """

    folder: Path
    registry: Registry
    progress: Progress
    device: str = "auto"

    def place(self, part: Part) -> Path:
        """The part's folder, there or not."""
        digest = hashlib.sha256(json.dumps(self._identity(part), sort_keys=True).encode()).hexdigest()[:16]
        name = part.architecture if isinstance(part, Training) else part.function.__name__
        return self.folder / f"{re.sub('[^a-z0-9]+', '-', name.lower()).strip('-')}-{digest}"

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
        """What the part leaves, from the shelf if it is there.

        Raises:
            UserError: if an argument of the part is wrong.
            KeyboardInterrupt: if a training was interrupted; it can be gone on with.
        """
        done = self.read(part)
        if done is not None:
            return done
        measured = self._train(part) if isinstance(part, Training) else self._measure(part)
        folder = self.place(part)
        folder.mkdir(parents=True, exist_ok=True)
        record = {
            "schema": SCHEMA,
            "identity": self._identity(part),
            "date": datetime.now(UTC).isoformat(timespec="seconds"),
            "measured": rounded(measured),
        }
        write_text(folder / "part.json", json.dumps(record, indent=1) + "\n")
        kept: Measured = record["measured"]
        return kept

    def forget(self, parts: Iterable[Part]) -> None:
        """Take parts off the shelf, and the trainings that they need."""
        for part in parts:
            shutil.rmtree(self.place(part), ignore_errors=True)
            if isinstance(part, Measurement):
                self.forget(part.needs.values())

    def adopt(self, other: Path) -> int:
        """Copy the finished parts of another shelf that are not on this one.

        Returns:
            How many there were.

        Raises:
            UserError: if there is no such folder.
        """
        if not other.is_dir():
            raise UserError(f"{other}: there is no such folder; name what another machine left in its {self.folder}.")
        found = 0
        for record in sorted(other.glob("*/part.json")):
            target = self.folder / record.parent.name
            if (target / "part.json").exists():
                continue
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(record.parent, target)
            found += 1
        return found

    def _measure(self, measurement: Measurement) -> Measured:
        for training in measurement.needs.values():
            done = self.do(training)
            if "failed" in done:
                return done
        runs = {name: self.run_of(training) for name, training in measurement.needs.items()}
        bench = Bench(runs, self.registry, self.progress, self.device)
        return measurement.function(bench, **measurement.arguments)

    def _train(self, training: Training) -> Measured:
        folder = self.place(training)
        if (folder / "state" / "training.pt").is_file():
            run = Run.load(folder)
            if run.record["status"] != "done":
                run = resume(folder, registry=self.registry, progress=Quiet(self.progress))
        else:
            shutil.rmtree(folder, ignore_errors=True)
            try:
                run = execute(self._plan(training), folder, self.registry, Quiet(self.progress), formulas=False)
            except FailedError as error:
                return {"failed": str(error)}
        if run.record["status"] == "interrupted":
            raise KeyboardInterrupt
        kept = ("architecture", "parameters", "trained_parameters", "precision", "threads", "judged_on", "reference")
        return {**{name: run.record[name] for name in kept}, "result": run.result, "epochs": run.epochs()}

    def _identity(self, part: Part) -> dict[str, Any]:
        """Everything that fixes what a part leaves, as JSON."""
        versions = {"zoo": __version__, "torch": importlib.metadata.version("torch")}
        if isinstance(part, Training):
            return {"training": self._plan(part).to_record(), "versions": versions}
        module = sys.modules[part.function.__module__]
        return {
            "measurement": f"{module.__name__}.{part.function.__name__}",
            "source": _digest(inspect.getsource(module)),
            "arguments": dict(part.arguments),
            "needs": {name: self._identity(training) for name, training in part.needs.items()},
            "device": self.device,
            "versions": versions,
        }

    def _plan(self, training: Training) -> Plan:
        return make_plan(
            self.registry,
            training.architecture,
            settings=training.settings,
            task=training.task,
            data=training.data,
            size=training.size,
            classes=(),
            recipe=training.recipe,
            seed=training.seed,
            device=self.device,
        )


class Quiet:
    """The bars of a training without its lines, of which an experiment would print hundreds."""

    def __init__(self, shown: Progress) -> None:
        self.advance = shown.advance

    def say(self, line: str) -> None:
        """Not shown."""


def shards(parts: Mapping[Path, Part], shelf: Shelf, number: int, count: int) -> dict[Path, Part]:
    """Those parts that are one of several processes' share: every `count`-th group, from the `number`-th on, from 1.

    Parts that work on the same run are in one group, so that no two processes train it.
    """
    groups: dict[Path, list[Path]] = {}
    for place, part in parts.items():
        needed = next(iter(part.needs.values()), None) if isinstance(part, Measurement) else None
        groups.setdefault(shelf.place(needed) if needed else place, []).append(place)
    chosen = [place for members in list(groups.values())[number - 1 :: count] for place in members]
    return {place: parts[place] for place in chosen}


def rounded(value: Any) -> Any:
    """JSON with fractions to `DIGITS` significant digits, and null for what is no number."""
    if isinstance(value, Mapping):
        return {str(name): rounded(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(item) for item in value]
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None
    return value


@functools.cache
def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
