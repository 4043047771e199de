"""The masks of all tensors of a forward pass; see `zoo.complexity.counting.padding` for what they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from zoo.complexity.counting import padding, rules
from zoo.complexity.counting.padding import LIMIT, Mask, UnknownMask
from zoo.complexity.counting.pointwise import is_symbolic, names
from zoo.complexity.counting.provenance import Provenance

_ZEROS = names(
    """
    zeros new_zeros zeros_like full new_full
    """
)
_JOINS = {"cat": torch.cat, "stack": torch.stack}


@dataclass
class Masks:
    """Masks by tensor. Most networks never need one.

    Attributes:
        provenance: tells data from zeros that are only collected in, or started from.
        used: whether a mask ever had a say in a count.
    """

    provenance: Provenance
    used: bool = False
    _masks: dict[int, tuple[Tensor, Tensor | None]] = field(default_factory=dict)

    def of(self, tensor: Tensor) -> Mask:
        """The mask of a tensor.

        Raises:
            UnknownMask: if padding went into it in a way that masks cannot follow.
        """
        return self._raw(tensor) if self.provenance.of(tensor).data else None

    def _raw(self, tensor: Tensor) -> Mask:
        entry = self._masks.get(id(tensor))
        if entry is None:
            return None
        if entry[1] is None:
            raise UnknownMask
        return entry[1]

    def follow(
        self,
        name: str,
        func: Callable[..., Any],
        args: Sequence[Any],
        inputs: Sequence[Tensor],
        out: Any,
    ) -> None:
        """Note the masks of an operation's outputs; called after it was counted."""
        if any(is_symbolic(tensor) for tensor in rules.tensors_in(out)):
            self._follow_symbolic(name, args, inputs, out)
            return
        if name in _ZEROS and isinstance(out, Tensor) and 1 < out.numel() <= LIMIT and not inputs[1:]:
            self._set(out, torch.zeros(out.shape, dtype=torch.bool))
            return
        if not self._masks and name not in ("constant_pad_nd", "im2col"):
            return
        try:
            derived = self._mask(name, func, args, inputs, out)
        except UnknownMask:
            for tensor in rules.tensors_in(out):
                self._masks[id(tensor)] = (tensor, None)
            return
        masks = [derived] if isinstance(derived, Tensor) else list(derived or ())
        for tensor, mask in zip(rules.tensors_in(out), masks, strict=False):
            self._set(tensor, mask)

    def _follow_symbolic(self, name: str, args: Sequence[Any], inputs: Sequence[Tensor], out: Any) -> None:
        """Sizes that stand for all their values have no mask that could be written down."""
        pads = name in _ZEROS or name == "im2col" or (name == "constant_pad_nd" and list(args[1]) != [0] * len(args[1]))
        if pads or any(id(tensor) in self._masks for tensor in inputs):
            for tensor in rules.tensors_in(out):
                self._masks[id(tensor)] = (tensor, None)

    def contraction(self, name: str, args: Sequence[Any], out: Any, connections: int) -> int:
        """How many of a contraction's connections touch no padding."""
        if name == "convolution":
            mask = self.of(args[0])
            self.used = self.used or mask is not None
            return padding.conv_inside(args, out, mask)
        left, right = (args[place] for place in rules.FACTORS.get(name, (0, 1)))
        masks = [self.of(left), self.of(right)]
        if masks == [None, None]:
            return connections
        self.used = True
        if name not in ("mm", "bmm", "addmm", "baddbmm"):
            raise UnknownMask
        return padding.matmul_inside(left, right, masks[0], masks[1])

    def product(self, factors: Sequence[Tensor], out: Tensor) -> int:
        """How many of an elementwise product's values have no padding among their factors."""
        mask = padding.product_mask(out, [self.of(factor) for factor in factors])
        self.used = self.used or mask is not None
        return padding.count_inside(out, mask)

    # --- what operations do to masks ---

    def _mask(
        self,
        name: str,
        func: Callable[..., Any],
        args: Sequence[Any],
        inputs: Sequence[Tensor],
        out: Any,
    ) -> Any:
        first = args[0] if args else None
        if name == "constant_pad_nd":
            return padding.pad_mask(args[0], self._raw(args[0]), args[1])
        if name == "im2col":
            return padding.im2col_mask(args, out, self._raw(args[0]))
        if name in _JOINS:
            masks = [self._raw(tensor) for tensor in args[0]]
            return padding.cat_mask(args[0], masks, lambda joined: _JOINS[name](joined, *args[1:]))
        if name == "copy" and isinstance(first, Tensor):
            return self._written(first, args[1])
        if name in rules.MOVES and isinstance(first, Tensor) and self._raw(first) is not None:
            mask = self._raw(first)
            assert mask is not None
            return padding.moved_mask(name, func, first, mask, args[1:])
        if name in rules.PRODUCTS:
            return padding.product_mask(out, [self._raw(tensor) for tensor in inputs])
        if name in rules.ADDITIONS and isinstance(out, Tensor) and len(inputs) == 2:
            return self._filled(out)
        if isinstance(out, Tensor) and len(inputs) == 1 and out.shape == inputs[0].shape:
            return self._raw(inputs[0])
        return None

    def _written(self, target: Tensor, source: Tensor) -> None:
        """Values are copied into a view of zeros: the mask of the whole, of which this is a view, sees it."""
        mask = self._raw(target)
        if mask is not None:
            new = self._raw(source)
            mask.copy_(torch.ones((), dtype=torch.bool) if new is None else new.expand(target.shape))

    def _filled(self, out: Tensor) -> Mask:
        """A sum is padding only where all its data are; zeros that sums are collected in are no data."""
        mask = self._raw(out)  # in place
        if mask is not None:
            mask.fill_(True)
        return None

    def _set(self, tensor: Tensor, mask: Mask) -> None:
        if mask is None:
            self._masks.pop(id(tensor), None)
        else:
            self._masks[id(tensor)] = (tensor, mask)
