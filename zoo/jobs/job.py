"""One run from its plan to its folder: prepare, train, judge, write down."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import torch
from accelerate.utils import broadcast_object_list, set_seed

from zoo import complexity
from zoo.data.cache import cache_folder
from zoo.errors import UserError
from zoo.jobs.devices import make_accelerator
from zoo.jobs.epochs import EpochLog, epoch_line, is_higher_better
from zoo.jobs.identity import differences, identity
from zoo.jobs.initial import initialize
from zoo.jobs.interrupt import interruptible
from zoo.jobs.judge import fit_in_closed_form, judge, pick_samples, reference_figures
from zoo.jobs.plan import Plan
from zoo.jobs.prepare import prepare, restore
from zoo.jobs.record import describe
from zoo.jobs.shipped import begun_from
from zoo.jobs.stages import stage
from zoo.network import build_network
from zoo.progress import Progress
from zoo.registry import Registry
from zoo.report.complexity import section
from zoo.report.page import Section
from zoo.report.profile import profile_section
from zoo.report.run import draw_pictures, write_report
from zoo.runs.record import SCHEMA
from zoo.runs.run import Run
from zoo.runs.samples import write_samples
from zoo.training.batches import Batches
from zoo.training.checkpoint import load_state, save_weights
from zoo.training.evaluate import Evaluation
from zoo.training.features import cached, can_cache
from zoo.training.loop import train
from zoo.training.precision import autocast, resolve_precision
from zoo.training.stopwatch import PARTS, Stopwatch
from zoo.training.trainable import choose_trainable

DERIVED_MODULES = 100
"""Networks of more modules are counted without formulas in a run's report, as deriving these takes many seconds."""

STATE = Path("state", "training.pt")
"""What a run is resumed from, in its folder."""


class Job:
    """Everything that one run needs, ready to be executed; made anew or from a run that stopped.

    Args:
        plan: what to do.
        registry: the plugins; those that watch runs are told.
        progress: told how the work goes on.
        stopped: the run to resume, or None for a new one.
        report: whether to draw pictures and write the report, which takes seconds; the figures are written anyway.
        profile: whether the report says where the time went.

    Raises:
        UserError: if the device, the data or the first weights cannot be had, or what made a stopped run has changed.
        FailedError: if a plugin's code fails.
    """

    def __init__(
        self,
        plan: Plan,
        registry: Registry,
        progress: Progress,
        stopped: Run | None = None,
        *,
        report: bool = True,
        profile: bool = False,
    ) -> None:
        self.started_s, self.stopwatch = time.perf_counter(), Stopwatch()
        self.report, self.profile = report, profile
        self.plan, self.registry, self.progress, self.stopped = plan, registry, progress, stopped
        self.architecture, task = plan.architecture.value, plan.task.value
        self.accelerator = make_accelerator(plan.device)
        self.device = self.accelerator.device
        # What is fitted by counting has nothing to gain from fewer bits.
        wanted = "fp32" if self.architecture.closed_form == "all" else plan.recipe.precision
        self.precision = resolve_precision(wanted, self.device)
        cache = cache_folder()
        earlier = stopped or begun_from(plan)
        restored = partial(restore, plan, earlier.record["task_state"], cache) if earlier else None
        with self.accelerator.main_process_first():  # the others find the data in the cache
            self.prepared = prepare(plan, cache, progress.advance, restored)
        self.higher_is_better = is_higher_better(plan.recipe.best, task, self.prepared.task)
        self.identity = identity(
            plan, self.prepared, precision=self.precision, processes=self.accelerator.num_processes
        )
        if stopped and (changed := differences(stopped.record["identity"], self.identity)):
            raise UserError(f"{stopped.folder} cannot be resumed: {', '.join(changed)} changed; train it anew.")
        for note in self.prepared.notes:
            progress.say(f"note: {note}")
        set_seed(plan.seed)
        with stage("building", plan.architecture.address):
            self.network = build_network(
                self.architecture,
                plan.config,
                task,
                self.prepared.task.num_classes,
                channels_last=plan.recipe.channels_last,
            )
        if self.architecture.closed_form != "all":
            choose_trainable(self.network, plan.recipe.train, self.architecture.head)
        self.features_s = 0.0
        self.initial_weights = self._initialize()

    def execute(self, run: Run) -> None:
        """Train in a run's folder, judge, and write weights, figures, pictures and the report."""
        main = self.accelerator.is_main_process
        with self._kept_or_removed(run):
            if self.stopped and main:
                run.restart(self.plan.to_record())
            self._notify("zoo_run_start", run=run)
            evaluation = None
            # A resumed run's saved state replaces what is fitted here, and --init brings what was fitted elsewhere.
            if self.architecture.closed_form != "none" and not self.plan.init:
                with stage("fitting", self.plan.architecture.address):
                    fit_in_closed_form(self.architecture, self.network, self.prepared.train, self.device)
            if self.architecture.closed_form == "all":
                run.record["status"] = "done"
            else:
                evaluation = self._train(run)
            if main:
                self._judge(run, evaluation)
            self._notify("zoo_run_end", run=run, result=run.result)
        self.accelerator.wait_for_everyone()

    def create_run(self, out: Path | None) -> Run:
        """Make the run's folder in the main process, and tell the others where it is."""
        record = {
            **describe(self.plan, self.prepared, self.network, self.accelerator),
            "identity": self.identity,
            "initial_weights": self.initial_weights,
            "precision": self.precision,
        }
        folder: list[Any] = [None]
        if self.accelerator.is_main_process:
            folder = [str(Run.create(out, self.architecture.name, record).folder)]
        if self.accelerator.num_processes > 1:
            broadcast_object_list(folder)
        return Run(Path(folder[0]), {"schema": SCHEMA, "status": "running", **record})

    def _initialize(self) -> str:
        """Put the first weights, or those of a saved state, into the model; say which were the first.

        The state's come here and not with the optimizer's, for features that are kept are computed in between.
        """
        if self.stopped and (self.stopped.folder / STATE).exists():
            load_state(self.stopped.folder / STATE, model=self.network.model)
            return str(self.stopped.record["initial_weights"])
        address = self.plan.architecture.address
        with stage("initializing", address):
            said = initialize(self.architecture, self.plan.config, self.plan.init, self.network.model)
        if said:
            self.progress.say(f"weights: {said}")
        return said

    def _train(self, run: Run) -> Evaluation | None:
        """Run the loop; keeps ``metrics.jsonl`` and the run's status.

        Returns:
            The evaluation of the trained network on all validation pictures, if the loop made one.
        """
        plan, progress = self.plan, self.progress
        log = EpochLog(run, self.network.model, plan.recipe.best, higher_is_better=self.higher_is_better)

        def on_epoch(figures: Mapping[str, float]) -> None:
            self.stopwatch.lap("validation")
            if self.accelerator.is_main_process:
                log.add(figures)
                progress.say(epoch_line(figures, plan.task.value.metrics, epochs))
                self._notify("zoo_epoch_end", run=run, metrics=figures)

        with stage("training", plan.architecture.address), interruptible(progress.say) as stop:
            training, validation = self._batches()
            epochs = plan.recipe.num_epochs(training.steps(plan.recipe.batch_size))
            timed = self.stopwatch.steps(self.accelerator, training) if self.profile else nullcontext(training)
            with timed as training:
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
                    state=run.folder / STATE,
                    on_step=partial(progress.advance, "training"),
                    on_epoch=on_epoch,
                    stop=stop,
                )
        run.record["status"] = "done" if len(log.lines) == epochs else "interrupted"
        run.record["stopped_by"] = stop.signal
        run.record["best"] = {"metric": plan.recipe.best, "epoch": log.best()}
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
        self.stopwatch.lap("judging")
        epochs = run.epochs()
        run.record["reference"] = reference_figures(self.plan, self.registry, self.prepared, self.device)
        self.stopwatch.lap("reference")
        run.record["result"] = {
            "epochs": len(epochs),
            **figures,
            "features_s": self.features_s,
            "train_s": self.features_s + sum(line["train_s"] for line in epochs),
            "total_s": time.perf_counter() - self.started_s,
            "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        write_samples(run.folder / "samples.npz", pick_samples(self.prepared, classes_NHW))
        if self.report:
            self._report(run)
        run.save()

    def _report(self, run: Run) -> None:
        """Draw the pictures of a judged run and write its page."""
        task, lap = self.plan.task.value, self.stopwatch.lap
        for failure in draw_pictures(run, task):
            self.progress.say(f"warning: {failure}")
        lap("pictures")
        sections = [self._cost(run.folder / "complexity.png")]
        lap("complexity")
        write_report(run, task, sections)
        lap("report")
        if self.profile:  # the page is written again, now that it is known how long that takes
            run.record["result"]["profile"] = dict(self.stopwatch.seconds)
            write_report(run, task, [*sections, profile_section(self.stopwatch.seconds, PARTS, run.folder)])

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
                formulas=sum(1 for _ in self.network.modules()) <= DERIVED_MODULES,
            )
        except UserError as error:
            return Section("Complexity", text=[f"Not counted: {error}"])
        return section(cost, picture)

    @contextmanager
    def _kept_or_removed(self, run: Run) -> Iterator[None]:
        """When a run fails, keep what can be resumed, and remove a new run that has nothing to resume from."""
        try:
            yield
        except BaseException as error:
            if self.accelerator.is_main_process:
                if self.stopped or (run.folder / STATE).exists():
                    with suppress(OSError):  # the disk may be full, and the first error is the one to report
                        run.update({"status": "failed" if isinstance(error, Exception) else "interrupted"})
                else:
                    shutil.rmtree(run.folder, ignore_errors=True)
            raise

    def _notify(self, hook: str, **arguments: Any) -> None:
        if self.accelerator.is_main_process:
            for problem in self.registry.notify(hook, **arguments):
                self.progress.say(f"warning: {problem}")
