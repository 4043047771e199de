"""The contract of a task: what is predicted for every pixel, and how it is judged."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Generic

from zoo.api.data import Images
from zoo.config import ConfigT

if TYPE_CHECKING:
    from torch import Tensor


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

    def variants(self, logits_NKHW: Tensor) -> dict[str, Tensor]:
        """What else is made of the scores than the highest one, by name, for `picture_metrics`; nothing by default.

        Called batch by batch; each tensor (N, ...) should be small, for those of all validation pictures are kept.
        """
        return {}

    @abstractmethod
    def picture_metrics(self, images: Images, classes_NHW: Tensor, variants: Mapping[str, Tensor]) -> dict[str, float]:
        """Figures that need the decoded pictures; computed once, at the end of a run.

        Args:
            images: the pictures.
            classes_NHW: the class with the highest score of every pixel.
            variants: what `variants` made of the scores of all pictures.
        """

    @abstractmethod
    def samples(self, images: Images, targets_NHW: Tensor, classes_NHW: Tensor) -> dict[str, Tensor]:
        """Rows of pictures to look at, by label, the prediction last: each uint8 (N, 3, H, W).

        Args:
            images: the pictures.
            targets_NHW: the right class of every pixel, as `targets` gives them.
            classes_NHW: the predicted class of every pixel.
        """

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
        variants: ways to make a picture of the scores, which reports show side by side.
        variant_metrics: figures that `FittedTask.picture_metrics` gives for each of them, as ``NAME_VARIANT``.
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
    variants: ClassVar[tuple[str, ...]] = ()
    variant_metrics: ClassVar[tuple[Metric, ...]] = ()

    @abstractmethod
    def fit(self, config: ConfigT, train: Images, seed: int, cache: Path) -> FittedTask:
        """Learn what the task needs from the training images."""

    @abstractmethod
    def restore(self, state: Mapping[str, Any], cache: Path) -> FittedTask:
        """Make the fitted task again from what its `FittedTask.state` returned."""
