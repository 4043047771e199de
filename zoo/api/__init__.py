"""What a plugin author imports. Importing this module imports neither torch nor numpy.

Tensor layouts are written behind the names: ``x_NCHW`` is batch, channels, height, width; K counts classes.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Generic

import pluggy

from zoo.config import Config, ConfigT, Value, setting
from zoo.errors import UserError

if TYPE_CHECKING:
    from torch import Tensor, nn

__all__ = [
    "API_VERSION",
    "Architecture",
    "Config",
    "DataRequest",
    "Dataset",
    "FittedTask",
    "Images",
    "LayerCost",
    "Metric",
    "Preprocess",
    "Splits",
    "Task",
    "UserError",
    "hookimpl",
    "setting",
]

API_VERSION = 1
"""The version of this contract. A plugin written for another one is refused by name, not run on luck."""

hookimpl = pluggy.HookimplMarker("zoo")
"""Marks a function of a plugin as the implementation of the hook whose name it bears (see `zoo.hookspecs`)."""


# --- architectures -------------------------------------------------------------------------------------------------


class Preprocess(ABC):
    """From the picture a network may see to what it is fed, and from its logits back to the picture's size.

    Both ways run on the device, a batch at a time, and must accept any height and width.
    """

    channels: int
    """How many channels `encode` hands to the model (NIC)."""

    @abstractmethod
    def encode(self, picture_NCHW: Tensor) -> Tensor:
        """Turn a uint8 batch (N, C, H, W) into the model's float input (N, NIC, H', W')."""

    @abstractmethod
    def decode(self, logits_NKHW: Tensor, height: int, width: int) -> Tensor:
        """Turn the model's logits (N, K, H', W') into logits of the picture's size (N, K, height, width)."""


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
        closed_form: whether it fits itself by `fit` in place of the training loop.
        head: path of the module that makes class scores of features, as in ``model.named_modules()``; the last layer
            with weights if empty.
        recipes: changes to the zoo's recipes that suit it, by recipe and field: ``{"default": {"lr": 0.01}}``.
    """

    name: ClassVar[str]
    summary: ClassVar[str]
    tasks: ClassVar[tuple[str, ...]]
    citation: ClassVar[str] = ""
    config: type[ConfigT]
    api: ClassVar[int] = API_VERSION
    closed_form: ClassVar[bool] = False
    head: ClassVar[str] = ""
    recipes: ClassVar[Mapping[str, Mapping[str, Value]]] = MappingProxyType({})

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
        """Fit the model in closed form, in one pass; only called where `closed_form` is set.

        Args:
            model: what `build` returned.
            batches: encoded pictures, float (N, NIC, H, W), and the class of every pixel, uint8 (N, H, W).
        """
        raise NotImplementedError(f"{self.name} says that it fits in closed form but has no fit().")


# --- data ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Images:
    """Pictures of one size, in memory.

    Attributes:
        rgb: uint8 (N, 3, H, W).
        masks: uint8 (N, H, W), the class of every pixel, or None where there are no masks.
    """

    rgb: Tensor
    masks: Tensor | None = None

    def __len__(self) -> int:
        return len(self.rgb)


@dataclass(frozen=True)
class Splits:
    """A loaded data set.

    Attributes:
        train: what is learned from.
        val: what is judged on; never seen in training.
        notes: what the user should know of it (skipped files, how the split was made), a line each.
    """

    train: Images
    val: Images
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class DataRequest:
    """What is asked of a data set.

    Attributes:
        argument: what stood behind the colon in ``--data NAME:ARGUMENT``, or an empty string.
        size: height and width of the pictures, in pixels.
        classes: names of the classes to keep; empty for the data set's own choice.
        seed: fixes whatever the data set draws at random, such as a held-out share.
        cache: a folder in which prepared data may be kept between runs.
        progress: called with a label, the number of things done and their total.
        masks: whether masks are wanted; where they are, an image without one is an error.
    """

    argument: str
    size: int
    classes: tuple[str, ...]
    seed: int
    cache: Path
    progress: Callable[[str, int, int], None]
    masks: bool = False


class Dataset(ABC):
    """A named source of RGB images, with masks or without.

    Attributes:
        name: as in ``--data NAME``.
        summary: one line for ``zoo data``.
        argument: what may stand behind ``NAME:``, such as ``PATH``; empty if nothing may.
        has_masks: whether its images come with masks; None if that depends on its argument.
    """

    name: ClassVar[str]
    summary: ClassVar[str]
    argument: ClassVar[str] = ""
    has_masks: ClassVar[bool | None] = False

    @abstractmethod
    def load(self, request: DataRequest) -> Splits:
        """Load both splits.

        Raises:
            UserError: if the source is missing, empty or unusable.
        """


# --- tasks ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Metric:
    """How a figure is called and shown.

    Attributes:
        name: the key in ``metrics.jsonl`` and ``run.json``.
        label: the head of its column.
        help: what it is, in a line.
        higher_is_better: which way is up.
        percent: whether a share is shown as a percentage.
    """

    name: str
    label: str
    help: str
    higher_is_better: bool = True
    percent: bool = False

    def format(self, value: float) -> str:
        """The figure as people read it, such as ``52.9%`` or ``1.247``."""
        return f"{value:.1%}" if self.percent else f"{value:.3f}"


class FittedTask(ABC):
    """A task that has learned what it needs from the training images, such as a palette. Made by `Task.fit`."""

    num_classes: int
    """K, the number of classes of a pixel."""

    outputs: ClassVar[tuple[str, ...]] = ("prediction",)
    """Names of the pictures that `apply` makes, the main one first."""

    lossless: ClassVar[tuple[str, ...]] = ()
    """Those of them whose pixel values are data, and which are therefore never written as JPEG."""

    @abstractmethod
    def visible(self, images: Images) -> Tensor:
        """What the network may see: uint8 (N, C, H, W)."""

    @abstractmethod
    def targets(self, images: Images) -> Tensor:
        """The class of every pixel: uint8 (N, H, W)."""

    def loss(self, logits_NKHW: Tensor, targets_NHW: Tensor) -> Tensor:
        """The training loss of a batch, a scalar; the mean cross-entropy per pixel (nats) unless overridden."""
        from torch.nn import functional as F

        return F.cross_entropy(logits_NKHW.float(), targets_NHW.long())

    @abstractmethod
    def metrics(self, confusion_KK: Tensor) -> dict[str, float]:
        """Figures from a confusion matrix, which counts pixels by true class (row) and predicted class (column)."""

    @abstractmethod
    def picture_metrics(self, images: Images, classes_NHW: Tensor) -> dict[str, float]:
        """Figures that need the decoded pictures; computed once, at the end of a run."""

    @abstractmethod
    def samples(self, images: Images, classes_NHW: Tensor) -> dict[str, Tensor]:
        """Rows of pictures to look at, by label, the prediction last: each uint8 (N, 3, H, W)."""

    @abstractmethod
    def apply(self, picture_3HW: Tensor, size: int, predict: Callable[[Tensor], Tensor]) -> dict[str, Tensor]:
        """Use a trained network on one photo of any size, as ``zoo predict`` does.

        Args:
            picture_3HW: the photo, uint8 (3, H, W).
            size: height and width of the pictures that the network was trained on, in pixels.
            predict: from what the network may see, uint8 (1, C, h, w), to logits (1, K, h, w).

        Returns:
            Pictures by the names in `outputs`, in that order, each uint8 (3, H, W).
        """

    @abstractmethod
    def state(self) -> dict[str, Any]:
        """Everything that `Task.restore` needs, as JSON."""


class Task(ABC, Generic[ConfigT]):
    """What is predicted for every pixel, and how it is judged.

    Attributes:
        name: as in ``--task NAME``.
        summary: one line for ``zoo list``.
        channels: how many channels the network may see.
        needs_masks: whether it can only be learned from images with masks.
        config: its settings.
        reference: name of the architecture whose figures stand beside every run's; empty if there is none.
        loss: what the training loss is, in a few words.
        default_data: the data set of a run that names none, which should need neither download nor folder.
        default_size: height and width of the pictures of a run that names none, in pixels.
        metrics: the figures it judges by, the loss excepted, in the order in which they are shown.
        class_metric: a figure that `FittedTask.metrics` gives for every class too, as ``NAME_0``, ``NAME_1``, ...
    """

    name: ClassVar[str]
    summary: ClassVar[str]
    channels: ClassVar[int]
    needs_masks: ClassVar[bool] = False
    config: type[ConfigT]
    reference: ClassVar[str] = ""
    loss: ClassVar[str] = "cross-entropy per pixel (nats)"
    default_data: ClassVar[str] = "photos"
    default_size: ClassVar[int] = 32
    metrics: ClassVar[tuple[Metric, ...]]
    class_metric: ClassVar[Metric | None] = None

    @abstractmethod
    def fit(self, config: ConfigT, train: Images, seed: int, cache: Path) -> FittedTask:
        """Learn what the task needs from the training images."""

    @abstractmethod
    def restore(self, state: Mapping[str, Any], cache: Path) -> FittedTask:
        """Make the fitted task again from what its `FittedTask.state` returned."""
