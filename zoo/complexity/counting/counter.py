"""Count a network by running it: every operation is seen below autograd, wherever in the code it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from torch import Tensor, nn

from zoo.complexity.counting import rules
from zoo.complexity.counting.fused import FUSED
from zoo.complexity.counting.masks import Masks
from zoo.complexity.counting.meta import MetaMode, name_of, run
from zoo.complexity.counting.padding import UnknownMask
from zoo.complexity.counting.products import Product, Waiting
from zoo.complexity.counting.provenance import NOTHING, Origin, Provenance
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
        self._waiting = Waiting()
        self._stack = stack
        self._count = count
        self._aside = aside

    def see_input(self, x: Tensor) -> None:
        """Note that a tensor is the picture, on which everything else depends."""
        self.provenance.know(x, Origin(data=True))

    def operation(self, func: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Run one operation, and count it.

        Raises:
            UncountedOperationError: if it has no rule, or needs values, of which there are none.
        """
        name, in_place = name_of(func)
        if name in FUSED and any(isinstance(a, Tensor) and self.provenance.of(a).data for a in args):
            out = FUSED[name](self.operation, name + "_" * in_place, args, kwargs)
            if out is not NotImplemented:
                return out
        if name in rules.NEEDS_VALUES and any(tensor.is_meta for tensor in rules.tensors_in(args)):
            raise UncountedOperationError(
                f"{self._stack.where()} uses {rules.written(func)}, which needs the values of a tensor: "
                "what runs then depends on the picture, and is not counted."
            )
        if not (rules.has_rule(func, name) or name.startswith(rules.IGNORED)):
            raise UncountedOperationError(
                f"{self._stack.where()} uses {rules.written(func)}, for which there is no counting rule; "
                "rules are in zoo/complexity/counting/rules.py."
            )
        try:
            out = run(func, args, kwargs)
        except NotImplementedError as error:
            raise UncountedOperationError(
                f"{self._stack.where()} uses {rules.written(func)}, which torch does not do without values."
            ) from error
        inputs = rules.tensors_in(args)
        if kwargs:
            inputs += rules.tensors_in(dict(kwargs))
        moved = False
        products: tuple[Product, ...] = ()
        if name in rules.CONTRACTIONS:
            self._contraction(name, args, out)
        elif name in rules.PRODUCTS and "rounding_mode" not in kwargs:
            products, moved = self._product(name, args, out)
        elif name in rules.NORMALIZATIONS:
            self._normalization(name, args, out)
        elif name in rules.FREE or rules.is_elementwise(func):
            products, moved = self._free(name, args, inputs, out)
        self._follow(name, func, args, inputs, out, products, moved)
        return out

    def _follow(
        self,
        name: str,
        func: Any,
        args: Sequence[Any],
        inputs: list[Tensor],
        out: Any,
        products: tuple[Product, ...],
        moved: bool,
    ) -> None:
        """Note where the outputs of an operation come from."""
        if self.masks:
            self.masks.follow(name, func, args, inputs, out)
        outputs = rules.tensors_in(out)
        if name in rules.NOISE:
            for tensor in outputs:
                self.provenance.know(tensor, Origin(data=True))
        elif inputs and name not in rules.FACTORIES:
            self.provenance.derive(outputs, inputs, products, moved)
        else:
            for tensor in outputs:
                self.provenance.know(tensor, NOTHING)
        if name not in rules.MOVES and name not in rules.FACTORIES and outputs:
            self._stack.computed()

    # --- one method a family of rules ---

    def _contraction(self, name: str, args: Sequence[Any], out: Any) -> None:
        factors = [args[place] for place in rules.FACTORS.get(name, (0, 1))]
        if all(self.provenance.of(factor).fixed for factor in factors):
            self._multiply(None, factors)
            self._count.standing += rules.CONTRACTIONS[name](args, out)
            return
        connections = rules.CONTRACTIONS[name](args, out)
        times = rules.real_products(factors)
        row = self._stack.row(name, out)
        inside = self._inside(name, args, out, connections)
        row.connect(connections * times, inside if inside is None else inside * times)
        self._multiply(row, factors)
        bias = args[2] if name == "convolution" else args[0] if name in rules.FACTORS else None
        if bias is not None and self.provenance.of(bias).fixed:
            self._add_bias(row, bias, out)

    def _product(self, name: str, args: Sequence[Any], out: Tensor) -> tuple[tuple[Product, ...], bool]:
        factors = [a for a in args[:2] if isinstance(a, Tensor) and not self._is_number(a)]
        origins = [self.provenance.of(factor) for factor in factors]
        if not any(origin.data for origin in origins):
            self._multiply(None, factors)
            return (), False
        if len(factors) < 2:  # the other is a number
            if name == "div" and factors[0] is not args[0]:
                return (), False  # a number over a value
            self._waiting.move(name, args, factors, [out])
            return origins[0].products, True
        times = rules.real_products(factors)
        if self._stack.in_normalization():
            if not all(origin.data for origin in origins):
                self._multiply(self._stack.row(name, None), factors)
            return (), False
        inside = self._product_inside(factors, out)
        row = self._stack.row(name, None)
        if not all(origin.data for origin in origins) or times == 4:
            self._multiply(row, factors)
            row.connect(out.numel() * times, inside if inside is None else inside * times)
            return (), False

        def settle(size: Any, unpadded: Any) -> None:
            row.connect(size * times, unpadded if unpadded is None else unpadded * times)

        product = Product(settle, frozenset(origin.source for origin in origins), out.numel(), inside)
        self._waiting.multiply(product, factors, out)
        return (product,), False

    def _normalization(self, name: str, args: Sequence[Any], out: Any) -> None:
        scale, shift = (args[place] for place in rules.NORMALIZATIONS[name])
        row = self._stack.row(name, rules.tensors_in(out)[0])
        row.be("normalization")
        if scale is not None:
            self._multiply(row, [scale])
        if shift is not None and shift is not scale:
            self._add(row, shift)

    def _free(self, name: str, args: Sequence[Any], inputs: list[Tensor], out: Any) -> tuple[tuple[Product, ...], bool]:
        kind = "resampling" if name in rules.RESAMPLING else "activation" if name in rules.ACTIVATIONS else ""
        row = None
        if kind and self.provenance.of(inputs[0]).data:
            row = self._stack.row(name, rules.tensors_in(out)[0])
            row.be(kind)
        elif name in rules.LOOKUPS:
            row = self._stack.row(name, out)
        if name == "_prelu_kernel" or name in rules.LOOKUPS:
            self._multiply(row, inputs)
        if name in rules.ADDITIONS:
            return self._addition(args, inputs, out)
        pending = tuple(dict.fromkeys(p for tensor in inputs for p in self.provenance.of(tensor).products))
        if name in rules.MOVES or name in rules.SCALINGS:
            if pending:
                self._waiting.move(name, args, inputs, rules.tensors_in(out))
            return pending, True
        if name in rules.SUMS and pending:
            return self._waiting.reduce(args[0], pending, list(rules.SUMS[name](args)), out), False
        squares = rules.squares(name, args) and self.provenance.of(args[0]).data
        if squares and not self._stack.in_normalization():
            self._stack.row(name, None).connect(args[0].numel(), self._product_inside([args[0]], args[0]))
        return (), False

    def _addition(self, args: Sequence[Any], inputs: list[Tensor], out: Tensor) -> tuple[tuple[Product, ...], bool]:
        origins = [self.provenance.of(tensor) for tensor in inputs]
        pending = [(t, o.products) for t, o in zip(inputs, origins, strict=True) if o.products]
        if pending:
            self._waiting.add(pending, out)
        if len(inputs) > 1 and any(origin.data for origin in origins):
            for tensor, origin in zip(inputs, origins, strict=True):
                if origin.fixed and not self._is_number(tensor):
                    self._add_bias(self._stack.row("add", None), tensor, out)
        return tuple(dict.fromkeys(p for _, products in pending for p in products)), len(inputs) < 2

    # --- helpers ---

    def _is_number(self, tensor: Tensor) -> bool:
        """Whether a tensor is as good as a number: made from nothing, or one value that comes from no parameter."""
        origin = self.provenance.of(tensor)
        if origin.data or any(map(self._stack.is_parameter, origin.weights)):
            return False
        return not origin.fixed or all(isinstance(length, int) and length == 1 for length in tensor.shape)

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


def count(module: nn.Module, *inputs: Any, follow_padding: bool = True, aside: Aside = nullcontext) -> Count:
    """Count a module's forward pass.

    Args:
        module: a module on the meta device, in evaluation mode.
        inputs: a meta tensor (1, C, H, W), or whatever else the module takes, tensors on the meta device.
        follow_padding: whether connections that touch no padding are counted too.
        aside: a context in which these are counted.

    Raises:
        UncountedOperationError: if an operation has no counting rule.
    """
    result = Count()
    stack = ModuleStack(module, result)
    counter = Counter(stack, result, follow_padding, aside)
    for tensor in rules.tensors_in(list(inputs)):
        counter.see_input(tensor)
    with stack, counter:
        try:
            module(*inputs)
        except (TypeError, RuntimeError) as error:
            if "meta" not in str(error):
                raise
            problem = " ".join(str(error).split()).partition(". ")[0]
            raise UncountedOperationError(
                f"{stack.where()} needs the values of a tensor, of which there are none when it is counted: {problem}."
            ) from error
    stack.assign_parameters(counter.provenance)
    result.masked = bool(counter.masks and counter.masks.used)
    return result
