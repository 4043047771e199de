"""Measurements of predicted colors, and of the colors that there are to predict; imports torch only when called.

What is measured here is kept under this module's source, so verdicts and tables, which change more often, have modules
of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zoo.api.experiment import Bench, Measured

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from zoo.api import Images
    from zoo.jobs.prepare import Prepared
    from zoo.network import Network
    from zoo.tasks.colorization.fitted import FittedColorization
    from zoo.training.batches import Batches

LEVELS = 256
"""Grey levels of a pixel."""

CELL = 4
"""Side, in pixels, of the cells that a map of a quarter of the height and width has one value for."""


def look(bench: Bench) -> Measured:
    """What the colors that a run predicts for the validation pictures are like, beside those of the lookup table.

    Args:
        bench: with ``run``, a finished run of colorization.

    Returns:
        ``accuracy``, ``grey_accuracy`` and ``chromatic_accuracy``: shares of pixels right, of all and of those whose
        true palette color is a grey or is chromatic; ``dulled``: share of the chromatic that are given a grey;
        ``picked``: share of all pixels that are given a chromatic color, and ``expected``: the probability that the
        network gives to the chromatic colors, averaged over pixels; ``to_photo`` and ``to_input``: mean CIEDE2000 of
        the prediction to the photo and to the grey input; what `_surface` tells; and ``disputed``: of the pictures
        on which the lookup table's accuracy is another, the share on which the more accurate of the two is farther
        from the photo in CIEDE2000, None where there is no such picture.
    """
    import torch

    from zoo.jobs.judge import judge
    from zoo.tasks.colorization.color import ciede2000
    from zoo.training.batches import Batches

    device, network, prepared, task = _load(bench)
    val, precision = prepared.val, bench.runs["run"].record["precision"]
    _, classes_NHW = judge(network, prepared, device, precision)
    picture_N3HW, right_NHW = task.decode(classes_NHW), classes_NHW == val.targets_NHW
    is_chromatic_NHW = task.chromatic_K[val.targets_NHW.long()]
    picked_NHW = task.chromatic_K[classes_NHW.long()]
    batches = Batches(val.visible_NCHW, val.targets_NHW, device)
    with torch.inference_mode():
        expected = _expected(network, task, batches, precision)
    return {
        "accuracy": _share(right_NHW),
        "grey_accuracy": _share(right_NHW[~is_chromatic_NHW]),
        "chromatic_accuracy": _share(right_NHW[is_chromatic_NHW]),
        "dulled": _share(~picked_NHW[is_chromatic_NHW]),
        "picked": _share(picked_NHW),
        "expected": expected,
        "to_photo": ciede2000(picture_N3HW, val.images.rgb),
        "to_input": ciede2000(picture_N3HW, val.visible_NCHW.expand(-1, 3, -1, -1)),
        **_surface(task, classes_NHW),
        "disputed": _disputed(bench, prepared, classes_NHW),
    }


def describe(bench: Bench) -> Measured:
    """What there is to predict, and how much of it follows from one pixel's grey level.

    Args:
        bench: with ``run``, the run of a lookup table.

    Returns:
        ``truth``: of the true classes what `_surface` tells, their CIEDE2000 to the photo (``to_photo``) and to the
        grey input (``to_input``), and the ``chromatic`` share of pixels; ``photo_chroma``: mean chroma of the photos;
        ``input``: figures of repeating the grey input in the nearest palette colors; ``input_to_photo``: CIEDE2000 of
        the grey input itself to the photo; and for ``train`` and ``val`` alike `_dependence` of color on grey level,
        with the lookup table's own measured ``loss`` and ``accuracy``.
    """
    from zoo.api import Images
    from zoo.tasks.colorization.color import ciede2000
    from zoo.training.batches import Batches
    from zoo.training.evaluate import count_pairs, evaluate
    from zoo.training.precision import autocast

    device, network, prepared, task = _load(bench)
    val = prepared.val
    grey_N3HW = val.visible_NCHW.expand(-1, 3, -1, -1)
    copied_NHW = task.targets(Images(grey_N3HW.contiguous()))
    truth_N3HW = task.decode(val.targets_NHW)
    halves = {}
    for name, half in (("train", prepared.train), ("val", val)):
        batches = Batches(half.visible_NCHW, half.targets_NHW, device)
        seen = evaluate(network, task, batches, autocast=autocast("fp32", device))
        counts_LK = count_pairs(half.visible_NCHW, half.targets_NHW, LEVELS, task.num_classes)
        accuracy = task.metrics(seen.confusion_KK)["accuracy"]
        halves[name] = {**_dependence(counts_LK), "loss": seen.loss, "accuracy": accuracy}
    return {
        "truth": {
            **_surface(task, val.targets_NHW),
            "chromatic": _share(task.chromatic_K[val.targets_NHW.long()]),
            "to_photo": ciede2000(truth_N3HW, val.images.rgb),
            "to_input": ciede2000(truth_N3HW, grey_N3HW),
        },
        "photo_chroma": _photo_chroma(val.images),
        "input": {
            **task.metrics(count_pairs(val.targets_NHW, copied_NHW, task.num_classes, task.num_classes)),
            "ciede2000": ciede2000(task.decode(copied_NHW), val.images.rgb),
        },
        "input_to_photo": ciede2000(grey_N3HW, val.images.rgb),
        **halves,
    }


def predicted(bench: Bench) -> tuple[Prepared, Tensor]:
    """The data of the run ``run``, and the classes that its network gives the validation pixels, uint8 (N, H, W)."""
    from zoo.jobs.judge import judge

    device, network, prepared, _ = _load(bench)
    return prepared, judge(network, prepared, device, bench.runs["run"].record["precision"])[1]


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


def _load(bench: Bench) -> tuple[torch.device, Network, Prepared, FittedColorization]:
    from zoo.data.cache import cache_folder
    from zoo.jobs.devices import make_accelerator
    from zoo.jobs.load import load_network
    from zoo.jobs.prepare import prepare

    device = make_accelerator(bench.device).device
    plan, task, network = load_network(bench.runs["run"], bench.registry)
    prepared = prepare(plan, cache_folder(), bench.progress.advance, lambda: task)
    return device, network.to(device), prepared, _task(prepared)


def _task(prepared: Prepared) -> FittedColorization:
    from zoo.tasks.colorization.fitted import FittedColorization

    assert isinstance(prepared.task, FittedColorization)
    return prepared.task


def _expected(network: Network, task: FittedColorization, batches: Batches, precision: str) -> float:
    """The probability that a network gives to the chromatic colors, averaged over pixels."""
    from zoo.training.precision import autocast

    device = batches.targets_NHW.device
    context, chromatic_K = autocast(precision, device), task.chromatic_K.to(device)
    total = 0.0
    for seen, _ in batches.in_order():
        with context():
            logits_NKHW = network(seen)
        total += float(logits_NKHW.float().softmax(dim=1)[:, chromatic_K].sum())
    return total / batches.targets_NHW.numel()


def _disputed(bench: Bench, prepared: Prepared, classes_NHW: Tensor) -> float | None:
    from zoo.jobs.judge import fit_reference, judge
    from zoo.jobs.plan import Plan

    plan = Plan.from_record(bench.runs["run"].record["plan"], bench.registry)
    cpu = prepared.val.targets_NHW.device
    table = fit_reference(plan, bench.registry, prepared, cpu)
    if table is None:
        return None
    _, by_table_NHW = judge(table, prepared, cpu, "fp32")
    if bool((by_table_NHW == classes_NHW).all()):
        return None
    mine_2N, table_2N = (by_picture(prepared, classes) for classes in (classes_NHW, by_table_NHW))
    differs_N = mine_2N[0] != table_2N[0]
    return _share(disputes(mine_2N, table_2N)[differs_N] > 0) if bool(differs_N.any()) else None


def _surface(task: FittedColorization, classes_NHW: Tensor) -> Measured:
    """How colorful, fine and blocky pictures in palette colors are.

    Returns:
        ``chroma``: mean Lab chroma. ``detail``: variance of the lightness inside cells of `CELL` by `CELL` pixels,
        which a picture with one color a cell has none of. ``steps``: how often a pixel and the next, to the right or
        below, differ in color, by the pixel's place in its cell, 0 to 3, the last at the border: equal where no grid
        shows.
    """
    import torch
    from skimage.color import rgb2lab

    lab_K3 = torch.from_numpy(rgb2lab(task.palette_K3.numpy()))
    light_NHW = lab_K3[:, 0][classes_NHW.long()]
    chroma_NHW = lab_K3[:, 1:].norm(dim=1)[classes_NHW.long()]
    return {
        "chroma": float(chroma_NHW.mean()),
        "detail": _detail(light_NHW),
        "steps": _steps(classes_NHW),
    }


def _detail(light_NHW: Tensor) -> float:
    count, height, width = (*light_NHW.shape[:1], *(side // CELL for side in light_NHW.shape[1:]))
    whole = light_NHW[:, : height * CELL, : width * CELL].reshape(count, height, CELL, width, CELL)
    return float((whole - whole.mean(dim=(2, 4), keepdim=True)).square().mean())


def _steps(classes_NHW: Tensor) -> list[float]:
    import torch

    by_place: list[list[Tensor]] = [[] for _ in range(CELL)]
    for picture_NHW in (classes_NHW, classes_NHW.transpose(1, 2)):
        differs_NHW = picture_NHW[:, 1:] != picture_NHW[:, :-1]
        for place in range(CELL):
            by_place[place].append(differs_NHW[:, place::CELL].flatten())
    return [_share(torch.cat(found)) for found in by_place]


def _photo_chroma(images: Images) -> float:
    from skimage.color import rgb2lab

    lab = rgb2lab(images.rgb.permute(0, 2, 3, 1).numpy())
    return float(((lab[..., 1] ** 2 + lab[..., 2] ** 2) ** 0.5).mean())


def _dependence(counts_LK: Tensor) -> Measured:
    """How much a pixel's grey level tells of its class.

    Args:
        counts_LK: pixels by level and class, int64 (L, K).

    Returns:
        ``entropy`` of the class and ``conditional_entropy`` given the level, in nats, which is the smallest
        cross-entropy that any function of the level can have on these pixels; ``best_accuracy``, the largest accuracy.
    """
    import torch

    pixels = counts_LK.sum().double()
    joint_LK = counts_LK.double() / pixels
    entropies = [
        -float(torch.xlogy(share, share).sum()) for share in (joint_LK, joint_LK.sum(dim=1), joint_LK.sum(dim=0))
    ]
    both, level, color = entropies
    best = float(counts_LK.amax(dim=1).sum() / pixels)
    return {"entropy": color, "conditional_entropy": both - level, "best_accuracy": best}


def _share(is_so: Tensor) -> float:
    return float(is_so.double().mean())
