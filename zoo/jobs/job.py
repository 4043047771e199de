"""One run from its plan to its folder: prepare, train, judge, write down."""

from __future__ import annotations

import importlib.metadata
import platform
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from accelerate.state import AcceleratorState
from accelerate.utils import broadcast_object_list, set_seed

from zoo import complexity
from zoo._version import __version__
from zoo.data.cache import cache_folder
from zoo.errors import UserError
from zoo.jobs.interrupt import interruptible
from zoo.jobs.judge import fit_in_closed_form, judge, pick_samples, reference_figures
from zoo.jobs.plan import Plan
from zoo.jobs.prepare import prepare
from zoo.network import build_network
from zoo.progress import Progress
from zoo.registry import Registry
from zoo.report.complexity import section
from zoo.report.page import Section
from zoo.report.run import write_report
from zoo.runs.run import SCHEMA, Run
from zoo.runs.samples import write_samples
from zoo.training.batches import Batches
from zoo.training.checkpoint import save_weights
from zoo.training.evaluate import Evaluation
from zoo.training.features import cached, can_cache
from zoo.training.loop import train
from zoo.training.precision import autocast, resolve_precision
from zoo.training.trainable import choose_trainable

DERIVED_MODULES = 100
"""Networks of more modules are counted without formulas in a run's report, as deriving these takes many seconds."""


class Job:
    """Everything that one run needs, ready to be executed; made anew or from a run that stopped.

    Args:
        plan: what to do.
        registry: the plugins; those that watch runs are told.
        progress: told how the work goes on.
        stopped: the run to go on with, or None for a new one.
        formulas: whether the report derives the formulas of the network's cost, which takes a second or two.

    Raises:
        UserError: if the device or the data cannot be had, or the data of a stopped run have changed.
    """

    def __init__(
        self, plan: Plan, registry: Registry, progress: Progress, stopped: Run | None = None, *, formulas: bool = True
    ) -> None:
        self.started_s = time.perf_counter()
        self.formulas = formulas
        self.plan, self.registry, self.progress = plan, registry, progress
        self.architecture, task = plan.architecture.value, plan.task.value
        self.accelerator = make_accelerator(plan.device)
        self.device = self.accelerator.device
        # What is fitted by counting has nothing to gain from fewer bits.
        wanted = "fp32" if self.architecture.closed_form else plan.recipe.precision
        self.precision = resolve_precision(wanted, self.device)
        cache = cache_folder()
        restore = partial(task.restore, stopped.record["task_state"], cache) if stopped else None
        with self.accelerator.main_process_first():  # the others find the data in the cache
            self.prepared = prepare(plan, cache, progress.advance, restore)
        if stopped and stopped.record["judged_on"] != self.prepared.judged_on:
            raise UserError(f"the data of {stopped.folder} have changed since it began; train it anew.")
        for note in self.prepared.notes:
            progress.say(f"note: {note}")
        set_seed(plan.seed)
        self.network = build_network(
            self.architecture,
            plan.config,
            task,
            self.prepared.task.num_classes,
            channels_last=plan.recipe.channels_last,
        )
        if not self.architecture.closed_form:
            choose_trainable(self.network, plan.recipe.train, self.architecture.head)
        self.features_s = 0.0
        self.begins_with = self.architecture.initialize(plan.config, self.network.model)
        if self.begins_with:
            progress.say(f"weights: {self.begins_with}")

    def execute(self, run: Run) -> None:
        """Train in a run's folder, judge, and write weights, figures, pictures and the report."""
        main = self.accelerator.is_main_process
        with self._kept_or_removed(run):
            self._notify("zoo_run_start", run=run)
            evaluation = None
            if self.architecture.closed_form:
                fit_in_closed_form(self.architecture, self.network, self.prepared.train, self.device)
                run.record["status"] = "done"
            else:
                evaluation = self._train(run)
            if main:
                self._judge(run, evaluation)
            self._notify("zoo_run_end", run=run, result=run.result)
        self.accelerator.wait_for_everyone()

    def create_run(self, out: Path | None) -> Run:
        """Make the run's folder in the main process, and tell the others where it is."""
        record = self._describe()
        folder: list[Any] = [None]
        if self.accelerator.is_main_process:
            folder = [str(Run.create(out, self.architecture.name, record).folder)]
        if self.accelerator.num_processes > 1:
            broadcast_object_list(folder)
        return Run(Path(folder[0]), {"schema": SCHEMA, "status": "running", **record})

    def _train(self, run: Run) -> Evaluation | None:
        """Run the loop; keeps ``metrics.jsonl`` and the run's status.

        Returns:
            The evaluation of the trained network on all validation pictures, if the loop made one.
        """
        plan, progress = self.plan, self.progress
        lines = run.epochs()

        def on_epoch(metrics: Mapping[str, float]) -> None:
            lines[int(metrics["epoch"]) - 1 :] = [dict(metrics)]
            if self.accelerator.is_main_process:
                run.set_epochs(lines)
                progress.say(self._epoch_line(metrics, epochs))
                self._notify("zoo_epoch_end", run=run, metrics=metrics)

        training, validation = self._batches()
        epochs = plan.recipe.num_epochs(training.steps(plan.recipe.batch_size))
        with interruptible(progress.say) as stop:
            evaluation = train(
                self.network,
                self.prepared.task,
                training,
                validation,
                plan.recipe,
                head=self.architecture.head,
                seed=plan.seed,
                precision=self.precision,
                accelerator=self.accelerator,
                state=run.folder / "state" / "training.pt",
                on_step=partial(progress.advance, "training"),
                on_epoch=on_epoch,
                stop=stop,
            )
        run.record["status"] = "done" if lines and lines[-1]["epoch"] == epochs else "interrupted"
        return evaluation if self.accelerator.num_processes == 1 else None

    def _batches(self) -> list[Batches]:
        """Training and validation pictures on the device, or the features of both where they never change."""
        place = (self.accelerator.process_index, self.accelerator.num_processes)
        halves = (self.prepared.train, self.prepared.val)
        batches = [Batches(half.visible_NCHW, half.targets_NHW, self.device, *place) for half in halves]
        self.network.to(self.device)
        if self.plan.recipe.augment != "none" or not can_cache(self.network, self.architecture.head, batches[0]):
            return batches
        started_s = time.perf_counter()
        context = autocast(self.precision, self.device)
        labels = ("features of training pictures", "features of validation pictures")
        features: list[Batches] = [
            cached(self.network, half, context, partial(self.progress.advance, label))
            for half, label in zip(batches, labels, strict=True)
        ]
        self.features_s = time.perf_counter() - started_s
        self.progress.say(f"features of {sum(map(len, batches))} pictures kept; only the head runs in every epoch")
        return features

    def _judge(self, run: Run, evaluation: Evaluation | None) -> None:
        """Judge the network beside the task's reference, and write everything down."""
        save_weights(run.folder / "weights.safetensors", self.network.model)
        figures, classes_NHW = judge(self.network, self.prepared, self.device, self.precision, evaluation)
        epochs = run.epochs()
        run.record["reference"] = reference_figures(self.plan, self.registry, self.prepared, self.device)
        run.record["result"] = {
            "epochs": len(epochs),
            **figures,
            "features_s": self.features_s,
            "train_s": self.features_s + sum(line["train_s"] for line in epochs),
            "total_s": time.perf_counter() - self.started_s,
            "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        write_samples(run.folder / "samples.npz", pick_samples(self.prepared, classes_NHW))
        write_report(run, self.plan.task.value, [self._cost(run.folder / "complexity.png")])
        run.save()

    def _cost(self, picture: Path) -> Section:
        """What the network costs for one picture of the training size, proved, as a section of the report."""
        size, plan = self.plan.size, self.plan
        blank = torch.zeros(1, plan.task.value.channels, size, size, dtype=torch.uint8)
        channels, height, width = self.network.preprocess.encode(blank).shape[1:]
        try:
            cost = complexity.report(
                self.architecture,
                plan.config,
                in_channels=channels,
                num_classes=self.prepared.task.num_classes,
                height=height,
                width=width,
                formulas=self.formulas and sum(1 for _ in self.network.modules()) <= DERIVED_MODULES,
            )
        except UserError as error:
            return Section("Complexity", text=[f"Not counted: {error}"])
        return section(cost, picture)

    def _describe(self) -> dict[str, Any]:
        """What ``run.json`` says of a run before it begins."""
        return {
            "architecture": self.architecture.name,
            "plan": self.plan.to_record(),
            "precision": self.precision,
            "processes": self.accelerator.num_processes,
            "device": str(self.device),
            "threads": torch.get_num_threads(),
            "in_channels": self.network.preprocess.channels,
            "num_classes": self.prepared.task.num_classes,
            "parameters": sum(parameter.numel() for parameter in self.network.parameters()),
            "initial_weights": self.begins_with,
            "trained_parameters": sum(p.numel() for p in self.network.parameters() if p.requires_grad),
            "task_state": self.prepared.task.state(),
            "train_pictures": len(self.prepared.train.images),
            "val_pictures": len(self.prepared.val.images),
            "notes": list(self.prepared.notes),
            "judged_on": self.prepared.judged_on,
            "versions": {
                "zoo": __version__,
                "python": platform.python_version(),
                **{name: importlib.metadata.version(name) for name in ("torch", "accelerate", "numpy")},
            },
        }

    @contextmanager
    def _kept_or_removed(self, run: Run) -> Iterator[None]:
        """When training fails, keep a run that can be resumed, and remove one that has nothing to resume from."""
        try:
            yield
        except BaseException:
            if self.accelerator.is_main_process:
                if run.epochs():
                    run.update({"status": "failed"})
                else:
                    shutil.rmtree(run.folder, ignore_errors=True)
            raise

    def _notify(self, hook: str, **arguments: Any) -> None:
        if self.accelerator.is_main_process:
            for problem in self.registry.notify(hook, **arguments):
                self.progress.say(f"warning: {problem}")

    def _epoch_line(self, metrics: Mapping[str, float], epochs: int) -> str:
        """An epoch, of so many, as a line in the terminal."""
        shown = [metric for metric in self.plan.task.value.metrics if metric.name in metrics]
        figures = "  ".join(f"{metric.label} {metric.format(metrics[metric.name])}" for metric in shown)
        return f"epoch {metrics['epoch']:>3}/{epochs}  loss {metrics['loss']:.3f}  {figures}"


def make_accelerator(device: str) -> Accelerator:
    """The engine for one device or, under ``accelerate launch``, for many.

    Raises:
        UserError: if the device is not there.
    """
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if not there.get(device, True):
        raise UserError(f"--device {device}: torch finds none on this machine; use --device cpu or auto.")
    if AcceleratorState._shared_state and AcceleratorState().num_processes == 1:
        # It is kept for the life of the process, and an earlier run may have been on another device.
        AcceleratorState._reset_state(reset_partial_state=True)
    # Precision is the recipe's, so the launcher's own setting of it must not be applied on top.
    return Accelerator(cpu=device == "cpu", mixed_precision="no")
