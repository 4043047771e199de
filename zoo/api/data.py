"""The contract of a data set: what is asked of it, and what it gives."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from zoo.errors import UserError

if TYPE_CHECKING:
    from torch import Tensor

SMALLEST, LARGEST = 4, 4096
"""Height and width of training pictures, in pixels."""


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


def check_size(size: int) -> None:
    """Refuse a size of pictures that no data set is asked for.

    Raises:
        UserError: if it is out of bounds.
    """
    if not SMALLEST <= size <= LARGEST:
        raise UserError(f"--size must be from {SMALLEST} to {LARGEST}, not {size}.")


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
