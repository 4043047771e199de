"""The training loop. It reads from top to bottom, and knows no architecture and no task."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from pathlib import Path

import torch
from accelerate import Accelerator
from accelerate.utils import broadcast, set_seed
from torch.optim.lr_scheduler import LRScheduler

from zoo.api import FittedTask
from zoo.errors import FailedError
from zoo.network import Network
from zoo.training.augment import augmented
from zoo.training.batches import Batches
from zoo.training.checkpoint import load_state, save_state
from zoo.training.evaluate import evaluate
from zoo.training.precision import autocast
from zoo.training.recipe import Recipe
from zoo.training.trainable import parameter_groups


def train(
    network: Network,
    task: FittedTask,
    training: Batches,
    validation: Batches,
    recipe: Recipe,
    *,
    head: str = "",
    seed: int,
    precision: str,
    accelerator: Accelerator,
    state: Path,
    on_step: Callable[[int, int], None],
    on_epoch: Callable[[Mapping[str, float]], None],
    stop: Callable[[], bool],
) -> None:
    """Train a network in place, going on from the saved state if there is one.

    Args:
        network: uint8 pictures in, logits out.
        task: gives the loss, and figures from a confusion matrix.
        training: what is learned from; this process's share of it.
        validation: what is judged on after every epoch; this process's share of it.
        recipe: optimizer, schedule, batch size, epochs and the limit of steps.
        head: path of the model's head, whose learning rate is the recipe's; its last layer if empty.
        seed: with the epoch's number it fixes order and noise, so that a resumed run repeats an unbroken one.
        precision: ``bf16`` or ``fp32``.
        accelerator: puts network and data where they belong, on one device or on many.
        state: the file that keeps the state after every epoch.
        on_step: told the steps done and their total.
        on_epoch: told the figures of every epoch, before its state is kept.
        stop: asked after every step whether to end early (with several processes, after every epoch).

    Raises:
        FailedError: if the training loss of an epoch is not finite.
    """
    context = autocast(precision, accelerator.device)
    whole = training.steps(recipe.batch_size)
    total = recipe.steps(whole)
    groups, rates = parameter_groups(network.to(accelerator.device).model, head, recipe)
    optimizer = torch.optim.Adam(groups)
    schedule = make_schedule(recipe, optimizer, total, rates)
    done = load_state(state, model=network.model, optimizer=optimizer, schedule=schedule)
    parallel, driver = accelerator.prepare(network, optimizer)

    for epoch in range(done, recipe.passes(whole)):
        before = epoch * whole
        steps = min(whole, total - before)  # the last epoch ends where the recipe's limit of steps is reached
        set_seed(epoch_seed(seed, epoch), device_specific=True)
        parallel.train()
        started_s, loss_sum = time.perf_counter(), torch.zeros((), device=accelerator.device)
        batches = training.shuffled(recipe.batch_size, epoch_seed(seed, epoch))
        for step, (seen, target_NHW) in enumerate(islice(batches, steps), start=1):
            if isinstance(seen, torch.Tensor):  # and not features, which are kept only where nothing is augmented
                seen, target_NHW = augmented(seen, target_NHW, recipe.augment)
            with context():
                loss = task.loss(parallel(seen), target_NHW)
            driver.zero_grad()
            accelerator.backward(loss)
            driver.step()
            schedule.step()
            loss_sum += loss.detach()
            on_step(before + step, total)
            if step < steps and accelerator.num_processes == 1 and stop():
                return
        train_s = time.perf_counter() - started_s

        train_loss = float(accelerator.reduce(loss_sum, "mean")) / steps
        if not math.isfinite(train_loss):
            raise FailedError(f"the loss became {train_loss} in epoch {epoch + 1}; try a lower --lr.")
        broadcast(list(network.buffers()))  # every process judges with the batch statistics that are saved
        judged = evaluate(network, task, validation, autocast=context, total=accelerator.reduce)
        figures: dict[str, float] = {"train_loss": train_loss, "loss": judged.loss, **task.metrics(judged.confusion_KK)}
        told = {"lr": float(schedule.get_last_lr()[0]), "steps": before + steps, "train_s": train_s}
        on_epoch({"epoch": epoch + 1, **figures, **told})
        # After the figures are written: a kill in between repeats the epoch, and its line, when the run is resumed.
        if accelerator.is_main_process:
            save_state(state, epoch + 1, model=network.model, optimizer=optimizer, schedule=schedule)
        asked = torch.tensor(float(stop()), device=accelerator.device)  # Ctrl-C reaches processes at different times
        if accelerator.reduce(asked) > 0:
            return


def make_schedule(recipe: Recipe, optimizer: torch.optim.Optimizer, steps: int, rates: Sequence[float]) -> LRScheduler:
    """One cycle up to the learning rate of each of the optimizer's groups and down to nearly nothing, or constant.

    Smith and Topin (2018), Super-Convergence, arXiv:1708.07120, as torch implements it.
    """
    if recipe.schedule == "one-cycle":
        # One more than there are steps: torch counts the rate before the first step, and refuses to step past the end.
        return torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=list(rates), total_steps=steps + 1)
    return torch.optim.lr_scheduler.ConstantLR(optimizer, factor=1.0)


def epoch_seed(seed: int, epoch: int) -> int:
    """A seed for every epoch of every run; the prime keeps runs of neighboring seeds from sharing epochs."""
    return seed * 1009 + epoch
