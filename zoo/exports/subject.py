"""What is exported: a run's network, and what belongs with it on a page."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from zoo.api import TORCH, Catalog, Config, Convolution, FittedTask
from zoo.data.cache import cache_folder
from zoo.data.images import resize
from zoo.errors import UserError
from zoo.jobs.judge import fit_reference
from zoo.jobs.load import load_network
from zoo.jobs.plan import Plan
from zoo.jobs.prepare import prepare
from zoo.network import Network, build_network
from zoo.runs.run import Run
from zoo.runs.samples import read_samples

PICTURE_ROWS = ("truth", "photo")
"""Rows of a run's sheet that hold the pictures as they were loaded."""


@dataclass(frozen=True)
class Subject:
    """A trained network, ready to be exported.

    Attributes:
        name: what the reader calls it.
        run: where it comes from.
        plan: its architecture, task and data.
        task: the fitted task.
        network: in evaluation mode.
    """

    name: str
    run: Run
    plan: Plan
    task: FittedTask
    network: Network

    @property
    def channels(self) -> int:
        """How many channels the network may see."""
        return self.plan.task.value.channels


def samples(run: Run) -> list[NDArray[np.uint8]]:
    """Pictures to begin with, (H, W, 3): validation pictures of the run, or photos that scikit-image ships."""
    sheet = run.folder / "samples.npz"
    rows = read_samples(sheet) if sheet.is_file() else {}
    row = next((rows[label] for label in PICTURE_ROWS if label in rows), None)
    if row is not None:
        return list(row)
    from skimage import data

    photos = (data.chelsea(), data.coffee(), data.astronaut())
    return [resize(photo, 192, 192 * photo.shape[1] // photo.shape[0]) for photo in photos]


def load_subject(run: Run, registry: Catalog) -> Subject:
    """A run's network. A convolution that a plugin computes in its own way is replaced by torch's, which is equal.

    Raises:
        UserError: if its weights are missing or do not fit, or no plugin brings its architecture.
    """
    plan, task, network = load_network(run, registry)
    config = _with_torch_convolutions(plan.config)
    if config != plan.config:
        plain = build_network(plan.architecture.value, config, plan.task.value, task.num_classes)
        plain.model.load_state_dict(network.model.state_dict())
        network = plain
    return Subject(run.name, run, dataclasses.replace(plan, config=config), task, network.eval())


def load_reference(subject: Subject, registry: Catalog) -> Network | None:
    """The task's reference network, fitted to the training pictures of the run; None if there is none.

    Raises:
        UserError: if the data cannot be had any more.
    """
    plan = subject.plan
    if plan.task.value.reference in (plan.architecture.name, plan.architecture.address, ""):
        return None
    prepared = prepare(plan, cache_folder(), lambda label, done, total: None, lambda: subject.task)
    if subject.run.record["judged_on"] != prepared.judged_on:
        raise UserError(f"the data of {subject.run.folder} have changed since it was trained.")
    reference = fit_reference(plan, registry, prepared, torch.device("cpu"))
    return None if reference is None else reference.eval()


def _with_torch_convolutions(config: Config) -> Config:
    changes: dict[str, Any] = {
        field.name: TORCH
        for field in dataclasses.fields(config)
        if isinstance(getattr(config, field.name), Convolution)
    }
    return dataclasses.replace(config, **changes) if changes else config
