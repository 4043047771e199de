"""What is counted: an architecture of the zoo, somebody's module, or a model of timm or torchvision."""

from __future__ import annotations

import copy
import dataclasses
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from zoo.api import Architecture, LayerCost
from zoo.complexity.counting.counter import UncountedOperationError, count
from zoo.complexity.counting.meta import MetaMode, meta_copy
from zoo.complexity.counting.rows import Count
from zoo.complexity.deriving.axes import Axis, Point
from zoo.config import Config, fields_of
from zoo.errors import UserError

_SIZE_START = 96
"""Where formulas in H and W are looked for: above what the deepest poolings and the widest kernels spoil."""


class Subject:
    """Something to count, at any point of its symbols.

    Args:
        name: what it is called.
        axes: its symbols, in the order in which formulas are written.
        build: makes the module at a point; called under the meta device.
        registered: formulas that were derived by hand.
        channels: how many channels its input has, where that is no symbol.
        examples: what it takes where that is no picture; it is counted for these only.
    """

    def __init__(
        self,
        name: str,
        axes: tuple[Axis, ...],
        build: Callable[[Point], nn.Module],
        registered: tuple[LayerCost, ...] = (),
        channels: int = 0,
        examples: tuple[Any, ...] = (),
    ) -> None:
        self.name = name
        self.axes = axes
        self.registered = registered
        self.symbols = tuple(axis.symbol for axis in axes)
        self.point = {axis.symbol: axis.value for axis in axes}
        self.failure = ""
        self._error: Exception | None = None
        self.derivations: dict[int, Any] = {}
        self._build = build
        self._channels = channels
        self._examples = examples
        self._modules: OrderedDict[tuple[int, ...], nn.Module] = OrderedDict()
        self._counts: dict[tuple[int, ...], Count | None] = {}

    def module(self, point: Point) -> nn.Module:
        """The module at a point, on the meta device."""
        settings = tuple(value for symbol, value in point.items() if symbol not in ("H", "W"))
        if settings not in self._modules:
            self._modules[settings] = self.build(point)
            if len(self._modules) > 4:
                self._modules.popitem(last=False)
        return self._modules[settings]

    def build(self, point: Point) -> nn.Module:
        """A new module at a point, on the meta device."""
        with torch.device("meta"), MetaMode():  # type: ignore[no-untyped-call]
            return self._build(point)

    def real_module(self, point: Point) -> nn.Module:
        """The module at a point, with weights, on the CPU."""
        return self._build(point)

    def input_shape(self, point: Point, batch: int = 1) -> tuple[int, int, int, int]:
        """The shape of a batch of pictures, (N, NIC, H, W)."""
        return batch, point.get("NIC", self._channels), point["H"], point["W"]

    def inputs(self, point: Point) -> tuple[Any, ...]:
        """What the module takes, without data: one picture, or the examples that were given."""
        return self._examples or (torch.empty(self.input_shape(point), device="meta"),)

    def at(self, point: Point) -> Count | None:
        """Count at a point; None if the network cannot be built or run there, and `failure` says why.

        Raises:
            UncountedOperationError: if an operation has no counting rule.
        """
        key = tuple(point[symbol] for symbol in self.symbols)
        if key not in self._counts:
            self._counts[key] = self._run(point)
        return self._counts[key]

    def now(self) -> Count:
        """The count at the current configuration.

        Raises:
            UserError: if the network cannot run there.
        """
        result = self.at(self.point)
        if result is not None:
            return result
        if isinstance(self._error, UserError):
            raise self._error
        if self._examples:
            raise UserError(f"{self.name} cannot run on the example inputs: {self.failure}")
        height, width = self.point["H"], self.point["W"]
        raise UserError(f"{self.name} cannot run on pictures of {height}x{width}: {self.failure}{self._nearby()}")

    def moved(self, point: Point) -> Subject:
        """The same subject, with another current configuration."""
        axes = tuple(dataclasses.replace(axis, value=point[axis.symbol]) for axis in self.axes)
        return Subject(self.name, axes, self._build, self.registered, self._channels)

    def observations(self) -> list[tuple[dict[str, int], Count]]:
        """Every count so far, and where it was taken."""
        return [
            (dict(zip(self.symbols, key, strict=True)), count)
            for key, count in self._counts.items()
            if count is not None
        ]

    def _run(self, point: Point) -> Count | None:
        try:
            module = self.module(point).eval()
            with torch.no_grad():
                return count(module, *self.inputs(point))
        except UncountedOperationError:
            raise
        except Exception as error:  # whatever a plugin's code may raise: it does not run at this point
            self._error, self.failure = error, " ".join(str(error).split()) or type(error).__name__
            return None

    def _nearby(self) -> str:
        """The nearest size that works, for the error message."""
        failure = self.failure
        for multiple in (1, 2, 4, 8, 16, 32, 64, 128, 224, 256):
            point = {**self.point, **{s: max(1, -(-self.point[s] // multiple)) * multiple for s in ("H", "W")}}
            if self.at(point) is not None:
                return f" (it runs at {point['H']}x{point['W']})"
        self.failure = failure
        return ""


def of_architecture(
    architecture: Architecture[Any],
    config: Config,
    in_channels: int,
    num_classes: int,
    height: int,
    width: int,
) -> Subject:
    """An architecture of the zoo, with every setting that has a symbol as a symbol."""
    fields: dict[str, str] = {}
    settings = []
    for name, kind, setting in fields_of(type(config)):
        if kind is int and setting.symbol:
            fields[setting.symbol] = name
            settings.append(
                Axis(
                    setting.symbol,
                    getattr(config, name),
                    low=1 if setting.low is None else int(setting.low),
                    high=None if setting.high is None else int(setting.high),
                    odd=setting.odd,
                    choices=tuple(int(choice) for choice in setting.choices),
                    what=name,
                )
            )
    small = [axis for axis in settings if axis.symbol.islower()]
    large = [axis for axis in settings if not axis.symbol.islower()]
    axes = [
        *small,
        Axis("NIC", in_channels, what="input channels"),
        *large,
        Axis("NC", num_classes, what="classes"),
        *sizes(height, width),
    ]

    def build(point: Mapping[str, int]) -> nn.Module:
        changes = {name: point[symbol] for symbol, name in fields.items()}
        plain = all(isinstance(value, int) for value in changes.values())
        changed = dataclasses.replace(config, **changes) if plain else _with_sizes(config, changes)
        return architecture.build(changed, point["NIC"], point["NC"])

    registered = tuple(architecture.complexity(config) or ())
    return Subject(architecture.name, tuple(axes), build, registered)


def _with_sizes(config: Config, sizes: Mapping[str, Any]) -> Config:
    """A config whose settings are sizes that stand for all their values; its checks know numbers only."""
    changed = copy.copy(config)
    for name, size in sizes.items():
        object.__setattr__(changed, name, size)
    return changed


def of_module(module: nn.Module, in_channels: int, height: int, width: int, name: str = "") -> Subject:
    """Somebody's module; it is copied to the meta device, and itself left alone.

    Raises:
        UserError: if it holds something that cannot be counted.
    """
    refuse_uncountable(module)
    light = meta_copy(module)
    _settle_lazy(light, (torch.empty(1, in_channels, height, width, device="meta"),))
    subject = Subject(name or type(module).__name__, sizes(height, width), lambda point: light, (), in_channels)
    subject.real_module = lambda point: copy.deepcopy(module)  # type: ignore[method-assign]
    return subject


def of_examples(module: nn.Module, examples: tuple[Any, ...]) -> Subject:
    """Somebody's module, for inputs that are no picture; there are no symbols, so counts and no formulas.

    Args:
        module: the module, which is left alone.
        examples: its positional arguments: tensors, nested in lists, tuples and dicts, with one sample each.

    Raises:
        UserError: if it holds something that cannot be counted.
    """
    refuse_uncountable(module)
    light, inputs = meta_copy(module), tuple(_without_data(example) for example in examples)
    _settle_lazy(light, inputs)
    return Subject(type(module).__name__, (), lambda point: light, examples=inputs)


def _without_data(value: Any) -> Any:
    if isinstance(value, Tensor):
        return torch.empty_like(value, device="meta")
    if isinstance(value, dict):
        return {key: _without_data(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_without_data(item) for item in value)
    return value


def _settle_lazy(module: nn.Module, inputs: tuple[Any, ...]) -> None:
    """Let lazy layers take the size that their first input asks for."""
    if any(map(is_lazy, [*module.parameters(), *module.buffers()])):
        with torch.no_grad(), suppress(Exception):  # what fails here fails again when it is counted
            module.eval()(*inputs)


def refuse_uncountable(module: nn.Module) -> None:
    """Refuse modules that do not run operation by operation on tensors of any device.

    Raises:
        UserError: if there is one.
    """
    for path, child in module.named_modules():
        if isinstance(child, torch.jit.ScriptModule):
            raise UserError(
                f"{path or 'the module'} is compiled by TorchScript, which hides its layers: give the module that "
                "it was made of."
            )
    for name, weight in [*module.named_parameters(), *module.named_buffers()]:
        if weight.layout != torch.strided:
            raise UserError(f"{name} is a sparse tensor ({weight.layout}): only dense weights are counted.")


def random_input(subject: Subject, point: Point, batch: int) -> Tensor:
    """A batch to measure with at a point: values in 0..1, float (N, NIC, H, W)."""
    generator = torch.Generator().manual_seed(0)
    return torch.rand(subject.input_shape(point, batch), generator=generator)


def sizes(height: int, width: int) -> tuple[Axis, Axis]:
    """The symbols H and W of a picture.

    Raises:
        UserError: if there is no such picture.
    """
    for name, size in (("height", height), ("width", width)):
        if size < 1:
            raise UserError(f"--{name} must be at least 1, not {size}.")
    return (
        Axis("H", height, start=_SIZE_START, what="height of the picture"),
        Axis("W", width, start=_SIZE_START, what="width of the picture"),
    )
