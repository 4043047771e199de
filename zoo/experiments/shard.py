"""Divide the parts of experiments among processes and machines."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from zoo.api.experiment import Measurement, Part
from zoo.errors import UserError
from zoo.experiments.store import Store


@dataclass(frozen=True)
class Shard:
    """Which of the parts are this process's: shard number `number`, from 1, of `count`."""

    number: int
    count: int

    @classmethod
    def parse(cls, text: str) -> Shard:
        """Read ``I/N``, as typed after ``--only``.

        Raises:
            UserError: if it is not that, or I is not from 1 to N.
        """
        number, slash, count = text.partition("/")
        if not (slash and number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count)):
            raise UserError(f"--only {text!r} should read I/N with I from 1 to N, as in 2/4.")
        return cls(int(number), int(count))

    @classmethod
    def of_launcher(cls) -> Shard | None:
        """The shard of a process that ``accelerate launch`` or ``torchrun`` started; None where neither did.

        Experiments are many small trainings, so the processes divide these up, and each trains alone: the launcher's
        variables are taken from the environment, and of several GPUs each process keeps its own.

        Raises:
            UserError: if the launcher's variables are incomplete.
        """
        try:
            count = int(os.environ.get("WORLD_SIZE") or "1")
            if count <= 1:
                return None
            shard = cls(int(os.environ["RANK"]) + 1, count)
            local = str(int(os.environ.get("LOCAL_RANK") or "0"))
        except (KeyError, ValueError):
            raise UserError(
                "WORLD_SIZE is set, and RANK or LOCAL_RANK is missing or no number: use `accelerate launch`, or unset "
                "all three."
            ) from None
        visible = os.environ.get("CUDA_VISIBLE_DEVICES", "")
        os.environ["CUDA_VISIBLE_DEVICES"] = visible.split(",")[int(local)] if "," in visible else visible or local
        for name in ("WORLD_SIZE", "RANK", "LOCAL_RANK", "LOCAL_WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT"):
            os.environ.pop(name, None)
        return shard

    def parts(self, parts: Mapping[Path, Part], store: Store) -> dict[Path, Part]:
        """The parts of this shard: every `count`-th group, from the `number`-th on.

        Parts that work on the same run are in one group, so that no two processes train it.

        Args:
            parts: all of them, by their folders.
            store: knows the folders.
        """
        groups: dict[Path, list[Path]] = {}
        for place, part in parts.items():
            needed = next(iter(part.needs.values()), None) if isinstance(part, Measurement) else None
            groups.setdefault(store.place(needed) if needed else place, []).append(place)
        chosen = [place for members in list(groups.values())[self.number - 1 :: self.count] for place in members]
        return {place: parts[place] for place in chosen}
