"""Checks of `Architecture.build`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from zoo.api import Architecture, Entry, Task
from zoo.testing.promise import CLASSES, network_of, pictures, require

_EFFECTS = ("os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.system", "socket.connect", "subprocess.Popen")
"""Audit events of what leaves a trace outside; writing files is told from reading them by how they are opened."""

_events: list[list[str]] = []
"""Where effects go at the moment: to nobody, or to the innermost `_effects`."""


def check_closed(entry: Entry[Architecture[Any]], task: Task[Any]) -> None:
    """Building it writes and fetches nothing."""
    config = entry.value.config()
    channels = entry.value.preprocess(config, task).channels
    with _effects() as effects:
        entry.value.build(config, channels, CLASSES)
    require(
        not effects,
        f"build() did this: {', '.join(effects[:3])}",
        "let initialize() fetch weights, and keep the results of work in attributes",
    )


def check_meta(entry: Entry[Architecture[Any]], task: Task[Any]) -> None:
    """It builds without memory for its numbers, with the same names and shapes: that is how it is counted."""
    config = entry.value.config()
    channels = entry.value.preprocess(config, task).channels
    with torch.device("meta"):
        empty = entry.value.build(config, channels, CLASSES)
        output = empty.eval()(torch.zeros(1, channels, 16, 16))
    full = entry.value.build(config, channels, CLASSES)
    change = "make tensors on torch's current device, without device="
    require(output.device.type == "meta", f"under torch.device('meta') it computed on {output.device}", change)
    strays = [name for name, tensor in empty.state_dict().items() if tensor.device.type != "meta"]
    require(not strays, f"{', '.join(strays[:3])} is not on the meta device", change)
    shapes = [{name: tuple(t.shape) for name, t in m.state_dict().items()} for m in (empty, full)]
    change = "let names and shapes depend on the arguments alone"
    require(shapes[0] == shapes[1], "the network differs between the meta device and the CPU", change)


def check_seed(entry: Entry[Architecture[Any]], task: Task[Any]) -> None:
    """The initial weights follow torch's random state and nothing else."""
    first, second = (network_of(entry, task).state_dict() for _ in range(2))
    for name, tensor in first.items():
        equal = torch.equal(tensor, second[name])
        require(equal, f"{name} differs between two builds from one seed", "draw weights with torch's own generator")


def check_apart(entry: Entry[Architecture[Any]], task: Task[Any]) -> None:
    """Two networks share no state."""
    one, other = network_of(entry, task), network_of(entry, task)
    shared = [name for name, module in one.model.named_modules() if module in set(other.model.modules())]
    memory = {tensor.data_ptr() for tensor in _tensors(other) if tensor.numel()}
    shared += [name for name, tensor in one.state_dict().items() if tensor.numel() and tensor.data_ptr() in memory]
    change = "make every layer and every tensor inside build()"
    require(not shared, f"two networks share {', '.join(dict.fromkeys(shared))}", change)
    picture = pictures(task, 2)
    other.eval()
    with torch.no_grad():
        before = other(picture)
        one.train()(picture)
        after = other(picture)
    require(torch.equal(before, after), "using one network changes what another computes", change)


def _tensors(module: nn.Module) -> Iterator[Tensor]:
    yield from module.parameters()
    yield from module.buffers()


@contextmanager
def _effects() -> Iterator[list[str]]:
    """Collect what the body does outside the process, importing modules excepted."""
    if not any(hook is _audit for hook in _installed):
        sys.addaudithook(_audit)  # for good, as Python has no way to take one away
        _installed.append(_audit)
    _events.append([])
    try:
        yield _events[-1]
    finally:
        _events.pop()


_installed: list[object] = []


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if not _events:
        return
    writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
    if (writes or event in _EFFECTS) and not _is_importing():
        _events[-1].append(f"{'write' if writes else event} {arguments[0] if arguments else ''}".strip())


def _is_importing() -> bool:
    frame = sys._getframe()
    while frame.f_back is not None:
        if frame.f_code.co_filename == "<frozen importlib._bootstrap>":
            return True
        frame = frame.f_back
    return False
