"""Segmentation with its classes: targets, loss, metrics, and pictures of masks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from zoo.api import FittedTask, Images, UserError
from zoo.tasks.bands import enlarged, shrunk
from zoo.tasks.segmentation.metrics import boundary_iou, class_ious, course_miou, foreground_iou, soft_iou_loss

COLORS = (
    (20, 20, 20),
    (255, 205, 60),
    (70, 130, 255),
    (240, 80, 90),
    (60, 190, 110),
    (180, 110, 230),
    (90, 210, 220),
    (245, 140, 50),
)
"""What classes are shown in: dark for the background; after the last color they begin again at the second."""

TINT = 0.55
"""How much of a class's color, of 1, lies over the photo."""


class FittedSegmentation(FittedTask):
    """Segmentation into a number of classes.

    Args:
        num_classes: K, the background included.
        loss: ``cross-entropy`` or ``soft-iou``.
    """

    outputs = ("mask", "overlay")
    lossless = ("mask",)

    def __init__(self, num_classes: int, loss: str) -> None:
        self.num_classes = num_classes
        self._loss = loss
        colors = [COLORS[0], *(COLORS[1 + number % (len(COLORS) - 1)] for number in range(num_classes - 1))]
        self.colors_K3 = torch.tensor(colors, dtype=torch.uint8)

    def visible(self, images: Images) -> Tensor:
        """The photo itself, uint8 (N, 3, H, W)."""
        return images.rgb

    def targets(self, images: Images) -> Tensor:
        """The masks, uint8 (N, H, W).

        Raises:
            UserError: if they hold a class that the training masks lack.
        """
        assert images.masks is not None, "the plan makes sure that there are masks"
        if (highest := int(images.masks.max())) >= self.num_classes:
            raise UserError(
                f"the validation masks hold class {highest}, but the training masks only 0 to {self.num_classes - 1}."
            )
        return images.masks

    def loss(self, logits_NKHW: Tensor, targets_NHW: Tensor) -> Tensor:
        """Cross-entropy per pixel (nats), or one minus the soft intersection over union."""
        if self._loss == "soft-iou":
            return soft_iou_loss(logits_NKHW, targets_NHW)
        return super().loss(logits_NKHW, targets_NHW)

    def metrics(self, confusion_KK: Tensor) -> dict[str, float]:
        """Pixel accuracy, mIoU over the classes that occur, foreground IoU, and the IoU of every class ``iou_0``..."""
        ious_K = class_ious(confusion_KK)
        return {
            "accuracy": float(confusion_KK.diagonal().sum() / confusion_KK.sum()),
            "miou": float(ious_K.nanmean()),
            "foreground_iou": foreground_iou(confusion_KK),
            **{f"iou_{number}": float(iou) for number, iou in enumerate(ious_K)},
        }

    def picture_metrics(self, images: Images, classes_NHW: Tensor, variants: Mapping[str, Tensor]) -> dict[str, float]:
        """Boundary IoU, and the course's thresholded figure, both of the foreground."""
        truth_NHW, guess_NHW = self.targets(images) > 0, classes_NHW > 0
        return {
            "boundary_iou": boundary_iou(truth_NHW, guess_NHW),
            "course_miou": course_miou(truth_NHW, guess_NHW),
        }

    def samples(self, images: Images, targets_NHW: Tensor, classes_NHW: Tensor) -> dict[str, Tensor]:
        """The photo, the true mask, the prediction laid over the photo, and the prediction."""
        return {
            "photo": images.rgb,
            "truth": self.decode(targets_NHW),
            "overlay": self.overlay(images.rgb, classes_NHW),
            "prediction": self.decode(classes_NHW),
        }

    def decode(self, classes_NHW: Tensor) -> Tensor:
        """From classes (N, H, W) to pictures in the classes' colors, uint8 (N, 3, H, W)."""
        return self.colors_K3[classes_NHW.long()].permute(0, 3, 1, 2)

    def overlay(self, rgb_N3HW: Tensor, classes_NHW: Tensor) -> Tensor:
        """Photos with everything but the background tinted, uint8 (N, 3, H, W)."""
        mixed_N3HW = rgb_N3HW.float().lerp(self.decode(classes_NHW).float(), TINT).round().to(torch.uint8)
        return torch.where((classes_NHW > 0)[:, None], mixed_N3HW, rgb_N3HW)

    def apply(self, picture_3HW: Tensor, size: int, predict: Callable[[Tensor], Tensor]) -> dict[str, Tensor]:
        """Mask and overlay of a photo, at its size.

        The network sees the photo with its shorter side as long as that of its training pictures. The mask holds
        0 and 255 where there are two classes, and class numbers where there are more: what a data set may hold, too.
        """
        height, width = picture_3HW.shape[-2:]
        scale = size / min(height, width)
        small = (max(1, round(height * scale)), max(1, round(width * scale)))
        logits_1Khw = predict(shrunk(picture_3HW, small)).float().cpu()
        mask_3HW, overlay_3HW = torch.empty_like(picture_3HW), torch.empty_like(picture_3HW)
        for band, logits_1KrW in enlarged(logits_1Khw, (height, width), "bilinear"):
            classes_1rW = logits_1KrW.argmax(dim=1).to(torch.uint8)
            mask_3HW[band] = classes_1rW * 255 if self.num_classes == 2 else classes_1rW
            overlay_3HW[band] = self.overlay(picture_3HW[None, *band], classes_1rW)[0]
        return {"mask": mask_3HW, "overlay": overlay_3HW}

    def state(self) -> dict[str, Any]:
        """The number of classes, and the loss."""
        return {"classes": self.num_classes, "loss": self._loss}
