"""Carry experiments out: their parts, on one process or several, and then the results."""

from __future__ import annotations

import functools
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from zoo.api.experiment import Conditions, Context, Experiment, Measured, Part, Training
from zoo.errors import UserError
from zoo.experiments.result import Result
from zoo.experiments.shard import Shard
from zoo.experiments.store import Store
from zoo.progress import Progress
from zoo.registry import Registry

FOLDER = Path("runs", "experiments")
"""Where results are written, and the parts kept, unless another folder is named."""

WAIT_S = 1.0
"""Seconds between two looks at what other processes have done."""


@dataclass(frozen=True)
class Runner:
    """Carries experiments out in a folder.

    Attributes:
        experiments: which.
        conditions: what their user chose.
        folder: a folder for each result, and ``parts``, in which parts are kept between calls.
        registry: the plugins.
        progress: hears how the work goes on.
    """

    experiments: Sequence[Experiment]
    conditions: Conditions
    folder: Path
    registry: Registry
    progress: Progress

    @functools.cached_property
    def store(self) -> Store:
        """Where the parts are kept."""
        return Store(self.folder / "parts", self.registry, self.progress, self.conditions.device)

    def parts(self) -> dict[Path, Part]:
        """The parts of all experiments by their folders, so that what several ask for is there once."""
        return {self.store.place(part): part for labelled in self._labelled().values() for part in labelled.values()}

    def work(self, shard: Shard | None = None, *, fresh: bool = False) -> None:
        """Do all parts, or this process's, that have not been done.

        Args:
            shard: which of the parts; all if None.
            fresh: whether what was kept is forgotten first.
        """
        store, parts = self.store, self.parts()
        if shard is not None:
            parts = shard.parts(parts, store)
        if fresh:
            store.forget(parts.values())
        names = {store.place(p): f"{name}: {label}" for name, ps in self._labelled().items() for label, p in ps.items()}
        waiting = [place for place, part in parts.items() if store.read(part) is None]
        kept = len(parts) - len(waiting)
        if kept:
            self.progress.say(f"{kept} of {len(parts)} parts were done before")
        for number, place in enumerate(waiting):
            self.progress.advance("parts", number, len(waiting))
            start_s = time.perf_counter()
            store.do(parts[place])
            self.progress.say(f"{names[place]}  {time.perf_counter() - start_s:.1f} s")
        self.progress.advance("parts", len(waiting), len(waiting))

    def missing(self) -> int:
        """How many parts are not done."""
        return sum(1 for part in self.parts().values() if self.store.read(part) is None)

    def wait(self) -> None:
        """Wait until other processes have done their shards; if one fails, its launcher ends all of them."""
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
        return sum(self.store.adopt(other / "parts") for other in others)

    def conclude(self) -> list[Result]:
        """Judge, and write a folder for each result: ``result.json``, charts, sheets of pictures, ``report.html``.

        Raises:
            UserError: if a part is not done.
        """
        missing = self.missing()
        if missing:
            raise UserError(
                f"{missing} of {len(self.parts())} parts are not done; do them with `zoo experiment run`, by the same "
                "options, or name the folders of the machines that did."
            )
        return [self._conclude(experiment) for experiment in self.experiments]

    def _conclude(self, experiment: Experiment) -> Result:
        from zoo.experiments.report import write_experiment  # imports matplotlib

        labelled = self._labelled()[experiment.name]
        measured: dict[str, Measured] = {label: self.store.read(part) or {} for label, part in labelled.items()}
        keys = {label: self.store.keys.key(part) for label, part in labelled.items()}
        result = Result.of(experiment, self.conditions, measured, keys)
        runs = {
            label: self.store.run_of(part)
            for label, part in labelled.items()
            if isinstance(part, Training) and "failed" not in measured[label]
        }
        context = Context(runs, self.registry, self.progress, self.conditions.device)
        folder = self.folder / experiment.name
        folder.mkdir(parents=True, exist_ok=True)
        result.save(folder / "result.json")
        write_experiment(folder, result, experiment.sheets(context, self.conditions))
        return result

    def _labelled(self) -> Mapping[str, Mapping[str, Part]]:
        return {experiment.name: experiment.parts(self.conditions) for experiment in self.experiments}
