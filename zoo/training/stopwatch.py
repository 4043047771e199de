"""Where the time of a run goes: a stopwatch, which looks inside the steps of a training without being in the loop."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from accelerate import Accelerator
from torch import Tensor
from torch.optim.optimizer import register_optimizer_step_post_hook

from zoo.network import Features
from zoo.training.batches import Batches

PARTS = {
    "setup": "data, labels, network, optimizer",
    "data": "choosing the pictures of every batch",
    "forward": "from pictures to the loss, augmentation included",
    "backward": "gradients",
    "optimizer": "the update of the weights",
    "validation": "the validation pictures after every epoch",
    "state": "what every epoch leaves: figures, weights and state",
    "judging": "all figures at the end",
    "reference": "fitting and judging the task's reference",
    "pictures": "samples and curves",
    "complexity": "counts, formulas and their chart",
    "report": "the page",
}
"""The parts of a run in order, and what each of them is."""


class Stopwatch:
    """Adds up the seconds of a run by part: each moment belongs to the part that is named at its end.

    Attributes:
        seconds: by part, one of `PARTS`.
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = dict.fromkeys(PARTS, 0.0)
        self._last_s = time.perf_counter()
        self._synchronize = False

    def lap(self, part: str) -> None:
        """Count the time since the last lap as this part's."""
        if self._synchronize:
            torch.accelerator.synchronize()
        now_s = time.perf_counter()
        self.seconds[part] += now_s - self._last_s
        self._last_s = now_s

    @contextmanager
    def steps(self, accelerator: Accelerator, training: Batches) -> Iterator[Batches]:
        """Time the parts of every step too, from outside: the loop stays what it is.

        Args:
            accelerator: the one that the loop calls for the backward pass.
            training: the training split.

        Yields:
            What the loop trains on in its place.
        """
        self.lap("setup")
        inner = accelerator.backward

        def backward(loss: Tensor, **options: Any) -> None:
            self.lap("forward")
            inner(loss, **options)
            self.lap("backward")

        accelerator.backward = backward
        hook = register_optimizer_step_post_hook(lambda *_: self.lap("optimizer"))
        self._synchronize = accelerator.device.type != "cpu"  # where work is only queued when a call returns
        try:
            yield _TimedBatches(training, self)
        finally:
            self.lap("state")
            self._synchronize = False
            hook.remove()
            accelerator.backward = inner


class _TimedBatches(Batches):
    """A split that tells a stopwatch when a batch is ready."""

    def __init__(self, batches: Batches, stopwatch: Stopwatch) -> None:
        super().__init__(batches.pictures_NCHW, batches.targets_NHW, batches.targets_NHW.device, *batches.place)
        self._batches, self._stopwatch = batches, stopwatch
        self._before_epoch = "setup"

    def shuffled(self, batch_size: int, seed: int) -> Iterator[tuple[Tensor | Features, Tensor]]:
        """Those of the split; what comes before the first epoch is setup, and between two the state is written."""
        self._stopwatch.lap(self._before_epoch)
        self._before_epoch = "state"
        for batch in self._batches.shuffled(batch_size, seed):
            self._stopwatch.lap("data")
            yield batch
            self._stopwatch.lap("optimizer")  # the schedule's step, and the progress bar
