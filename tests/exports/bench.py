"""Runs exported graphs in a browser, and what torch says of the same."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from zoo.api import Preprocess
from zoo.exports.graph import Graph, trace
from zoo.exports.html import engine
from zoo.exports.weights import pack
from zoo.network import Network, build_network
from zoo.registry import Registry

from ..browser import Page

SCRIPT = """
const network = new Network(GRAPH, WEIGHTS);
const text = (values) => {
  const bytes = new Uint8Array(Float32Array.from(values).buffer);
  let characters = "";
  for (let at = 0; at < bytes.length; at += 32768) characters += String.fromCharCode(...bytes.subarray(at, at + 32768));
  return btoa(characters);
};
async function run(levels, height, width) {
  const { buffer } = bytesOf(levels), input = network.input(new Uint8Array(buffer), height, width);
  return network.run(input);
}
async function logits(levels, height, width) {
  return text((await run(levels, height, width)).logits.data);
}
async function maps(levels, height, width) {
  const pass = await run(levels, height, width);
  const tensors = [...pass.values].filter(([, value]) => value instanceof Tensor);
  return tensors.map(([name, value]) => [name, text(value.data)]);
}
async function gradient(levels, height, width, place, structural) {
  const pass = await run(levels, height, width), seed = new Float32Array(pass.logits.data.length);
  seed[place] = 1;
  return text(pass.gradients(GRAPH.output, seed, structural).get(GRAPH.input) || []);
}
"""


class Bench:
    """A browser in which one graph at a time is loaded."""

    def __init__(self, page: Page, folder: Path) -> None:
        self.page, self.folder, self.count = page, folder, 0

    def load(self, graph: Graph, change: Callable[[str], str] = lambda script: script) -> None:
        """Open a page that holds a graph; `change` may plant an error in the engine."""
        self.count += 1
        path = self.folder / f"{self.count}.html"
        data = f"const GRAPH = {json.dumps(graph.to_json())}, WEIGHTS = {json.dumps(pack(graph.weights))};"
        icon = '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">'
        path.write_text(f"{icon}<script>{change(engine())}\n{data}\n{SCRIPT}</script>", encoding="utf-8")
        self.page.open(path.as_uri())
        assert self.page.complaints() == []

    def logits(self, picture: Tensor) -> Tensor:
        """Of a picture, uint8 (1, C, H, W): (1, K, H, W)."""
        height, width = picture.shape[-2:]
        return floats(self.page.run(f"logits({_levels(picture)}, {height}, {width})")).view(1, -1, height, width)

    def maps(self, picture: Tensor) -> dict[str, Tensor]:
        """What every operation puts out, flat."""
        computed = self.page.run(f"maps({_levels(picture)}, {picture.shape[-2]}, {picture.shape[-1]})")
        return {name: floats(values) for name, values in computed}

    def gradient(self, picture: Tensor, place: int, *, structural: bool = False) -> Tensor:
        """Of one logit by the picture's levels, flat; structurally, on which of them it depends."""
        size = f"{picture.shape[-2]}, {picture.shape[-1]}"
        return floats(self.page.run(f"gradient({_levels(picture)}, {size}, {place}, {json.dumps(structural)})"))


def floats(text: str) -> Tensor:
    """Base64 to values."""
    return torch.from_numpy(np.frombuffer(base64.b64decode(text), np.float32).copy())


def intermediate(network: Network, picture: Tensor) -> dict[str, Tensor]:
    """What every operation of torch's own trace puts out for a picture, by the trace's names."""
    program = torch.export.export(network, (picture,), strict=False)
    module = program.module()
    computed: dict[str, Tensor] = {}

    class Recorder(torch.fx.Interpreter):
        def run_node(self, node: torch.fx.Node) -> Any:
            value = super().run_node(node)
            if isinstance(value, Tensor):
                computed[node.name] = value.clone()  # the next operation may write into it
            return value

    with torch.no_grad():
        Recorder(module).run(picture)
    return computed


class Raw(Preprocess):
    """Levels / 255, at any size."""

    def __init__(self, channels: int) -> None:
        self.channels = channels

    def encode(self, picture_NCHW: Tensor) -> Tensor:
        return picture_NCHW.float() / 255

    def decode(self, logits_NKHW: Tensor, height: int, width: int) -> Tensor:
        return logits_NKHW


class Unchecked(Network):
    """A network whose answer may have any size."""

    def forward(self, x: Any) -> Tensor:
        return self.model(self.preprocess.encode(x))


def traced(model: nn.Module, channels: int = 3) -> tuple[Network, Graph]:
    """A model behind levels / 255, and its graph."""
    network = Unchecked(Raw(channels), model, 1).eval()
    return network, trace(network, channels, type(model).__name__)


def make(registry: Registry, name: str, settings: dict[str, object]) -> tuple[Network, int]:
    """An untrained network whose buffers are not the trivial ones, and the channels of its pictures."""
    torch.manual_seed(0)
    architecture = registry.architecture(name).value
    task = registry.task(architecture.tasks[0]).value
    config = registry.configure(architecture.config(), settings)
    network = build_network(architecture, config, task, 24 if task.channels == 1 else 2)
    for buffer in network.buffers():
        if buffer.is_floating_point():
            buffer.uniform_(0.2, 1.2)
    for parameter in network.parameters():  # a layer that starts at zero would hide what it computes
        if not parameter.any():
            nn.init.normal_(parameter, std=0.1)
    return network.eval(), task.channels


def _levels(picture: Tensor) -> str:
    return json.dumps(base64.b64encode(picture.contiguous().numpy().tobytes()).decode("ascii"))
