"""Where values come from: the picture, which weights, and products that have not been summed yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count

from torch import Tensor, nn

from zoo.api.memory import storage_key
from zoo.complexity.counting.products import Product


@dataclass(frozen=True, slots=True)
class Origin:
    """What a tensor's values were computed from.

    Attributes:
        data: whether they depend on the picture.
        weights: the parameters and other fixed tensors that they were computed from, by key, if not from data.
        products: the products that they are, or are sums of.
        source: a number that they share with all values that were moved from the same tensor.
    """

    data: bool = False
    weights: frozenset[int] = frozenset()
    products: tuple[Product, ...] = ()
    source: int = 0

    @property
    def fixed(self) -> bool:
        """Whether they are the same for every picture, and come from the module rather than from nothing."""
        return bool(self.weights)


NOTHING = Origin()


@dataclass
class Provenance:
    """The origin of every tensor seen, kept by its memory: views share it, and so do the tensors that autograd makes.

    Attributes:
        added: parameters that were added to a value.
        multiplied: parameters that were multiplied by one, or looked up.
    """

    added: set[int] = field(default_factory=set)
    multiplied: set[int] = field(default_factory=set)
    _origins: dict[int, Origin] = field(default_factory=dict)
    _alive: list[Tensor] = field(default_factory=list)
    _sources: Iterator[int] = field(default_factory=lambda: count(1))

    def of(self, tensor: Tensor) -> Origin:
        """A tensor's origin; one that was there before the forward pass is a fixed tensor of the module."""
        key = storage_key(tensor)
        origin = self._origins.get(key)
        if origin is None:
            origin = self.know(tensor, Origin(weights=frozenset({key})))
        return origin

    def know(self, tensor: Tensor, origin: Origin) -> Origin:
        """Note a tensor's origin. The tensor is kept, lest its memory's number be given to another."""
        self._origins[storage_key(tensor)] = origin
        self._alive.append(tensor)
        return origin

    def derive(
        self, outputs: Iterable[Tensor], inputs: Iterable[Tensor], products: tuple[Product, ...], moved: bool = False
    ) -> None:
        """Note that the outputs were computed from the inputs, or only moved, or scaled by a number."""
        origins = [self.of(tensor) for tensor in inputs]
        data = [origin for origin in origins if origin.data]
        if data:
            alike = moved and all(origin.source == data[0].source for origin in data)
            result = Origin(True, frozenset(), products, data[0].source if alike else next(self._sources))
        else:
            result = Origin(weights=frozenset().union(*(origin.weights for origin in origins)))
        for tensor in outputs:
            self.know(tensor, result)


def parameter_keys(module: nn.Module) -> dict[int, str]:
    """The name of every parameter, by the key of its memory; a shared one has the first of its names."""
    return {storage_key(parameter): name for name, parameter in reversed(list(module.named_parameters()))}
