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
from torch import Tensor, nn
from torch.optim.lr_scheduler import LRScheduler

from zoo.api import FittedTask
from zoo.api.recipe import Recipe
from zoo.errors import FailedError
from zoo.network import Features, Network
from zoo.training.augment import augment
from zoo.training.batches import Batches
from zoo.training.checkpoint import load_state, save_state
from zoo.training.evaluate import Evaluation, evaluate
from zoo.training.precision import autocast
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
) -> Evaluation | None:
    """Train a network in place, from the saved state on if there is one.

    Args:
        network: uint8 pictures in, logits out.
        task: gives the loss, and figures from a confusion matrix.
        training: this process's shard of the training split.
        validation: this process's shard of the validation split, evaluated after every epoch.
        recipe: optimizer, schedule, batch size, epochs and the limit of steps.
        head: path of the model's head, whose learning rate is the recipe's; its last layer if empty.
        seed: with the epoch's number it fixes order and noise, so that a resumed run repeats an unbroken one.
        precision: ``bf16`` or ``fp32``.
        accelerator: puts network and data where they belong, on one device or on many.
        state: the file that keeps the state after every epoch.
        on_step: called after every step, with the number of steps so far and in all.
        on_epoch: called after every epoch with its figures, before its state is saved.
        stop: called after every step (with several processes, after every epoch): whether to end early.

    Returns:
        The evaluation of the network as it is now; None if it was trained since the last one, or not at all.

    Raises:
        FailedError: if the training loss of an epoch is not finite.
    """
    context = autocast(precision, accelerator.device)
    steps_per_epoch = training.steps(recipe.batch_size)
    total_steps, num_epochs = recipe.steps(steps_per_epoch), recipe.num_epochs(steps_per_epoch)
    groups, rates = parameter_groups(network.to(accelerator.device).model, head, recipe)
    inner_optimizer = torch.optim.AdamW(groups, weight_decay=recipe.weight_decay)
    schedule = make_schedule(recipe, inner_optimizer, total_steps, rates)
    start_epoch = load_state(state, model=network.model, optimizer=inner_optimizer, schedule=schedule)
    model, optimizer = accelerator.prepare(network, inner_optimizer)
    evaluation = None

    for epoch in range(start_epoch, num_epochs):
        first_step = epoch * steps_per_epoch
        steps = min(steps_per_epoch, total_steps - first_step)  # the recipe's maximum may end the last epoch early
        set_seed(epoch_seed(seed, epoch), device_specific=True)
        start_s, loss_sum = time.perf_counter(), torch.zeros((), device=accelerator.device)
        batches = training.shuffled(recipe.batch_size, epoch_seed(seed, epoch))
        model.train()
        for step, (visible, target_NHW) in enumerate(islice(batches, steps), start=1):
            loss_sum += train_step(model, task, optimizer, accelerator, context, visible, target_NHW, recipe.augment)
            schedule.step()
            on_step(first_step + step, total_steps)
            if step < steps and accelerator.num_processes == 1 and stop():
                return None
        log: dict[str, float] = {"lr": float(schedule.get_last_lr()[0]), "steps": first_step + steps}
        log["train_s"] = time.perf_counter() - start_s
        log["train_loss"] = float(accelerator.reduce(loss_sum, "mean")) / steps
        if not math.isfinite(log["train_loss"]):
            raise FailedError(f"the loss became {log['train_loss']} in epoch {epoch + 1}; try a lower --lr.")

        broadcast(list(network.buffers()))  # every process evaluates with the batch statistics that are saved
        last, total = epoch + 1 == num_epochs, accelerator.reduce
        evaluation = evaluate(network, task, validation, autocast=context, total=total, keep_pixels=last)
        on_epoch({"epoch": epoch + 1, **log, "loss": evaluation.loss, **task.metrics(evaluation.confusion_KK)})
        # After the figures are written: a kill in between repeats the epoch, and its line, when the run is resumed.
        if accelerator.is_main_process:
            save_state(state, epoch + 1, model=network.model, optimizer=inner_optimizer, schedule=schedule)
        votes = torch.tensor(float(stop()), device=accelerator.device)  # Ctrl-C reaches processes at different times
        if accelerator.reduce(votes) > 0:
            break
    return evaluation


def train_step(
    model: nn.Module,
    task: FittedTask,
    optimizer: torch.optim.Optimizer,
    accelerator: Accelerator,
    context: Callable[[], torch.autocast],
    visible: Tensor | Features,
    target_NHW: Tensor,
    augmentation: str,
) -> Tensor:
    """One step of gradient descent on one batch.

    Returns:
        The batch's loss, a scalar.
    """
    if isinstance(visible, Tensor):  # and not features, which are kept only without augmentation
        visible, target_NHW = augment(visible, target_NHW, augmentation)
    with context():
        loss = task.loss(model(visible), target_NHW)
    optimizer.zero_grad()
    accelerator.backward(loss)
    optimizer.step()
    return loss.detach()


def make_schedule(recipe: Recipe, optimizer: torch.optim.Optimizer, steps: int, rates: Sequence[float]) -> LRScheduler:
    """One cycle up to the learning rate of each of the optimizer's groups and down to nearly nothing, or constant.

    Smith and Topin (2018), Super-Convergence, arXiv:1708.07120, as torch implements it.
    """
    if recipe.schedule == "one-cycle":
        # One more than there are steps: torch counts the rate before the first step, and refuses to step past the end.
        return torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=list(rates), total_steps=steps + 1)
    return torch.optim.lr_scheduler.ConstantLR(optimizer, factor=1.0)


def epoch_seed(seed: int, epoch: int) -> int:
    """A seed for every epoch of every run, of 31 bits; the prime keeps neighboring seeds from sharing epochs."""
    return (seed * 1009 + epoch) % 2**31
