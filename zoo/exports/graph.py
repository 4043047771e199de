"""A network as a list of operations that holds for every size of picture, taken from the model by `torch.export`.

torch.export unrolls a model at one size. Traces at different sizes agree in everything but the numbers that follow
from the size, and each of those must be a share of the height, of the width, or of both, padded or not. Tracing with
symbolic sizes would say the same, but takes minutes for a backbone of timm's, and fails on torch.linspace.
"""

from __future__ import annotations

import dataclasses
import operator
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import torch
from torch import Tensor
from torch.export import ExportedProgram

from zoo.errors import UserError, describe
from zoo.exports.operations import IDENTITIES, IN_PLACE, SUPPORTED
from zoo.network import Network

SIZES = ((2, 3), (3, 5), (5, 2))
"""Heights and widths of the traces, in units of `unit`: no two are equal, so that H and W are told apart."""

PADS = ((1, 3), (2, 1), (3, 2))
"""By how much height and width of the traces are below a multiple: padding is then traced, and each time another."""

LEAST = 32
"""Pixels that a unit has at least, so that no pooling meets an empty map."""

Json = Any
"""What `json.dumps` takes."""


@dataclass(frozen=True)
class Operation:
    """One step of the forward pass.

    Attributes:
        name: unique in its graph.
        op: its name in `zoo.exports.operations`.
        args: its arguments by their names in ATen. A tensor is ``{"node": NAME}`` or ``{"weight": NAME}``; a number
            that follows from the size is ``{"of": "H", "times": [3, 2]}`` for 3H/2; `_Fit` has the letters.
        layer: path of the module that ran it, without that of the model itself.
    """

    name: str
    op: str
    args: Mapping[str, Json]
    layer: str


@dataclass(frozen=True)
class Graph:
    """A network's forward pass, from a picture (1, C, H, W) of levels 0 to 255 to logits (1, K, H, W).

    Attributes:
        channels: C.
        multiple: what the network's own padding rounds height and width up to multiples of.
        input: name of the picture.
        output: name of the logits.
        operations: in order of execution.
        weights: the tensors that the operations refer to.
    """

    channels: int
    multiple: int
    input: str
    output: str
    operations: Sequence[Operation]
    weights: Mapping[str, Tensor]

    def to_json(self) -> Json:
        """All but the weights' values."""
        return {
            "channels": self.channels,
            "multiple": self.multiple,
            "input": self.input,
            "output": self.output,
            "operations": [vars(operation) for operation in self.operations],
        }


def trace(network: Network, channels: int, name: str) -> Graph:
    """The graph of a network in evaluation mode.

    Args:
        network: from uint8 pictures (N, C, H, W) to logits (N, K, H, W).
        channels: C.
        name: what errors call the network.

    Raises:
        UserError: if torch cannot trace it, it uses an operation that the page cannot compute, or its operations depend
            on the size in another way than the page knows.
    """
    multiple = int(network.preprocess.encode(torch.zeros(1, channels, 1, 1, dtype=torch.uint8)).shape[-1])
    unit = -(-LEAST // multiple) * multiple
    units = [(unit * height, unit * width) for height, width in SIZES]
    sizes = [
        (height - pad[0] % multiple, width - pad[1] % multiple)
        for (height, width), pad in zip(units, PADS, strict=True)
    ]
    if multiple == 2:  # all odd, so that every trace pads both; `_mark_padding` tells this from padding of every size
        sizes = [(height - 1, width - 1) for height, width in units]
    programs = [_export(network, channels, size, name) for size in sizes]
    readers = [_Reader(program, name) for program in programs]
    steps = [reader.operations() for reader in readers]
    if any([step.op for step in other] != [step.op for step in steps[0]] for other in steps[1:]):
        raise UserError(f"{name} runs other operations at other sizes of a picture, which a page cannot follow.")
    fit = _Fit(sizes, multiple, name)
    operations = [
        dataclasses.replace(same[0], args=fit([step.args for step in same])) for same in zip(*steps, strict=True)
    ]
    if multiple == 2:
        even = _Reader(_export(network, channels, units[0], name), name).operations()
        operations = _mark_padding(operations, even, name)
    return Graph(channels, multiple, readers[0].input, readers[0].output, operations, readers[0].weights)


def _mark_padding(odd: Sequence[Operation], even: Sequence[Operation], name: str) -> list[Operation]:
    """Operations that hold for odd and even sizes: padding by 1 that even sizes lack follows from the size.

    Args:
        odd: what was traced at odd heights and widths.
        even: the same at even ones, where padding and its removal may be missing.
        name: what errors call the network.
    """
    rest = list(even)
    marked = []
    for step in odd:
        same = rest and rest[0].op == step.op and (step.op != "pad" or rest[0].args["pad"] == step.args["pad"])
        if same:
            rest.pop(0)
        elif step.op == "pad":
            axes = ("W-w", "H-h")  # the last axis comes first, each with its two ends
            pad = [
                {"of": axes[place // 2], "times": [1, 1]} if amount else 0
                for place, amount in enumerate(step.args["pad"])
            ]
            step = dataclasses.replace(step, args={**step.args, "pad": pad})
        elif step.op != "slice":
            break
        marked.append(step)
    if rest or len(marked) < len(odd):
        raise UserError(f"{name} runs other operations at other sizes of a picture, which a page cannot follow.")
    return marked


def _export(network: Network, channels: int, size: tuple[int, int], name: str) -> ExportedProgram:
    picture = torch.zeros(1, channels, *size, dtype=torch.uint8)
    try:
        with torch.no_grad():
            return torch.export.export(network, (picture,), strict=False)
    except Exception as error:  # whatever a stranger's model raises
        raise UserError(f"torch.export cannot trace {name}: {describe(error)[:300]}") from error


class _Reader:
    """Reads one exported program.

    Attributes:
        input: name of the picture.
        output: name of the logits.
        weights: tensors by name, of those that are used.
    """

    def __init__(self, program: ExportedProgram, name: str) -> None:
        self.name = name
        self.input = ""
        self.weights: dict[str, Tensor] = {}
        self._places: dict[str, Json] = {}
        self._nodes = list(program.graph.nodes)
        values = {**program.state_dict, **program.constants}
        for spec in program.graph_signature.input_specs:
            if spec.target is None:
                self.input = spec.arg.name
                self._places[spec.arg.name] = {"node": spec.arg.name}
            else:
                weight = spec.target.removeprefix("model.")
                self.weights[weight] = values[spec.target].detach()
                self._places[spec.arg.name] = {"weight": weight}
        (result,) = next(node for node in self._nodes if node.op == "output").args[0]
        self._result = result.name
        self.output = ""

    def operations(self) -> list[Operation]:
        """What the program does, without what changes nothing."""
        steps = list(self._steps())
        self.output = self._places[self._result]["node"]
        used = set(_weights(step.args for step in steps))
        self.weights = {name: value for name, value in self.weights.items() if name in used}
        return steps

    def _steps(self) -> Iterator[Operation]:
        for node in self._nodes:
            if node.op != "call_function" or "_assert" in str(node.target):
                continue
            op, args = self._call(node)
            if op in IDENTITIES:
                self._places[node.name] = next(value for value in args.values() if _is_tensor(value))
                continue
            if op not in SUPPORTED:
                raise UserError(f"{self.name} uses {node.target}, which a page cannot compute; nothing was written.")
            self._places[node.name] = {"node": node.name}
            yield Operation(node.name, op, args, _layer(node))

    def _call(self, node: torch.fx.Node) -> tuple[str, dict[str, Json]]:
        """An operation's name and its arguments by name, defaults included."""
        if node.target is operator.getitem:
            return "getitem", {"self": self._plain(node.args[0]), "index": node.args[1]}
        schema = getattr(node.target, "_schema", None)
        if schema is None:
            raise UserError(f"{self.name} uses {node.target}, which a page cannot compute; nothing was written.")
        args = {}
        for place, argument in enumerate(schema.arguments):
            value = node.args[place] if place < len(node.args) else node.kwargs.get(argument.name)
            if value is None and argument.has_default_value():
                value = argument.default_value
            args[argument.name] = self._plain(value)
        op = schema.name.partition("::")[2]
        return IN_PLACE.get(op, op), args

    def _plain(self, value: Any) -> Json:
        if isinstance(value, torch.fx.Node):
            return self._places[value.name]
        if isinstance(value, list | tuple):
            return [self._plain(item) for item in value]
        if isinstance(value, torch.dtype):
            return "float" if value.is_floating_point else "int"
        return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def _is_tensor(value: Json) -> bool:
    return isinstance(value, dict) and ("node" in value or "weight" in value)


def _weights(value: Any) -> Iterator[str]:
    """Names of the weights that arguments refer to."""
    if isinstance(value, Mapping):
        if "weight" in value and isinstance(value["weight"], str):
            yield value["weight"]
        else:
            yield from _weights(value.values())
    elif not isinstance(value, str | int | float | None):
        for item in value:
            yield from _weights(item)


def _layer(node: torch.fx.Node) -> str:
    """Path of the module that ran an operation, below the model."""
    stack = node.meta.get("nn_module_stack") or {}
    path = next(reversed(list(stack.values())), ("",))[0] if stack else ""
    return path.removeprefix("L['self'].").removeprefix("model.") if path != "model" else ""


class _Fit:
    """Joins the arguments of one operation at several sizes into one that holds for all.

    Numbers are shares of one of these scales: height and width of the picture (``h``, ``w``, ``hw``), the same rounded
    up to multiples (``H``, ``W``, ``HW``), and what was added to get there (``H-h``, ``W-w``).
    """

    def __init__(self, sizes: Sequence[tuple[int, int]], multiple: int, name: str) -> None:
        self.name = name
        padded = [(-(-height // multiple) * multiple, -(-width // multiple) * multiple) for height, width in sizes]
        both = list(zip(sizes, padded, strict=True))
        self.scales = {
            "h": [h for h, _ in sizes],
            "w": [w for _, w in sizes],
            "H": [h for h, _ in padded],
            "W": [w for _, w in padded],
            "hw": [h * w for h, w in sizes],
            "HW": [h * w for h, w in padded],
            "H-h": [large[0] - small[0] for small, large in both],
            "W-w": [large[1] - small[1] for small, large in both],
        }

    def __call__(self, values: Sequence[Any]) -> Json:
        first = values[0]
        if isinstance(first, Mapping):
            return {key: self([value[key] for value in values]) for key in first}
        if isinstance(first, list):
            return [self(items) for items in zip(*values, strict=True)]
        if all(value == first for value in values):
            return first
        for of, scale in self.scales.items():
            if 0 in scale:
                continue
            ratios = {Fraction(value) / by for value, by in zip(values, scale, strict=True)}
            if len(ratios) == 1:
                (ratio,) = ratios
                return {"of": of, "times": [ratio.numerator, ratio.denominator]}
        raise UserError(f"{self.name} uses sizes {list(values)} that are no multiple of the picture's; a page cannot.")
