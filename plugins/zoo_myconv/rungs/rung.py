"""What every rung of the ladder has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from torch import Tensor

from zoo_myconv.geometry import Geometry

Forward = Callable[[Tensor, Tensor, Tensor | None, Geometry], Tensor]
InputGradient = Callable[[Tensor, Tensor, Sequence[int], Geometry], Tensor]
WeightGradient = Callable[[Tensor, Tensor, Geometry], Tensor]
BothGradients = Callable[[Tensor, Tensor, Tensor, Geometry], tuple[Tensor, Tensor]]


@dataclass(frozen=True)
class Rung:
    """One way to compute a convolution. Shapes: x (N, G*C, H, W), weight (G*O, C, I, J), y and g (N, G*O, P, Q).

    Attributes:
        forward: (x, weight, bias or None, geometry) -> y.
        input_gradient: (g, weight, shape of x, geometry) -> gradient of x.
        weight_gradient: (g, x, geometry) -> gradient of the weight.
        both_gradients: (g, x, weight, geometry) -> both, where doing them together saves work.
    """

    forward: Forward
    input_gradient: InputGradient
    weight_gradient: WeightGradient
    both_gradients: BothGradients | None = None

    def gradients(
        self, g: Tensor, x: Tensor, weight: Tensor, geometry: Geometry, wanted: tuple[bool, bool]
    ) -> tuple[Tensor | None, Tensor | None]:
        """The gradients of x and of the weight, those that are wanted."""
        if all(wanted) and self.both_gradients:
            return self.both_gradients(g, x, weight, geometry)
        return (
            self.input_gradient(g, weight, x.shape, geometry) if wanted[0] else None,
            self.weight_gradient(g, x, geometry) if wanted[1] else None,
        )
