"""Which module is running, and whose row an operation belongs in."""

from __future__ import annotations

import math
from collections import Counter as Tally
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor, nn
from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook

from zoo.api.memory import storage_key
from zoo.complexity.counting.provenance import Provenance, parameter_keys
from zoo.complexity.counting.rows import Count, Row
from zoo.complexity.counting.rules import tensors_in

ROOT = "model"
"""What the module itself is called where a layer's name would be empty."""

NORMALIZATION_LAYERS = (
    nn.BatchNorm1d,
    nn.BatchNorm2d,
    nn.BatchNorm3d,
    nn.SyncBatchNorm,
    nn.InstanceNorm1d,
    nn.InstanceNorm2d,
    nn.InstanceNorm3d,
    nn.LayerNorm,
    nn.GroupNorm,
    nn.RMSNorm,
    nn.LocalResponseNorm,
)
"""Layers whose products are a normalization's, however torch or a subclass computes them."""

_LABELS = {"convolution": "conv", "native_batch_norm": "batch_norm", "max_pool2d_with_indices": "max_pool2d"}


@dataclass
class _Frame:
    """A module that is running.

    Attributes:
        path: its name in the network.
        whole: whether all that it computes is one row.
        calls: how often each operation has run in it, for the names of rows.
        computed: whether it did more than pass its input on.
    """

    path: str
    whole: bool
    normalization: bool
    calls: Tally[str] = field(default_factory=Tally)
    computed: bool = False


class ModuleStack:
    """Follows the modules that run; a context manager.

    Args:
        module: the network.
        count: where the rows go.
    """

    def __init__(self, module: nn.Module, count: Count) -> None:
        self._module = module
        self._count = count
        self._paths = {id(child): path or ROOT for path, child in module.named_modules()}
        self._frames = [_Frame(ROOT, False, False)]
        self._parameters = parameter_keys(module)
        self._claimed: dict[str, str] = {}

    # --- following modules ---

    def __enter__(self) -> ModuleStack:
        self._handles = [
            register_module_forward_pre_hook(self._enter),
            register_module_forward_hook(self._leave),
        ]
        return self

    def __exit__(self, *error: object) -> None:
        for handle in self._handles:
            handle.remove()

    def _enter(self, module: nn.Module, args: Any) -> None:
        path = self._paths.get(id(module))
        if path is None:  # made on the fly: what it does is its maker's
            path = self._frames[-1].path
        normalization = isinstance(module, NORMALIZATION_LAYERS)
        whole = normalization or not any(True for _ in module.children())
        self._frames.append(_Frame(path, whole, normalization))
        if whole:
            row = self._count.row(path)
            row.calls += 1
            if normalization:
                row.be("normalization")

    def _leave(self, module: nn.Module, args: Any, output: Any) -> None:
        frame = self._frames.pop()
        if frame.whole:
            tensors = tensors_in(output)
            if tensors:
                row = self._count.row(frame.path)
                row.shape = tuple(tensors[0].shape[1:])
                if frame.computed:
                    row.outputs += sum(math.prod(tensor.shape) for tensor in tensors)

    def enter_loss(self, name: str) -> None:
        """Note that what runs from now on is the loss, and no longer the network."""
        self._frames.append(_Frame(name, True, False))

    # --- what the counter asks ---

    def where(self) -> str:
        """The module that is running, for messages."""
        return self._frames[-1].path

    def in_normalization(self) -> bool:
        """Whether what runs now is inside a normalization layer."""
        return any(frame.normalization for frame in self._frames)

    def computed(self) -> None:
        """Note that the running module computes something."""
        self._frames[-1].computed = True

    def row(self, operation: str, out: Tensor | tuple[Tensor, ...] | None) -> Row:
        """The row that an operation belongs in.

        Args:
            operation: its name.
            out: its output if that is a layer's output, or None.
        """
        frame = self._frames[-1]
        if frame.whole:
            return self._count.row(frame.path)
        label = _LABELS.get(operation, operation.strip("_"))
        frame.calls[label] += 1
        number = f"#{frame.calls[label]}" if frame.calls[label] > 1 else ""
        row = self._count.row(f"{frame.path}:{label}{number}")
        row.calls += 1
        if out is not None:
            first = tensors_in(out)[0]
            row.shape = tuple(first.shape[1:])
            row.outputs += math.prod(first.shape)
        return row

    # --- parameters ---

    def is_parameter(self, key: int) -> bool:
        """Whether the memory of that key is a parameter's."""
        return key in self._parameters

    def claim(self, row: Row, weights: Iterable[int]) -> None:
        """Give the parameters that a module with children uses itself to the row that uses them first."""
        for key in weights:
            name = self._parameters.get(key)
            if name and (name.rpartition(".")[0] or ROOT) == self._frames[-1].path:
                self._claimed.setdefault(name, row.layer)

    def assign_parameters(self, provenance: Provenance) -> None:
        """Put every parameter into its row, once, as weights or as biases."""
        visited: set[int] = set()
        for name, parameter in self._module.named_parameters():
            key = storage_key(parameter)
            if key in visited:
                continue
            visited.add(key)
            path, _, last = name.rpartition(".")
            row = self._count.row(self._claimed.get(name, path or ROOT))
            used = key in provenance.added or key in provenance.multiplied
            bias = key not in provenance.multiplied if used else "bias" in last
            if bias:
                row.biases += parameter.numel()
            else:
                row.weights += parameter.numel()
