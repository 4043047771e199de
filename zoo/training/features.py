"""Features of a frozen backbone, computed once a picture and kept: later epochs run the head alone.

Possible where nothing that is trained comes before the features: a model that is used in two steps (see
`zoo.api.TwoStep`), all of whose trained weights are in its head, on pictures that no augmentation changes. A frozen
part is in evaluation mode, so that its features are the same in every epoch, and the results are those of the long way.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from zoo.api import TwoStep
from zoo.freezing import within
from zoo.network import Features, Network
from zoo.training.batches import Batches

LARGEST_BYTES = 4 << 30
"""Features that would take more memory than this are computed anew in every epoch."""

PIXELS_AT_ONCE = 1 << 20


class CachedBatches(Batches):
    """A split whose pictures have been replaced by their features.

    Args:
        batches: the split.
        features: of all its pictures, in order.
    """

    def __init__(self, batches: Batches, features: Features) -> None:
        super().__init__(batches.pictures_NCHW, batches.targets_NHW, batches.targets_NHW.device, *batches.place)
        self._features = features

    def visible(self, index: Tensor | slice) -> Features:
        """The features of some of the pictures."""
        return self._features.of(index)


def can_cache(network: Network, head: str, batches: Batches) -> bool:
    """Whether features need to be computed but once, and there is room for them."""
    if not isinstance(network.model, TwoStep) or not head:
        return False
    trained = [name for name, parameter in network.model.named_parameters() if parameter.requires_grad]
    if not trained or len(within([name.rpartition(".")[0] for name in trained], head)) != len(trained):
        return False
    one = _features(network, batches.pictures_NCHW[:1])
    return sum(m.nbytes for m in one.maps) * len(batches) <= LARGEST_BYTES


def cached(
    network: Network,
    batches: Batches,
    autocast: Callable[[], torch.autocast],
    progress: Callable[[int, int], None],
) -> CachedBatches:
    """Compute the features of every picture of a split, in the precision of the training."""
    pixels = batches.targets_NHW[0].numel()
    pieces = torch.split(batches.pictures_NCHW, max(1, PIXELS_AT_ONCE // pixels))
    parts, done = [], 0
    for piece_NCHW in pieces:
        with autocast():
            parts.append(_features(network, piece_NCHW))
        done += len(piece_NCHW)
        progress(done, len(batches))
    maps = tuple(torch.cat(levels) for levels in zip(*(part.maps for part in parts), strict=True))
    return CachedBatches(batches, Features(maps, parts[0].encoded, parts[0].picture))


@torch.no_grad()  # not inference mode, whose tensors cannot take part in a later backward pass
def _features(network: Network, picture_NCHW: Tensor) -> Features:
    network.eval()
    return network.features(picture_NCHW)
