"""What a pretrained backbone is fed: pixels as in its own pretraining."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from zoo.api import Preprocess, pretrained_config


class PretrainedPreprocess(Preprocess):
    """Mean and standard deviation of the backbone's own pretrained configuration; grey is repeated as R, G and B.

    Pictures are padded to multiples of 32, repeating the border, for not every backbone can do without. A backbone that
    takes one size only (some transformers) gets the picture resized to it instead, by its own interpolation.

    Args:
        backbone: a model of timm's.
    """

    channels = 3
    multiple = 32

    def __init__(self, backbone: str) -> None:
        published = pretrained_config(backbone, kind="backbone")
        self._mean_3, self._std_3 = tuple(published.mean), tuple(published.std)
        self._size = tuple(published.input_size[-2:]) if published.fixed_input_size else None
        self._interpolation = (
            published.interpolation if published.interpolation in ("bilinear", "bicubic") else "bicubic"
        )

    def encode(self, picture_NCHW: Tensor) -> Tensor:
        """From uint8 (N, C, H, W), C of 1 or 3, to float (N, 3, H', W')."""
        x_N3HW = picture_NCHW.float().expand(-1, 3, -1, -1) / 255
        height, width = x_N3HW.shape[-2:]
        right, bottom = -width % self.multiple, -height % self.multiple
        if self._size is None and (right or bottom):
            x_N3HW = F.pad(x_N3HW, (0, right, 0, bottom), mode="replicate")
        elif self._size and (height, width) != self._size:
            x_N3HW = F.interpolate(x_N3HW, self._size, mode=self._interpolation, antialias=True).clamp(0, 1)
        mean_131, std_131 = (
            torch.tensor(values, device=x_N3HW.device).view(3, 1, 1) for values in (self._mean_3, self._std_3)
        )
        return (x_N3HW - mean_131) / std_131

    def decode(self, logits_NKHW: Tensor, height: int, width: int) -> Tensor:
        """Cut the padding off, or resize to the picture, bilinearly."""
        if self._size is None or (height, width) == self._size:
            return logits_NKHW[..., :height, :width]
        return F.interpolate(logits_NKHW.float(), (height, width), mode="bilinear", align_corners=False)
