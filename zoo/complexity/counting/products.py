"""Products of two computed values: a contraction, which is summed, counts; a gate, which only scales, does not.

A product waits until something is done with it. Adding numbers, scaling by numbers and moving values leave it a
product. A sum along a dimension in which both of its factors vary makes it a contraction; along one in which a factor
stays the same, that factor could as well be multiplied afterwards. Products that are added to each other are a
contraction if their factors come from the same two tensors, as those of a convolution that is written as a loop do;
otherwise they are gates, as in ``f*c + i*g``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch import Tensor

Size = Any
"""An int, or a size that stands for all its values; see `zoo.complexity.counting.symbolic`."""


@dataclass(frozen=True, slots=True)
class Extent:
    """One dimension of a tensor that is made of products.

    Attributes:
        size: how many of the products lie along it.
        varies: whether the first factor varies along it, and whether the second does.
    """

    size: Size
    varies: tuple[bool, bool]

    @property
    def contracts(self) -> bool:
        """Whether a sum along it is a contraction."""
        return all(self.varies)


@dataclass(frozen=True, slots=True)
class Spread:
    """Where the products are in a tensor.

    Attributes:
        extents: of its dimensions.
        rest: how many of the products each of its values stands for.
    """

    extents: tuple[Extent, ...]
    rest: Size = 1

    @property
    def size(self) -> Size:
        """The number of products."""
        return self.rest * math.prod(extent.size for extent in self.extents)


@dataclass(eq=False)
class Product:
    """An elementwise product of two computed values.

    Attributes:
        settle: counts it; takes the number of multiply-adds, and of those without padding.
        sources: the tensors that its factors were moved from.
        size: the number of its values.
        inside: those without padding among its factors, or None if that is not known.
        summed: whether it was counted.
    """

    settle: Callable[[Size, Size | None], None]
    sources: frozenset[int]
    size: Size
    inside: Size | None
    summed: bool = False

    def sum_up(self, spread: Spread) -> None:
        """Count it, once."""
        if not self.summed:
            self.summed = True
            size = spread.size
            if self.inside is None or is_same(size, self.size):
                self.settle(size, self.inside)
            else:
                self.settle(size, size if is_same(self.inside, self.size) else None)


@dataclass
class Waiting:
    """The spreads of products in the tensors that are made of them."""

    _spreads: dict[int, tuple[Tensor, dict[Product, Spread]]] = field(default_factory=dict)

    def multiply(self, product: Product, factors: Sequence[Tensor], out: Tensor) -> None:
        """Note a new product."""
        wide = [[1] * (out.dim() - f.dim()) + list(f.shape) for f in factors]
        extents = [
            Extent(length, (not is_same(left, 1), not is_same(right, 1)))
            for length, left, right in zip(out.shape, wide[0], wide[-1], strict=True)
        ]
        self._know(out, {product: Spread(tuple(extents))})

    def move(self, name: str, args: Sequence[Any], inputs: Sequence[Tensor], outputs: Sequence[Tensor]) -> None:
        """Note that values were moved, or scaled by a number."""
        for out in outputs:
            spreads: dict[Product, Spread] = {}
            for x in inputs:
                for product, spread in self._spreads.get(id(x), (x, {}))[1].items():
                    spreads[product] = moved(name, args, x, out, spread)
            self._know(out, spreads)

    def add(self, pending: Sequence[tuple[Tensor, tuple[Product, ...]]], out: Tensor) -> None:
        """Note that tensors were added; of products with the same sources, that makes a contraction."""
        for i, (_, products) in enumerate(pending):
            for _, others in pending[i + 1 :]:
                for one in products:
                    for other in others:
                        if one is not other and one.sources == other.sources:
                            for product in (one, other):
                                product.sum_up(Spread((), product.size))
        spreads = {}
        for x, products in pending:
            for product in products:
                spread = self._of(product, x)
                missing = (Extent(1, (False, False)),) * (out.dim() - x.dim())
                spreads[product] = replace(spread, extents=(*missing, *spread.extents))
        self._know(out, spreads)

    def reduce(self, x: Tensor, products: Iterable[Product], dims: Sequence[int], out: Tensor) -> tuple[Product, ...]:
        """Note a sum along some dimensions.

        Returns:
            The products that are none the less only scaled values.
        """
        left = {}
        along = {dim % x.dim() for dim in dims} if x.dim() else set()
        pooled = out.dim() == x.dim()
        for product in products:
            spread = self._of(product, x)
            whole = any(spread.extents[dim].contracts for dim in along)
            extents = []
            for dim, extent in enumerate(spread.extents):
                if dim not in along or (whole and extent.contracts):
                    extents.append(extent)
                elif pooled:
                    extents.append(Extent(1 if whole else out.shape[dim], extent.varies))
            if whole:
                product.sum_up(Spread(tuple(extents), spread.rest))
            else:
                left[product] = Spread(tuple(extents), spread.rest)
        self._know(out, left)
        return tuple(left)

    def _of(self, product: Product, x: Tensor) -> Spread:
        spread = self._spreads.get(id(x), (x, {}))[1].get(product)
        return spread or _anywhere(product.size, x.dim())

    def _know(self, tensor: Tensor, spreads: dict[Product, Spread]) -> None:
        if spreads:
            self._spreads[id(tensor)] = (tensor, spreads)
        else:
            self._spreads.pop(id(tensor), None)


def _anywhere(size: Size, dims: int) -> Spread:
    """Nothing is known of where the products are: both factors may vary everywhere."""
    return Spread((Extent(1, (True, True)),) * dims, size)


def moved(name: str, args: Sequence[Any], x: Tensor, out: Tensor, spread: Spread) -> Spread:
    """The spread of products after a view, a copy or the like of x."""
    extents, dims = list(spread.extents), x.dim()
    if name == "permute":
        return replace(spread, extents=tuple(extents[d] for d in args[1]))
    if name in ("transpose", "t", "swapaxes"):
        one, other = (d % dims for d in (args[1:3] if name != "t" else (0, dims - 1)))
        extents[one], extents[other] = extents[other], extents[one]
        return replace(spread, extents=tuple(extents))
    if name == "unsqueeze":
        extents.insert(args[1] % out.dim(), Extent(1, (False, False)))
        return replace(spread, extents=tuple(extents))
    if name == "expand":
        missing = [Extent(1, (False, False))] * (out.dim() - dims)
        return replace(spread, extents=(*missing, *extents))
    if name == "select":
        gone = extents.pop(args[1] % dims)
        return Spread(tuple(extents), spread.rest * gone.size)
    if name in ("view", "_unsafe_view", "reshape", "_reshape_alias", "squeeze"):
        return _regrouped(x.shape, out.shape, spread)
    return spread if out.dim() == dims else _anywhere(spread.size, out.dim())


def _regrouped(old: Sequence[Size], new: Sequence[Size], spread: Spread) -> Spread:
    """The spread after a change of shape: dimensions that are merged vary where one of them does."""
    extents: list[Extent] = []
    rest, i, j = spread.rest, 0, 0
    while i < len(old) or j < len(new):
        group, parts = [spread.extents[i]] if i < len(old) else [], [new[j]] if j < len(new) else []
        before, after = (old[i] if group else 1), (parts[0] if parts else 1)
        i, j = i + len(group), j + len(parts)
        while not is_same(before, after) and (i < len(old) or j < len(new)):
            if i < len(old) and (j == len(new) or hint(before) <= hint(after)):
                group.append(spread.extents[i])
                before, i = before * old[i], i + 1
            else:
                parts.append(new[j])
                after, j = after * new[j], j + 1
        varies = (any(e.varies[0] for e in group), any(e.varies[1] for e in group))
        size = math.prod(extent.size for extent in group)
        if not parts:
            rest = rest * size
        elif len(group) == 1 and is_same(size, before):
            extents += [Extent(part, varies) for part in parts]
        else:
            extents += [Extent(size if place == 0 else 1, varies) for place in range(len(parts))]
    return Spread(tuple(extents), rest)


def hint(size: Size) -> int:
    """A size as a number: its value at the current point if it stands for all values. Nothing is concluded from it."""
    if not isinstance(size, torch.SymInt):
        return int(size)
    node: Any = size.node
    return int(node.expression.value)


def is_same(one: Size, other: Size) -> bool:
    """Whether two sizes are the same for all values of the symbols; no question is asked that would bound a proof."""
    if not isinstance(one, torch.SymInt) and not isinstance(other, torch.SymInt):
        return bool(one == other)
    difference: Any = one - other
    if not isinstance(difference, torch.SymInt):
        return bool(difference == 0)
    node: Any = difference.node
    return bool(node.expression.constant == 0)
