"""The contract of an architecture."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, Protocol, runtime_checkable

from zoo.api.preprocess import Preprocess
from zoo.api.task import Task
from zoo.api.version import API_VERSION
from zoo.config import ConfigT, Value

if TYPE_CHECKING:
    from torch import Tensor, nn


@dataclass(frozen=True)
class LayerCost:
    """The hand-derived cost of one layer, as formulas.

    A formula is written in Python's arithmetic, in the symbols NIC (input channels), NC (classes), H, W (the
    height and width of the picture that the model is given) and those of the architecture's settings, such as ``k``
    and ``NF``: ``"k**2 * NIC * NF"``. ``floor``, ``ceil``, ``min``, ``max`` and ``//`` may be used; a formula that
    only holds for sizes that the poolings divide may divide by ``/``. ``zoo complexity`` proves every one of them.

    Attributes:
        layer: the layer's path in the module, as in ``model.named_modules()``.
        weights: number of weights, without biases.
        biases: number of biases.
        outputs: number of values that the layer puts out for one picture.
        connections: multiply-adds for one picture, padding taps counted.
        unpadded: those of them that touch no padding, or empty if that was not derived.
    """

    layer: str
    weights: str = "0"
    biases: str = "0"
    outputs: str = "0"
    connections: str = "0"
    unpadded: str = ""


class Architecture(ABC, Generic[ConfigT]):
    """An architecture, as a plugin registers it: plain data, and functions that import torch when they are called.

    Attributes:
        name: short and in lower case; unique within the plugin.
        summary: one line for ``zoo list``.
        tasks: names of the tasks that it can do.
        citation: the paper or other source it comes from.
        config: its settings, a frozen dataclass of `setting` fields.
        api: the version of this contract that it was written for.
        closed_form: what `fit` fits in closed form: ``none`` of the weights; ``part`` of them, before the loop trains
            the rest; or ``all``, in place of the loop.
        expected_failures: checks of the contract that it is known to fail, and why, by name, such as ``check_bf16``.
        head: path of the module that makes class scores of features, as in ``model.named_modules()``; the last layer
            with weights if empty.
        recipes: changes to the zoo's recipes that suit it, by recipe and field: ``{"default": {"lr": 0.01}}``.
        shipped: the folder of trained weights and their model card, beside the module of the class, as `zoo.pack`
            writes it; empty if none are shipped. A derived class does not inherit them.
    """

    name: ClassVar[str]
    summary: ClassVar[str]
    tasks: ClassVar[tuple[str, ...]]
    citation: ClassVar[str] = ""
    config: type[ConfigT]
    api: ClassVar[int] = API_VERSION
    closed_form: ClassVar[Literal["none", "part", "all"]] = "none"
    expected_failures: ClassVar[Mapping[str, str]] = MappingProxyType({})
    head: ClassVar[str] = ""
    recipes: ClassVar[Mapping[str, Mapping[str, Value]]] = MappingProxyType({})
    shipped: ClassVar[str] = ""

    @abstractmethod
    def preprocess(self, config: ConfigT, task: Task[Any]) -> Preprocess:
        """The preprocessing that belongs to this architecture, for a task that shows ``task.channels`` channels."""

    @abstractmethod
    def build(self, config: ConfigT, in_channels: int, num_classes: int) -> nn.Module:
        """The network: float (N, in_channels, H, W) in, per-pixel logits (N, num_classes, H, W) out.

        It may depend on its arguments and torch's random state only, and must build under
        ``torch.device("meta")`` too: that is how its formulas are derived.
        """

    def initialize(self, config: ConfigT, model: nn.Module) -> str:
        """Put pretrained weights into what `build` returned, if the architecture has any.

        Called before a training, and by `zoo.build`; not when the weights of a run are about to be loaded.

        Returns:
            Which weights the model begins with, in a line; empty for nothing but random ones.

        Raises:
            UserError: if they cannot be had. Random weights must not take their place in silence.
        """
        return ""

    def complexity(self, config: ConfigT) -> Sequence[LayerCost] | None:
        """Formulas derived by hand, in order of execution, or None to have them derived by the core."""
        return None

    def fit(self, model: nn.Module, batches: Iterable[tuple[Tensor, Tensor]]) -> None:
        """Fit the model in closed form, in one pass; only called where `closed_form` says so.

        Args:
            model: what `build` returned.
            batches: encoded pictures, float (N, NIC, H, W), and the class of every pixel, uint8 (N, H, W).
        """
        raise NotImplementedError(f"{self.name} says that it fits in closed form but has no fit().")


@runtime_checkable
class TwoStep(Protocol):
    """A model that can be used in two steps: what it sees, which may be kept, and what its head makes of it.

    ``model(x)`` must be ``model.classify(model.features(x), x.shape[-2:])``, and `classify` use the weights of the
    architecture's `head` only.
    """

    def features(self, x_NCHW: Tensor) -> tuple[Tensor, ...]:
        """Maps of encoded pictures (N, NIC, H', W'): a tuple of (N, C, h, w)."""

    def classify(self, features: Sequence[Tensor], size: Sequence[int]) -> Tensor:
        """Logits (N, K, H', W') of that size from the maps."""
