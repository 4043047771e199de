"""Carry experiments out: their parts, on one process or several, and then the result."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from zoo.api.experiment import Bench, Conditions, Experiment, Part, Training
from zoo.errors import UserError
from zoo.experiments.parts import Shelf, shards
from zoo.experiments.result import Result
from zoo.progress import Progress
from zoo.registry import Registry

FOLDER = Path("runs", "experiments")
"""Where results are written, and the parts kept, unless another folder is named."""

WAIT_S = 1.0
"""Seconds between two looks at what other processes have done."""


@dataclass(frozen=True)
class Share:
    """Which share of the parts is this process's: number `number`, from 1, of `count`."""

    number: int
    count: int

    @classmethod
    def parse(cls, text: str) -> Share:
        """Read ``I/N``, as typed after ``--only``.

        Raises:
            UserError: if it is not that, or I is not from 1 to N.
        """
        number, slash, count = text.partition("/")
        if not (slash and number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count)):
            raise UserError(f"--only {text!r} should read I/N with I from 1 to N, as in 2/4.")
        return cls(int(number), int(count))

    @classmethod
    def of_launcher(cls) -> Share | None:
        """The share of a process that ``accelerate launch`` or ``torchrun`` started; None where neither did.

        Experiments are many small trainings, so the processes share these out, and each trains alone: the launcher's
        variables are taken from the environment, and of several GPUs each process keeps its own.
        """
        count = int(os.environ.get("WORLD_SIZE", "1"))
        if count <= 1:
            return None
        share = cls(int(os.environ["RANK"]) + 1, count)
        local = os.environ.get("LOCAL_RANK", "0")
        visible = os.environ.get("CUDA_VISIBLE_DEVICES", "")
        os.environ["CUDA_VISIBLE_DEVICES"] = visible.split(",")[int(local)] if "," in visible else visible or local
        for name in ("WORLD_SIZE", "RANK", "LOCAL_RANK", "LOCAL_WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT"):
            os.environ.pop(name, None)
        return share


@dataclass(frozen=True)
class Conduct:
    """Carries experiments out in a folder.

    Attributes:
        experiments: which.
        conditions: what their user chose.
        folder: a folder a result, and ``parts``, in which parts are kept between calls.
        registry: the plugins.
        progress: told how the work goes on.
    """

    experiments: Sequence[Experiment]
    conditions: Conditions
    folder: Path
    registry: Registry
    progress: Progress

    @property
    def shelf(self) -> Shelf:
        """Where the parts are kept."""
        return Shelf(self.folder / "parts", self.registry, self.progress, self.conditions.device)

    def parts(self) -> dict[Path, Part]:
        """The parts of all experiments by their folders, so that what several ask for is there once."""
        shelf = self.shelf
        return {shelf.place(part): part for labelled in self._labelled().values() for part in labelled.values()}

    def work(self, share: Share | None = None, *, fresh: bool = False) -> None:
        """Do all parts, or this process's share of them, that have not been done.

        Args:
            share: which share; everything if None.
            fresh: whether what was kept is forgotten first.
        """
        shelf, parts = self.shelf, self.parts()
        if share is not None:
            parts = shards(parts, shelf, share.number, share.count)
        if fresh:
            shelf.forget(parts.values())
        names = {shelf.place(p): f"{name}: {label}" for name, ps in self._labelled().items() for label, p in ps.items()}
        waiting = [place for place, part in parts.items() if shelf.read(part) is None]
        kept = len(parts) - len(waiting)
        if kept:
            self.progress.say(f"{kept} of {len(parts)} parts were done before")
        for done, place in enumerate(waiting):
            self.progress.advance("parts", done, len(waiting))
            started_s = time.perf_counter()
            shelf.do(parts[place])
            self.progress.say(f"{names[place]}  {time.perf_counter() - started_s:.1f} s")
        self.progress.advance("parts", len(waiting), len(waiting))

    def missing(self) -> int:
        """How many parts are not done."""
        shelf = self.shelf
        return sum(1 for part in self.parts().values() if shelf.read(part) is None)

    def wait(self) -> None:
        """Wait until other processes have done their shares; if one fails, its launcher ends all of them."""
        total = len(self.parts())
        while missing := self.missing():
            self.progress.advance("parts of all processes", total - missing, total)
            time.sleep(WAIT_S)

    def collect(self, others: Sequence[Path]) -> int:
        """Take over the parts that other machines have done.

        Args:
            others: folders like this one's, from there.

        Returns:
            How many parts there were.

        Raises:
            UserError: if one is no such folder.
        """
        return sum(self.shelf.adopt(other / "parts") for other in others)

    def conclude(self) -> list[Result]:
        """Judge, and write a folder a result: ``result.json``, charts, sheets of pictures, ``report.html``.

        Raises:
            UserError: if a part is not done.
        """
        from zoo.experiments.report import write_experiment  # imports matplotlib

        missing = self.missing()
        if missing:
            raise UserError(
                f"{missing} of {len(self.parts())} parts are not done; do them with `zoo experiment run`, by the same "
                "options, or name the folders of the machines that did."
            )
        shelf, results = self.shelf, []
        for experiment in self.experiments:
            labelled = self._labelled()[experiment.name]
            measured = {label: shelf.read(part) or {} for label, part in labelled.items()}
            result = Result.of(experiment, self.conditions, measured)
            runs = {
                label: shelf.run_of(part)
                for label, part in labelled.items()
                if isinstance(part, Training) and "failed" not in measured[label]
            }
            bench = Bench(runs, self.registry, self.progress, self.conditions.device)
            folder = self.folder / experiment.name
            folder.mkdir(parents=True, exist_ok=True)
            result.save(folder / "result.json")
            write_experiment(folder, result, experiment.sheets(bench, self.conditions))
            results.append(result)
        return results

    def _labelled(self) -> Mapping[str, Mapping[str, Part]]:
        return {experiment.name: experiment.parts(self.conditions) for experiment in self.experiments}
