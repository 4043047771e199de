"""What the experiment `rescale` measures: the course's networks on scale * x + shift, in double precision.

Double precision, so that what is equal in exact arithmetic is equal to a dozen digits, and what is not is certain not
to be rounding. The networks are built by the architecture ``rescaled``, with one seed: they begin equal.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from zoo.api.experiment import Context, Measured

if TYPE_CHECKING:
    from torch import Tensor

    from zoo.jobs.prepare import Prepared, Split
    from zoo.runs.run import Run

TINY_EPS = 1e-30
"""What is added to the variance under the square root of batch normalization, where nothing should be."""

LEARNING_RATE = 1e-3
"""Adam's, as in the course's recipe."""

NUDGE = 1e-12
"""By how much every input of one more network is off: what rounding alone may come to."""

NUDGED = "x, nudged"
"""What stands for that input."""

Arms = Mapping[str, Mapping[str, Any]]
"""Settings of the architecture ``rescaled`` by the name of what they stand for."""


def untrained(context: Context, *, data: str, seed: int, of: str, arms: Arms, pictures: int) -> Measured:
    """Compare untrained networks of equal weights, in training mode, on x and on what the arms make of it.

    Args:
        context: gives the registry.
        data: the data set, ``NAME`` or ``NAME:ARGUMENT``.
        seed: fixes the weights.
        of: the network, ``baseline`` or ``unet``.
        arms: what is done to x.
        pictures: how many training pictures, evenly spread, are looked at.

    Returns:
        For ``batch``, ``batch, tiny eps`` and ``none`` (the normalization), by arm: ``changed``, the share of pixels
        whose predicted class differs from that on x, and ``logits``, the largest difference of two logits.
    """
    import torch

    prepared = _prepared(context, data, seed)
    x_NCHW, _ = _pictures(prepared.train, pictures)
    classes = prepared.task.num_classes
    measured: Measured = {}
    for label, norm, eps in (("batch", "batch", None), ("batch, tiny eps", "batch", TINY_EPS), ("none", "none", None)):
        with torch.no_grad():
            plain = _network(context, {"of": of, "norm": norm}, classes, seed, eps)(x_NCHW)
            measured[label] = {
                name: _difference(_network(context, {"of": of, **arm, "norm": norm}, classes, seed, eps)(x_NCHW), plain)
                for name, arm in arms.items()
            }
    return measured


def side_by_side(
    context: Context, *, data: str, seed: int, of: str, arms: Arms, eps: float | None, steps: int, batch_size: int
) -> Measured:
    """Train networks of equal weights side by side on x and on what the arms make of it, in double precision.

    Args:
        context: gives the registry.
        data: the data set, ``NAME`` or ``NAME:ARGUMENT``.
        seed: fixes the weights, and the order of the pictures.
        of: the network, ``baseline`` or ``unet``.
        arms: what is done to x.
        eps: what batch normalization adds to the variance; torch's own choice if None.
        steps: how many steps of Adam are made.
        batch_size: pictures a step.

    Returns:
        ``loss`` on x, and ``off``: by how much, without its sign, the losses on what the arms make of it differ from
        that, by arm and for `NUDGED`, of which every value is `NUDGE` larger; each a list, one a step.
    """
    import torch

    prepared = _prepared(context, data, seed)
    x_NCHW, target_NHW = _pictures(prepared.train, len(prepared.train.images))
    order = torch.randperm(len(x_NCHW), generator=torch.Generator().manual_seed(seed))
    every: Arms = {"x": {}, NUDGED: {"shift": NUDGE, "padding": "shifted"}, **arms}
    losses: dict[str, list[float]] = {}
    for place, (name, arm) in enumerate(every.items()):
        network = _network(context, {"of": of, **arm}, prepared.task.num_classes, seed, eps)
        optimizer = torch.optim.Adam(network.parameters(), lr=LEARNING_RATE)
        losses[name] = []
        for step in range(steps):
            chosen = order[torch.arange(step * batch_size, (step + 1) * batch_size) % len(order)]
            loss = torch.nn.functional.cross_entropy(network(x_NCHW[chosen]), target_NHW[chosen])
            optimizer.zero_grad()
            torch.autograd.backward(loss)
            optimizer.step()
            losses[name].append(loss.item())
            context.progress.advance("double precision", place * steps + step + 1, len(every) * steps)
    plain = losses.pop("x")
    off = {name: [abs(one - other) for one, other in zip(loss, plain, strict=True)] for name, loss in losses.items()}
    return {"loss": plain, "off": off}


def trained(context: Context, *, of: str, arms: Arms, pictures: int) -> Measured:
    """Feed a trained network, in evaluation mode, what the arms make of x; as it is, and with its weights adapted.

    Args:
        context: gives the registry, and the run ``trained`` of the architecture ``rescaled`` on x.
        of: the network that was trained, ``baseline`` or ``unet``.
        arms: what is done to x.
        pictures: how many validation pictures, evenly spread, are looked at.

    Returns:
        ``accuracy`` on x, and by arm: ``accuracy`` of the network as it is; ``first``, what is left of the difference
        from x when the first convolution is adapted, and ``adapted``, when all are that see the picture, each with
        ``changed``, ``logits`` and ``accuracy``; and ``inner`` and ``edge``, the largest differences of the adapted
        first convolution's output away from the edge and on it.
    """
    import torch

    run = context.runs["trained"]
    prepared = _prepared_as(context, run)
    x_NCHW, target_NHW = _pictures(prepared.val, pictures)
    classes = prepared.task.num_classes
    with torch.no_grad():
        plain = _loaded(context, run, {"of": of}, classes)
        logits_NKHW, maps_NCHW = plain(x_NCHW), plain.inner.layer1[0](x_NCHW)
        measured: Measured = {"accuracy": _accuracy(logits_NKHW, target_NHW), "arms": {}}
        for name, arm in arms.items():
            network = _loaded(context, run, {"of": of, **arm}, classes)
            arm_figures: Measured = {"accuracy": _accuracy(network(x_NCHW), target_NHW)}
            for adapted, layers in (("first", 1), ("adapted", 2)):
                network = _loaded(context, run, {"of": of, **arm}, classes)
                network.compensate(layers)
                adapted_NKHW = network(x_NCHW)
                arm_figures[adapted] = {
                    **_difference(adapted_NKHW, logits_NKHW),
                    "accuracy": _accuracy(adapted_NKHW, target_NHW),
                }
            off_NCHW = (network.inner.layer1[0](network.scale * x_NCHW + network.shift) - maps_NCHW).abs()
            arm_figures["inner"] = off_NCHW[..., 1:-1, 1:-1].max().item()
            off_NCHW[..., 1:-1, 1:-1] = 0
            arm_figures["edge"] = off_NCHW.max().item()
            measured["arms"][name] = arm_figures
    return measured


def _prepared(context: Context, data: str, seed: int) -> Prepared:
    """Data and task as a training of the course's recipe has them."""
    from zoo.data.cache import cache_folder
    from zoo.jobs.plan import make_plan
    from zoo.jobs.prepare import prepare

    plan = make_plan(
        context.registry,
        "rescaled",
        settings={"task.palette": "course"},
        task="colorization",
        data=data,
        size=None,
        classes=(),
        recipe="course",
        seed=seed,
        device="cpu",
    )
    return prepare(plan, cache_folder(), context.progress.advance)


def _prepared_as(context: Context, run: Run) -> Prepared:
    """Data and task of a run."""
    from zoo.data.cache import cache_folder
    from zoo.jobs.plan import Plan
    from zoo.jobs.prepare import prepare

    plan = Plan.from_record(run.record["plan"], context.registry)
    restored = plan.task.value.restore(run.record["task_state"], cache_folder())
    return prepare(plan, cache_folder(), context.progress.advance, lambda: restored)


def _pictures(split: Split, count: int) -> tuple[Tensor, Tensor]:
    """Some pictures, evenly spread, as x (N, C, H, W), double, from 0 to 1, and their classes (N, H, W)."""
    import torch

    total = len(split.visible_NCHW)
    chosen = torch.linspace(0, total - 1, min(count, total)).round().long()
    return split.visible_NCHW[chosen].double() / 256, split.targets_NHW[chosen].long()


def _network(context: Context, settings: Mapping[str, Any], classes: int, seed: int, eps: float | None = None) -> Any:
    """An untrained network in training mode, in double precision; the weights depend on the seed alone."""
    import torch
    from torch import nn

    architecture = context.registry.architecture("rescaled").value
    config = context.registry.configure(architecture.config(), settings)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network: nn.Module = architecture.build(config, 1, classes).double()
    if eps is not None:
        for layer in network.modules():
            if isinstance(layer, nn.BatchNorm2d):
                layer.eps = eps
    return network.train()


def _loaded(context: Context, run: Run, settings: Mapping[str, Any], classes: int) -> Any:
    """A run's network in evaluation mode, in double precision, with other settings of what x becomes."""
    from zoo.training.checkpoint import load_weights

    network = _network(context, settings, classes, seed=0).float()
    load_weights(run.folder / "weights.safetensors", network)
    return network.double().eval()


def _difference(adapted_NKHW: Tensor, plain_NKHW: Tensor) -> dict[str, float]:
    """Share of pixels whose prediction differs, and the largest difference of two logits."""
    changed = (adapted_NKHW.argmax(dim=1) != plain_NKHW.argmax(dim=1)).double().mean().item()
    return {"changed": changed, "logits": (adapted_NKHW - plain_NKHW).abs().max().item()}


def _accuracy(logits_NKHW: Tensor, target_NHW: Tensor) -> float:
    """Share of pixels that are right."""
    return (logits_NKHW.argmax(dim=1) == target_NHW).double().mean().item()
