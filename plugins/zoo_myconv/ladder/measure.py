"""What `conv-ladder` measures of every rung beside nn.Conv2d: time, saved bytes, peak memory, error, connections."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from zoo_myconv.geometry import Geometry
from zoo_myconv.layer import implemented_by
from zoo_myconv.memory import peak_bytes, saved_bytes, wanted

if TYPE_CHECKING:
    from zoo.api import Context, Measured

TORCH = "nn.Conv2d"


@dataclass(frozen=True)
class Layer:
    """A convolution as the course's network has it: kernel 3, stride 1, padding 1, square pictures.

    Attributes:
        inputs: channels in.
        outputs: channels out.
        size: height and width, in pixels.
        first: whether its input is the picture, which needs no gradient.
    """

    inputs: int
    outputs: int
    size: int
    first: bool = False

    @property
    def name(self) -> str:
        """Such as ``32>64 @16``."""
        return f"{self.inputs}>{self.outputs} @{self.size}"

    @property
    def connections(self) -> int:
        """Multiply-adds for one picture, padding taps counted."""
        geometry = Geometry((3, 3), padding=(1, 1))
        return geometry.connections((1, self.inputs, self.size, self.size), (self.outputs, self.inputs, 3, 3))


COURSE_LAYERS = (
    Layer(1, 32, 32, first=True),
    Layer(32, 64, 16),
    Layer(64, 64, 8),
    Layer(64, 32, 8),
    Layer(32, 24, 16),
    Layer(24, 24, 32),
)
"""The six convolutions of the course's baseline at NF=32, NC=24, NIC=1 and 32x32 pixels."""


@dataclass(frozen=True)
class RungOnLayer:
    """One rung on one layer.

    Attributes:
        rung: its name, or `TORCH`.
        layer: the layer's name.
        forward_s: seconds for a forward pass of the batch, the median of all rounds.
        both_s: seconds for forward and backward, the median of all rounds.
        saved_bytes: what autograd keeps between them.
        peak_bytes: the most that tensors took at one time during forward and backward, inputs and weights excepted.
            Memory that a kernel takes and returns within itself is not seen, of torch's convolution neither.
        error: largest difference of an output to nn.Conv2d in double precision.
        connections: multiply-adds for one picture, counted by `count_connections`.
    """

    rung: str
    layer: str
    forward_s: float
    both_s: float
    saved_bytes: int
    peak_bytes: int
    error: float
    connections: int


@dataclass(frozen=True)
class Ladder:
    """All measurements of a run, and what they were made with."""

    batch_size: int
    threads: int
    measurements: tuple[RungOnLayer, ...]

    def of(self, rung: str) -> list[RungOnLayer]:
        """A rung's measurements, in the order of the layers."""
        return [measured for measured in self.measurements if measured.rung == rung]

    def ratio(self, rung: str, quantity: str) -> float:
        """Geometric mean over the layers of a quantity, such as ``both_s``, in units of nn.Conv2d's."""
        pairs = zip(self.of(rung), self.of(TORCH), strict=True)
        logs = [math.log(getattr(mine, quantity) / getattr(theirs, quantity)) for mine, theirs in pairs]
        return math.exp(sum(logs) / len(logs))


def measure(
    rungs: Sequence[str],
    layers: Sequence[Layer] = COURSE_LAYERS,
    batch_size: int = 100,
    rounds: int = 10,
    channels_last: bool = False,
) -> Ladder:
    """Measure rungs and nn.Conv2d, turn and turn about, on random pictures.

    Args:
        rungs: their names, in the order of the report; ``loops`` is timed once, for it takes seconds.
        layers: the shapes to measure.
        batch_size: pictures in a batch.
        rounds: how often each is timed; the median counts.
        channels_last: whether the pictures lie in memory that way.

    Raises:
        UserError: if there is no such rung.
    """
    names = [TORCH, *rungs]
    classes: dict[str, Callable[..., nn.Module]] = {TORCH: nn.Conv2d, **{name: implemented_by(name) for name in rungs}}
    measurements: list[RungOnLayer] = []
    for layer in layers:
        measurements += _measure_layer(layer, classes, batch_size, rounds, channels_last)
    ordered = sorted(measurements, key=lambda measured: names.index(measured.rung))
    return Ladder(batch_size, torch.get_num_threads(), tuple(ordered))


def climb(
    context: Context, *, layer: list[int], first: bool, rungs: list[str], batch_size: int, rounds: int
) -> Measured:
    """Measure rungs and nn.Conv2d on one layer, as a part of the experiment `conv-ladder`.

    Args:
        context: given to every measurement.
        layer: its channels in, its channels out, and the height and width of its pictures.
        first: whether its input is the picture.
        rungs: see `measure`.
        batch_size: pictures in a batch.
        rounds: see `measure`.

    Returns:
        ``layer``, its name; ``connections``, by the formula; ``threads``; and what was measured, by rung.
    """
    inputs, outputs, size = layer
    shape = Layer(inputs, outputs, size, first)
    ladder = measure(rungs, [shape], batch_size, rounds)
    return {
        "layer": shape.name,
        "connections": shape.connections,
        "threads": ladder.threads,
        "rungs": {measured.rung: asdict(measured) for measured in ladder.measurements},
    }


def _measure_layer(
    layer: Layer, classes: Mapping[str, Callable[..., nn.Module]], batch_size: int, rounds: int, channels_last: bool
) -> list[RungOnLayer]:
    generator = torch.Generator().manual_seed(0)
    form = torch.channels_last if channels_last else torch.contiguous_format
    x = torch.randn(batch_size, layer.inputs, layer.size, layer.size, generator=generator)
    x = x.contiguous(memory_format=form).requires_grad_(not layer.first)
    convs = {name: kind(layer.inputs, layer.outputs, 3, padding=1) for name, kind in classes.items()}
    for conv in convs.values():
        conv.load_state_dict(convs[TORCH].state_dict())
    with torch.no_grad():
        exact = copy.deepcopy(convs[TORCH]).double()(x.double())
        g = torch.randn(exact.shape, generator=generator).contiguous(memory_format=form)
        errors = {name: float((conv(x) - exact).abs().max()) for name, conv in convs.items()}
    times = _time(x, g, convs, rounds)
    return [
        RungOnLayer(
            name,
            layer.name,
            *times[name],
            saved_bytes=saved_bytes(conv, x),
            peak_bytes=peak_bytes(conv, x, g),
            error=errors[name],
            connections=count_connections(classes[name], layer),
        )
        for name, conv in convs.items()
    ]


def _time(x: Tensor, g: Tensor, convs: dict[str, nn.Module], rounds: int) -> dict[str, tuple[float, float]]:
    """Median seconds of forward, and of forward and backward, of every layer."""
    turns: dict[str, list[tuple[float, float]]] = {name: [] for name in convs}
    for turn in range(rounds + 1):  # the first turn warms up
        for name, conv in convs.items():
            if name == "loops" and turn > 0:
                continue
            elapsed_s = _once(x, g, conv)
            if turn > 0 or name == "loops":
                turns[name].append(elapsed_s)
    return {name: (median(t[0] for t in times), median(t[1] for t in times)) for name, times in turns.items()}


def _once(x: Tensor, g: Tensor, conv: nn.Module) -> tuple[float, float]:
    start = time.perf_counter()
    y = conv(x)
    middle = time.perf_counter()
    torch.autograd.grad(y, wanted(x, conv), g)
    return middle - start, time.perf_counter() - start


def count_connections(kind: Callable[..., nn.Module], layer: Layer) -> int:
    """Count a layer's connections by using them: with every input and every weight one, each adds one to the output.

    The padding is given as ones, so that padding taps count; the sum over all outputs, in double precision, is then the
    number of connections, however the layer computes it.
    """
    conv = kind(layer.inputs, layer.outputs, 3, bias=False, dtype=torch.float64)
    nn.init.ones_(next(conv.parameters()))
    with torch.no_grad():
        ones = torch.ones(1, layer.inputs, layer.size + 2, layer.size + 2, dtype=torch.float64)
        return round(float(conv(ones).sum()))
