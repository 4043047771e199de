"""What every architecture must do, as checks: each takes a registry entry and a task, and raises AssertionError.

Use them with pytest::

    @pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
    def test_contract(check):
        check(Entry("mine", "mine", MyArchitecture()), Colorization())
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import torch

from zoo import complexity
from zoo.api import Architecture, Convolution, Entry, Preprocess, Task
from zoo.config import fields_of
from zoo.network import build_network

CLASSES = 5
SIZES = ((16, 16), (17, 23))
"""Height and width of the pictures that are tried: a usual size and an awkward one."""


def check_plain_data(entry: Entry[Architecture[Any]], task: Task[Any]) -> None:
    """Name, summary and tasks are there, and its config is frozen and explains every field."""
    architecture = entry.value
    assert architecture.summary, f"{entry.address} has no summary"
    assert architecture.citation, f"{entry.address} has no citation: say where it comes from, or that it is your own"
    parameters: Any = getattr(architecture.config, "__dataclass_params__")  # noqa: B009 -- no public way to ask
    assert parameters.frozen, f"{architecture.config.__name__} is not a frozen dataclass"
    for name, kind, known in fields_of(architecture.config):
        allowed = (int, float, bool, str, Convolution)
        assert kind in allowed, f"{name} is of type {kind}; it must be int, float, bool, str or Convolution"
        assert known.help, f"{name} has no help: make it with zoo.api.setting"


def check_logits(entry: Entry[Architecture[Any]], task: Task[Any]) -> None:
    """For pictures of any size there is one finite score for every class of every pixel."""
    network = build_network(entry.value, entry.value.config(), task, CLASSES).eval()
    for height, width in SIZES:
        picture = torch.randint(0, 256, (2, task.channels, height, width), dtype=torch.uint8)
        with torch.inference_mode():
            logits = network(picture)
        assert logits.shape == (2, CLASSES, height, width), f"{height}x{width} gave logits of {tuple(logits.shape)}"
        assert logits.isfinite().all(), f"{height}x{width} gave logits that are not finite"


def check_preprocess(entry: Entry[Architecture[Any]], task: Task[Any]) -> None:
    """It says how many channels it hands on, hands on that many, and returns to the picture's size."""
    preprocess: Preprocess = entry.value.preprocess(entry.value.config(), task)
    for height, width in SIZES:
        encoded = preprocess.encode(torch.zeros(1, task.channels, height, width, dtype=torch.uint8))
        assert encoded.dtype.is_floating_point, f"encode() gave {encoded.dtype}"
        assert encoded.shape[:2] == (1, preprocess.channels), f"encode() gave {tuple(encoded.shape)}"


def check_meta(entry: Entry[Architecture[Any]], task: Task[Any]) -> None:
    """It builds without memory for its numbers, with the same names and shapes: that is how it is counted."""
    config = entry.value.config()
    channels = entry.value.preprocess(config, task).channels
    with torch.device("meta"):
        empty = entry.value.build(config, channels, CLASSES)
        output = empty.eval()(torch.zeros(1, channels, 16, 16))
    assert output.device.type == "meta", "a tensor was made on another device than torch's current one"
    full = entry.value.build(config, channels, CLASSES)
    assert _shapes(empty) == _shapes(full), "the network differs between the meta device and the CPU"


def check_seed(entry: Entry[Architecture[Any]], task: Task[Any]) -> None:
    """The initial weights follow torch's random state and nothing else."""
    config, built = entry.value.config(), []
    channels = entry.value.preprocess(config, task).channels
    for _ in range(2):
        torch.manual_seed(3)
        built.append(entry.value.build(config, channels, CLASSES).state_dict())
    for name, tensor in built[0].items():
        assert torch.equal(tensor, built[1][name]), f"{name} differs between two builds from one seed"


def check_trains(entry: Entry[Architecture[Any]], task: Task[Any]) -> None:
    """Every weight gets a gradient, or, where it fits in closed form, it fits."""
    network = build_network(entry.value, entry.value.config(), task, CLASSES)
    picture = torch.randint(0, 256, (4, task.channels, 16, 16), dtype=torch.uint8)
    target = torch.randint(0, CLASSES, (4, 16, 16), dtype=torch.uint8)
    if entry.value.closed_form == "all":
        entry.value.fit(network.model, [(network.preprocess.encode(picture), target)])
        return
    torch.autograd.backward(torch.nn.functional.cross_entropy(network(picture), target.long()))
    for name, parameter in network.model.named_parameters():
        if parameter.requires_grad:
            assert parameter.grad is not None, f"{name} gets no gradient: is it used?"


def check_state(entry: Entry[Architecture[Any]], task: Task[Any]) -> None:
    """Weights that are saved and loaded into a fresh network give the same logits."""
    config = entry.value.config()
    first = build_network(entry.value, config, task, CLASSES).eval()
    second = build_network(entry.value, dataclasses.replace(config), task, CLASSES).eval()
    second.load_state_dict(first.state_dict(), strict=True)
    picture = torch.randint(0, 256, (1, task.channels, 16, 16), dtype=torch.uint8)
    with torch.inference_mode():
        assert torch.equal(first(picture), second(picture)), "the weights do not hold all that it computes with"


def check_complexity(entry: Entry[Architecture[Any]], task: Task[Any]) -> None:
    """Its cost can be counted, and every formula that it registers by hand is true."""
    architecture, config = entry.value, entry.value.config()
    channels = architecture.preprocess(config, task).channels
    report = complexity.report(architecture, config, in_channels=channels, num_classes=CLASSES, height=32, width=32)
    assert report.rows, "no layer was counted"
    assert not report.failures, "; ".join(map(str, report.failures))


CHECKS: tuple[Callable[[Entry[Architecture[Any]], Task[Any]], None], ...] = (
    check_plain_data,
    check_preprocess,
    check_logits,
    check_meta,
    check_seed,
    check_trains,
    check_state,
    check_complexity,
)


def _shapes(module: torch.nn.Module) -> dict[str, tuple[int, ...]]:
    return {name: tuple(tensor.shape) for name, tensor in module.state_dict().items()}
