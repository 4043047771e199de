"""Measurements of predicted colors, and of the colors that there are to predict; imports torch only when called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zoo.api.experiment import Context, Measured
from zoo.experiments.questions.predictors.surface import dependence, photo_chroma, share_of, surface

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from zoo.jobs.prepare import Prepared
    from zoo.network import Network
    from zoo.tasks.colorization.fitted import FittedColorization
    from zoo.training.batches import Batches

LEVELS = 256
"""Grey levels of a pixel."""


def look(context: Context) -> Measured:
    """What the colors that a run predicts for the validation pictures are like, beside those of the lookup table.

    Args:
        context: with ``run``, a finished run of colorization.

    Returns:
        ``accuracy``, ``grey_accuracy`` and ``chromatic_accuracy``: shares of pixels right, of all and of those whose
        true palette color is a grey or is chromatic; ``dulled``: share of the chromatic that are given a grey;
        ``picked``: share of all pixels that are given a chromatic color, and ``expected``: the probability that the
        network gives to the chromatic colors, averaged over pixels; ``to_photo`` and ``to_input``: mean CIEDE2000 of
        the prediction to the photo and to the grey input; what `surface` says; and ``disputed``: of the pictures
        on which the lookup table's accuracy is another, the share on which the more accurate of the two is farther
        from the photo in CIEDE2000, None where there is no such picture.
    """
    import torch

    from zoo.jobs.judge import judge
    from zoo.tasks.colorization.color import ciede2000
    from zoo.training.batches import Batches

    device, network, prepared, task = _load(context)
    val, precision = prepared.val, context.runs["run"].record["precision"]
    _, classes_NHW = judge(network, prepared, device, precision)
    picture_N3HW, right_NHW = task.decode(classes_NHW), classes_NHW == val.targets_NHW
    is_chromatic_NHW = task.chromatic_K[val.targets_NHW.long()]
    picked_NHW = task.chromatic_K[classes_NHW.long()]
    batches = Batches(val.visible_NCHW, val.targets_NHW, device)
    with torch.inference_mode():
        expected = _expected(network, task, batches, precision)
    return {
        "accuracy": share_of(right_NHW),
        "grey_accuracy": share_of(right_NHW[~is_chromatic_NHW]),
        "chromatic_accuracy": share_of(right_NHW[is_chromatic_NHW]),
        "dulled": share_of(~picked_NHW[is_chromatic_NHW]),
        "picked": share_of(picked_NHW),
        "expected": expected,
        "to_photo": ciede2000(picture_N3HW, val.images.rgb),
        "to_input": ciede2000(picture_N3HW, val.visible_NCHW.expand(-1, 3, -1, -1)),
        **surface(task, classes_NHW),
        "disputed": _disputed(context, prepared, classes_NHW),
    }


def describe(context: Context) -> Measured:
    """What there is to predict, and how much of it follows from one pixel's grey level.

    Args:
        context: with ``run``, the run of a lookup table.

    Returns:
        ``truth``: of the true classes what `surface` tells, their CIEDE2000 to the photo (``to_photo``) and to the
        grey input (``to_input``), and the ``chromatic`` share of pixels; ``photo_chroma``: mean chroma of the photos;
        ``input``: figures of repeating the grey input in the nearest palette colors; ``input_to_photo``: CIEDE2000 of
        the grey input itself to the photo; and for ``train`` and ``val`` alike `dependence` of color on grey level,
        with the lookup table's own measured ``loss`` and ``accuracy``.
    """
    from zoo.api import Images
    from zoo.tasks.colorization.color import ciede2000
    from zoo.training.batches import Batches
    from zoo.training.evaluate import count_pairs, evaluate
    from zoo.training.precision import autocast

    device, network, prepared, task = _load(context)
    val = prepared.val
    grey_N3HW = val.visible_NCHW.expand(-1, 3, -1, -1)
    copied_NHW = task.targets(Images(grey_N3HW.contiguous()))
    truth_N3HW = task.decode(val.targets_NHW)
    halves = {}
    for name, half in (("train", prepared.train), ("val", val)):
        batches = Batches(half.visible_NCHW, half.targets_NHW, device)
        evaluation = evaluate(network, task, batches, autocast=autocast("fp32", device))
        counts_LK = count_pairs(half.visible_NCHW, half.targets_NHW, LEVELS, task.num_classes)
        accuracy = task.metrics(evaluation.confusion_KK)["accuracy"]
        halves[name] = {**dependence(counts_LK), "loss": evaluation.loss, "accuracy": accuracy}
    return {
        "truth": {
            **surface(task, val.targets_NHW),
            "chromatic": share_of(task.chromatic_K[val.targets_NHW.long()]),
            "to_photo": ciede2000(truth_N3HW, val.images.rgb),
            "to_input": ciede2000(truth_N3HW, grey_N3HW),
        },
        "photo_chroma": photo_chroma(val.images),
        "input": {
            **task.metrics(count_pairs(val.targets_NHW, copied_NHW, task.num_classes, task.num_classes)),
            "ciede2000": ciede2000(task.decode(copied_NHW), val.images.rgb),
        },
        "input_to_photo": ciede2000(grey_N3HW, val.images.rgb),
        **halves,
    }


def predicted(context: Context) -> tuple[Prepared, Tensor]:
    """The data of the run ``run``, and the classes that its network gives the validation pixels, uint8 (N, H, W)."""
    from zoo.jobs.judge import judge

    device, network, prepared, _ = _load(context)
    return prepared, judge(network, prepared, device, context.runs["run"].record["precision"])[1]


def disputes(mine: Tensor, other: Tensor) -> Tensor:
    """How much accuracy and eye disagree on pictures about which of two predictors is better.

    Args:
        mine: the accuracy and the CIEDE2000 difference of one predictor on every picture, (2, N).
        other: the same of the other.

    Returns:
        (N,): the product of the leads of one predictor in accuracy and in CIEDE2000; above zero where the more accurate
        one is farther from the photo.
    """
    lead_2N = mine - other
    return lead_2N[0] * lead_2N[1]


def by_picture(prepared: Prepared, classes_NHW: Tensor) -> Tensor:
    """Accuracy and mean CIEDE2000 of every validation picture: float64 (2, N)."""
    import torch

    from zoo.tasks.colorization.color import ciede2000_by_picture

    right_NHW = classes_NHW == prepared.val.targets_NHW
    accuracy_N = right_NHW.flatten(1).double().mean(dim=1)
    return torch.stack([accuracy_N, ciede2000_by_picture(_task(prepared).decode(classes_NHW), prepared.val.images.rgb)])


def _load(context: Context) -> tuple[torch.device, Network, Prepared, FittedColorization]:
    from zoo.data.cache import cache_folder
    from zoo.jobs.devices import make_accelerator
    from zoo.jobs.load import load_network
    from zoo.jobs.prepare import prepare

    device = make_accelerator(context.device).device
    plan, task, network = load_network(context.runs["run"], context.registry)
    prepared = prepare(plan, cache_folder(), context.progress.advance, lambda: task)
    return device, network.to(device), prepared, _task(prepared)


def _task(prepared: Prepared) -> FittedColorization:
    from zoo.tasks.colorization.fitted import FittedColorization

    assert isinstance(prepared.task, FittedColorization)
    return prepared.task


def _expected(network: Network, task: FittedColorization, batches: Batches, precision: str) -> float:
    """The probability that a network gives to the chromatic colors, averaged over pixels."""
    from zoo.training.precision import autocast

    device = batches.targets_NHW.device
    amp, chromatic_K = autocast(precision, device), task.chromatic_K.to(device)
    total = 0.0
    for x_NCHW, _ in batches.in_order():
        with amp():
            logits_NKHW = network(x_NCHW)
        total += float(logits_NKHW.float().softmax(dim=1)[:, chromatic_K].sum())
    return total / batches.targets_NHW.numel()


def _disputed(context: Context, prepared: Prepared, classes_NHW: Tensor) -> float | None:
    from zoo.jobs.judge import fit_reference, judge
    from zoo.jobs.plan import Plan

    plan = Plan.from_record(context.runs["run"].record["plan"], context.registry)
    cpu = prepared.val.targets_NHW.device
    table = fit_reference(plan, context.registry, prepared, cpu)
    if table is None:
        return None
    _, by_table_NHW = judge(table, prepared, cpu, "fp32")
    if bool((by_table_NHW == classes_NHW).all()):
        return None
    mine_2N, table_2N = (by_picture(prepared, classes) for classes in (classes_NHW, by_table_NHW))
    differs_N = mine_2N[0] != table_2N[0]
    return share_of(disputes(mine_2N, table_2N)[differs_N] > 0) if bool(differs_N.any()) else None
