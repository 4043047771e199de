"""Build the network of a run again, with the weights that it ended with."""

from __future__ import annotations

from zoo.api import Catalog, FittedTask
from zoo.data.cache import cache_folder
from zoo.jobs.plan import Plan
from zoo.jobs.prepare import restore
from zoo.jobs.stages import stage
from zoo.network import Network, build_network
from zoo.runs.run import Run
from zoo.training.checkpoint import load_weights


def load_network(run: Run, registry: Catalog, *, channels_last: bool = False) -> tuple[Plan, FittedTask, Network]:
    """A run's plan, its fitted task, and its network with the weights that it ended with, in evaluation mode.

    Of some shipped weights only those that were trained are there; the others are what the network began with.

    Args:
        run: the run.
        registry: the plugins to draw from.
        channels_last: how activations are laid out; see `zoo.network.Network`.

    Raises:
        UserError: if its weights are missing or do not fit, or no plugin brings its architecture.
    """
    plan = Plan.from_record(run.record["plan"], registry)
    task = restore(plan, run.record["task_state"], cache_folder())
    with stage("building", plan.architecture.address):
        network = build_network(
            plan.architecture.value, plan.config, plan.task.value, task.num_classes, channels_last=channels_last
        )
    only_trained = run.record.get("only_trained", False)
    if only_trained:
        with stage("initializing", plan.architecture.address):
            plan.architecture.value.initialize(plan.config, network.model)
    load_weights(run.folder / "weights.safetensors", network.model, partly=only_trained)
    return plan, task, network.eval()
