"""Count a network by running it: every operation is seen below autograd, wherever in the code it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from torch import Tensor, nn

from zoo.complexity.counting import rules
from zoo.complexity.counting.masks import Masks
from zoo.complexity.counting.meta import MetaMode, name_of, run
from zoo.complexity.counting.padding import UnknownMask
from zoo.complexity.counting.provenance import NOTHING, Origin, Product, Provenance
from zoo.complexity.counting.rows import Count, Row
from zoo.complexity.counting.stack import ModuleStack
from zoo.errors import UserError

Aside = Callable[[], AbstractContextManager[None]]


class UncountedOperationError(UserError):
    """An operation has no counting rule. It is never counted as nothing."""


class Counter(MetaMode):  # type: ignore[no-untyped-call]
    """Counts what runs while it is on; see `zoo.complexity.counting.rules` for what counts as what.

    Args:
        stack: knows which module is running, and the row that it fills.
        count: the rows to fill.
        follow_padding: whether connections that touch no padding are counted too.
        aside: a context in which these are counted.
    """

    def __init__(
        self, stack: ModuleStack, count: Count, follow_padding: bool = True, aside: Aside = nullcontext
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.provenance = Provenance()
        self.masks = Masks(self.provenance) if follow_padding else None
        self._stack = stack
        self._count = count
        self._aside = aside

    def see_input(self, x: Tensor) -> None:
        """Note that a tensor is the picture, on which everything else depends."""
        self.provenance.know(x, Origin(data=True))

    def operation(self, func: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Run one operation, and count it."""
        out = run(func, args, kwargs)
        name, _ = name_of(func)
        inputs = rules.tensors_in(args)
        if kwargs:
            inputs += rules.tensors_in(dict(kwargs))
        products: tuple[Product, ...] = ()
        if name in rules.CONTRACTIONS:
            self._contraction(name, args, out)
        elif name in rules.PRODUCTS:
            products = self._product(args, out)
        elif name == "addcmul":
            self._product(args[1:3], out)
        elif name in rules.NORMALIZATIONS:
            self._normalization(name, args, out)
        elif name in rules.FREE or rules.is_elementwise(func):
            products = self._free(name, args, inputs, out)
        else:
            raise UncountedOperationError(
                f"{self._stack.where()} uses {func.name().partition('.')[0]}, for which there is no counting rule; "
                "rules are in zoo/complexity/counting/rules.py."
            )
        if self.masks:
            self.masks.follow(name, func, args, inputs, out)
        outputs = rules.tensors_in(out)
        if inputs:
            self.provenance.derive(outputs, inputs, products)
        else:
            for tensor in outputs:
                self.provenance.know(tensor, NOTHING)
        if name not in rules.MOVES and name not in rules.FACTORIES:
            self._stack.computed()
        return out

    # --- one method a family of rules ---

    def _contraction(self, name: str, args: Sequence[Any], out: Any) -> None:
        connections = rules.CONTRACTIONS[name](args, out)
        row = self._stack.row(name, out)
        row.connect(connections, self._inside(name, args, out, connections))
        factors = rules.FACTORS.get(name, (0, 1))
        self._multiply(row, (args[place] for place in factors))
        bias = args[2] if name == "convolution" else args[0] if 0 not in factors else None
        if bias is not None and self.provenance.of(bias).fixed:
            self._add_bias(row, bias, out)

    def _product(self, args: Sequence[Any], out: Tensor) -> tuple[Product, ...]:
        factors = [a for a in args[:2] if isinstance(a, Tensor)]
        origins = [self.provenance.of(factor) for factor in factors]
        if len(factors) < 2:
            return origins[0].products if origins else ()
        if not any(origin.data for origin in origins):
            self._multiply(None, factors)
            return ()
        if all(origin.data for origin in origins):
            if self._stack.in_normalization():
                return ()
            inside = self._product_inside(factors, out)
            row = self._stack.row("mul", None)
            return (Product(lambda: row.connect(out.numel(), inside)),)
        if any(origin.fixed for origin in origins):
            row = self._stack.row("mul", None)
            self._multiply(row, factors)
            if not self._stack.in_normalization():
                row.connect(out.numel(), self._product_inside(factors, out))
        return ()

    def _normalization(self, name: str, args: Sequence[Any], out: Any) -> None:
        scale, shift = (args[place] for place in rules.NORMALIZATIONS[name])
        row = self._stack.row(name, rules.tensors_in(out)[0])
        row.be("normalization")
        if scale is not None:
            self._multiply(row, [scale])
        if shift is not None and shift is not scale:
            self._add(row, shift)

    def _free(self, name: str, args: Sequence[Any], inputs: list[Tensor], out: Any) -> tuple[Product, ...]:
        kind = "resampling" if name in rules.RESAMPLING else "activation" if name in rules.ACTIVATIONS else ""
        row = None
        if kind and self.provenance.of(inputs[0]).data:
            row = self._stack.row(name, rules.tensors_in(out)[0])
            row.be(kind)
        elif name in rules.LOOKUPS:
            row = self._stack.row(name, out)
        if name == "_prelu_kernel" or name in rules.LOOKUPS:
            self._multiply(row, inputs)
        if name in rules.SUMS:
            for product in self.provenance.of(inputs[0]).products:
                product.sum_up()
        if name in rules.MOVES and inputs:
            return tuple(product for tensor in inputs for product in self.provenance.of(tensor).products)
        return self._addition(inputs, out) if name in rules.ADDITIONS else ()

    def _addition(self, inputs: list[Tensor], out: Tensor) -> tuple[Product, ...]:
        origins = [self.provenance.of(tensor) for tensor in inputs]
        products = tuple(product for origin in origins for product in origin.products)
        if len(inputs) < 2:
            return products
        if all(origin.products for origin in origins):
            for product in products:
                product.sum_up()
        elif all(origin.data for origin in origins):
            return ()  # a product added to something else is one term, and no sum of products
        if any(origin.data for origin in origins):
            for tensor, origin in zip(inputs, origins, strict=True):
                if origin.fixed:
                    self._add_bias(self._stack.row("add", None), tensor, out)
        return products

    # --- helpers ---

    def _multiply(self, row: Row | None, factors: Iterable[Tensor]) -> None:
        for factor in factors:
            weights = self.provenance.of(factor).weights
            self.provenance.multiplied |= weights
            if row is not None and weights:
                self._stack.claim(row, weights)

    def _add(self, row: Row, bias: Tensor) -> None:
        weights = self.provenance.of(bias).weights
        self.provenance.added |= weights
        self._stack.claim(row, weights)

    def _add_bias(self, row: Row, bias: Tensor, out: Tensor) -> None:
        self._add(row, bias)
        if not self._stack.in_normalization():
            row.bias_connections += out.numel()

    def _inside(self, name: str, args: Sequence[Any], out: Any, connections: int) -> int | None:
        if self.masks is None:
            return None
        try:
            with self._aside():
                return self.masks.contraction(name, args, out, connections)
        except UnknownMask:
            return None

    def _product_inside(self, factors: Sequence[Tensor], out: Tensor) -> int | None:
        if self.masks is None:
            return None
        try:
            with self._aside():
                return self.masks.product(factors, out)
        except UnknownMask:
            return None


def count(module: nn.Module, inputs: Tensor, follow_padding: bool = True, aside: Aside = nullcontext) -> Count:
    """Count a module's forward pass.

    Args:
        module: a module on the meta device, in evaluation mode.
        inputs: a meta tensor (1, C, H, W), or whatever else the module takes.
        follow_padding: whether connections that touch no padding are counted too.
        aside: a context in which these are counted.

    Raises:
        UncountedOperationError: if an operation has no counting rule.
    """
    result = Count()
    stack = ModuleStack(module, result)
    counter = Counter(stack, result, follow_padding, aside)
    counter.see_input(inputs)
    with stack, counter:
        module(inputs)
    stack.assign_parameters(counter.provenance)
    result.masked = bool(counter.masks and counter.masks.used)
    return result
