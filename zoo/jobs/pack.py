"""Pack a run for shipping: its weights in half the bytes, its record, and a model card."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import safetensors.torch
import torch

from zoo.api import DataRequest, FittedTask
from zoo.data.cache import cache_folder
from zoo.data.images import Pixels, read_rgb, resize, write_image
from zoo.errors import UserError
from zoo.files import replacing, to_json, write_text
from zoo.jobs.card import FILE, checked
from zoo.jobs.judge import fit_reference, judge
from zoo.jobs.load import load_network
from zoo.jobs.plan import Plan
from zoo.jobs.prepare import Prepared, Split, prepare
from zoo.network import Network
from zoo.registry import Registry, load_registry
from zoo.runs.run import Run

CPU = torch.device("cpu")

STRIP_HEIGHT = 160
"""Of the pictures of failures, in pixels."""


def pack(
    run: Run | str | Path,
    folder: str | Path,
    about: Mapping[str, Any],
    *,
    data: str,
    classes: Sequence[str] = (),
    failures: Mapping[str | Path, str],
    registry: Registry | None = None,
) -> Path:
    """Make the folder that an architecture names as `zoo.api.Architecture.shipped`.

    Args:
        run: a run that has ended.
        folder: the folder to make or to make anew, beside the module of the architecture's class.
        about: what only people know: the fields of `zoo.jobs.card.Card` that neither the run nor a measurement gives.
        data: how the run's data should be named, for its own path means something on one machine only.
        classes: the classes of the data set, to be judged one by one; the task's own classes if empty.
        failures: photos where the network fails, and what is wrong in each; what it makes of them is packed too.
        registry: the plugins to draw from; by default all that are installed.

    Returns:
        The folder.

    Raises:
        UserError: if the run has not ended, or the card would lack something.
    """
    run, folder = run if isinstance(run, Run) else Run.load(run), Path(folder)
    if not run.result:
        raise UserError(f"{run.folder} has not ended; go on with `zoo run --resume {run.folder}`.")
    registry = registry or load_registry()
    plan, task, network = load_network(run, registry)
    weights = trained_weights(network, plan)
    network.model.load_state_dict(weights, strict=False)  # what is shipped is what is judged
    folder.mkdir(parents=True, exist_ok=True)
    with replacing(folder / "weights.safetensors") as temporary:
        safetensors.torch.save_file(weights, temporary)
    public = dataclasses.replace(plan, data=data, device="auto")
    record = {**run.record, "plan": public.to_record(), "only_trained": len(weights) < len(network.model.state_dict())}
    write_text(folder / "run.json", to_json(record, indent=1) + "\n")
    prepared = prepare(plan, cache_folder(), lambda *_: None, lambda: task)
    fields = {
        "data": f"{data}: {len(prepared.train.images):,} pictures; judged on {len(prepared.val.images):,} others",
        "command": command(public),
        "seeds": [plan.seed],
        "versions": run.record["versions"],
        "sha256": hashlib.sha256((folder / "weights.safetensors").read_bytes()).hexdigest(),
        **_judged(plan, network, prepared, classes, registry),
        "check": {"data": plan.task.value.default_data, **check(plan, task, network)},
        "failures": {f"{Path(photo).stem}.jpg": text for photo, text in failures.items()},
        **about,
    }
    try:
        card = checked(json.loads(to_json(fields)))
    except ValueError as error:
        raise UserError(f"{folder}: {error}.") from None
    for photo in map(Path, failures):
        write_image(folder / f"{photo.stem}.jpg", strip(plan, task, network, photo))
    write_text(folder / FILE, to_json(dataclasses.asdict(card), indent=1) + "\n")
    return folder


def trained_weights(network: Network, plan: Plan) -> dict[str, torch.Tensor]:
    """What training changed, in bfloat16 where it is not whole numbers.

    Weights that were frozen are left out: `initialize` gives them again.
    """
    from zoo.training.trainable import choose_trainable

    choose_trainable(network, plan.recipe.train, plan.architecture.value.head)
    model = network.model
    frozen = {name for name, weight in model.named_parameters() if not weight.requires_grad}
    still = {
        f"{path}.{name}"
        for path, module in model.named_modules()
        if (held := list(module.parameters())) and not any(weight.requires_grad for weight in held)
        for name, _ in module.named_buffers(recurse=False)
    }
    return {
        name: (tensor.bfloat16() if tensor.is_floating_point() else tensor).contiguous()
        for name, tensor in model.state_dict().items()
        if name not in frozen | still
    }


@torch.inference_mode()
def strip(plan: Plan, task: FittedTask, network: Network, photo: Path) -> Pixels:
    """What a network makes of a photo, and the photo on the right: uint8 (STRIP_HEIGHT, W, 3)."""
    whole = read_rgb(photo)
    small = resize(whole, STRIP_HEIGHT, round(whole.shape[1] * STRIP_HEIGHT / whole.shape[0]))
    photo_3HW = torch.from_numpy(small).permute(2, 0, 1)
    made = task.apply(photo_3HW, plan.size, network)
    return torch.cat([*made.values(), photo_3HW], dim=2).permute(1, 2, 0).contiguous().numpy()


def check(plan: Plan, task: FittedTask, network: Network) -> dict[str, float]:
    """Figures of a network on the validation pictures of its task's own data set, which needs no download."""
    default = plan.task.value.default_data
    needs_masks = plan.task.value.needs_masks
    registry = load_registry()
    request = DataRequest("", plan.size, (), 0, cache_folder(), lambda *_: None, masks=needs_masks)
    images = registry.dataset(default).value.load(request).val
    val = Split(images, task.visible(images), task.targets(images))
    return _card_figures(judge(network, Prepared(task, val, val, (), ""), CPU, "fp32")[0], plan)


def command(plan: Plan) -> str:
    """The command of a plan, with everything in it that is not a default."""
    architecture, task = plan.architecture.value, plan.task.value
    words = ["zoo run", architecture.name, f"--task {task.name}", f"--data {plan.data}"]
    words += [f"--classes {','.join(plan.classes)}"] if plan.classes else []
    words += [f"--size {plan.size}"] if plan.size != task.default_size else []
    words += [f"--recipe {plan.recipe_name}"] if plan.recipe_name != "default" else []
    recipe = load_registry().recipe_for(architecture, plan.recipe_name, {})
    for prefix, config, default in (
        ("", plan.config, architecture.config()),
        ("task.", plan.task_config, task.config()),
        ("recipe.", plan.recipe, recipe),
    ):
        for field in dataclasses.fields(config):
            value = getattr(config, field.name)
            words += [f"--set {prefix}{field.name}={value}"] if value != getattr(default, field.name) else []
    return " ".join([*words, f"--seed {plan.seed}"])


def _judged(
    plan: Plan, network: Network, prepared: Prepared, classes: Sequence[str], registry: Registry
) -> dict[str, Any]:
    """Figures of the network and of the task's reference, on all pictures and on those of every class."""
    networks = {plan.architecture.name: network}
    reference = fit_reference(plan, registry, prepared, CPU)
    if reference is not None:
        networks[plan.task.value.reference] = reference
    figures = {name: judge(one, prepared, CPU, "fp32")[0] for name, one in networks.items()}
    by_class: dict[str, Any] = {}
    for name in classes:
        of_class = dataclasses.replace(plan, classes=(name,))
        half = prepare(of_class, cache_folder(), lambda *_: None, lambda: prepared.task)
        by_class[name] = {who: _card_figures(judge(one, half, CPU, "fp32")[0], plan) for who, one in networks.items()}
    metric = plan.task.value.class_metric
    if not classes and metric is not None:
        for number in range(prepared.task.num_classes):
            by_class[str(number)] = {
                who: {metric.name: round(f[f"{metric.name}_{number}"], 5)} for who, f in figures.items()
            }
    of_all = {who: _card_figures(one, plan) for who, one in figures.items()}
    return {"figures": of_all, "by_class": by_class or {"the only one": of_all}}


def _card_figures(figures: Mapping[str, float], plan: Plan) -> dict[str, float]:
    """The figures that tables show, rounded to what they are worth."""
    names = ("loss", *(metric.name for metric in plan.task.value.metrics))
    return {name: round(figures[name], 5) for name in names}
