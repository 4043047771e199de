from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import binary_erosion

from zoo.api import Images, UserError
from zoo.tasks.segmentation import Segmentation, SegmentationConfig
from zoo.tasks.segmentation.fitted import FittedSegmentation
from zoo.tasks.segmentation.metrics import boundary_iou, course_miou, foreground_iou, picture_ious, soft_iou_loss


def test_metrics_agree_with_torchmetrics() -> None:
    from torchmetrics.functional.classification import multiclass_confusion_matrix, multiclass_jaccard_index

    torch.manual_seed(0)
    truth = torch.randint(0, 4, (5000,))
    guess = torch.where(torch.rand(5000) < 0.4, truth, torch.randint(0, 4, (5000,)))
    figures = FittedSegmentation(4, "cross-entropy").metrics(multiclass_confusion_matrix(guess, truth, 4))
    each = multiclass_jaccard_index(guess, truth, 4, average=None)
    assert [figures[f"iou_{number}"] for number in range(4)] == pytest.approx(each.tolist())
    assert figures["miou"] == pytest.approx(each.mean().item())
    assert figures["accuracy"] == pytest.approx((truth == guess).float().mean().item())
    both, either = ((truth > 0) & (guess > 0)).sum(), ((truth > 0) | (guess > 0)).sum()
    assert figures["foreground_iou"] == pytest.approx((both / either).item())


def test_a_class_that_is_nowhere_counts_for_nothing() -> None:
    confusion = torch.tensor([[6, 2, 0], [0, 4, 0], [0, 0, 0]])
    figures = FittedSegmentation(3, "cross-entropy").metrics(confusion)
    assert math.isnan(figures["iou_2"])
    assert figures["miou"] == pytest.approx((6 / 8 + 4 / 6) / 2)
    assert math.isnan(foreground_iou(torch.tensor([[9, 0], [0, 0]])))


@pytest.mark.parametrize(
    ("iou", "points"),
    [(0.3, 0.0), (0.5, 0.0), (0.54, 0.1), (0.56, 0.2), (0.75, 0.5), (0.96, 1.0), (1.0, 1.0)],
)
def test_the_courses_figure(iou: float, points: float) -> None:
    truth = torch.ones(1, 10, 10, dtype=torch.bool)
    guess = (torch.arange(100) < round(iou * 100)).view(1, 10, 10)
    assert picture_ious(truth, guess).item() == pytest.approx(iou)
    assert course_miou(truth, guess) == pytest.approx(points)


def test_empty_pictures_that_stay_empty_are_right() -> None:
    empty = torch.zeros(2, 8, 8, dtype=torch.bool)
    assert picture_ious(empty, empty).tolist() == [1, 1]
    assert math.isnan(boundary_iou(empty, empty))


def test_boundary_iou_equals_erosion_by_scipy() -> None:
    """Cheng et al.: G minus G eroded by d pixels; d is 2% of the diagonal, and the picture's edge an outline."""
    random = np.random.default_rng(0)
    regions = torch.from_numpy(random.random((2, 3, 6, 8)) < 0.6).repeat_interleave(16, 2).repeat_interleave(16, 3)
    height, width = regions.shape[2:]
    distance = round(0.02 * math.hypot(height, width))
    assert distance == 3
    expected = []
    for truth, guess in zip(*(side.numpy() for side in regions), strict=True):
        bands = [
            region & ~binary_erosion(region, np.ones((3, 3)), iterations=distance, border_value=0)
            for region in (truth, guess)
        ]
        expected.append((bands[0] & bands[1]).sum() / (bands[0] | bands[1]).sum())
    assert boundary_iou(*regions) == pytest.approx(np.mean(expected), rel=1e-6)


def test_boundary_iou_punishes_what_iou_forgives() -> None:
    truth = torch.zeros(1, 100, 100, dtype=torch.bool)
    truth[:, 10:90, 10:90] = True
    coarse = torch.zeros_like(truth)
    coarse[:, 14:86, 14:86] = True
    assert picture_ious(truth, coarse).item() > 0.8
    assert boundary_iou(truth, coarse) < 0.1


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 1000), classes=st.integers(2, 4))
def test_soft_iou_of_certain_predictions_is_iou(seed: int, classes: int) -> None:
    random = torch.Generator().manual_seed(seed)
    truth, guess = torch.randint(0, classes, (2, 3, 6, 6), generator=random)
    logits = torch.nn.functional.one_hot(guess, classes).permute(0, 3, 1, 2) * 200.0
    expected = []
    for one, other in zip(truth, guess, strict=True):
        present = one.unique().tolist()
        ious = [((one == k) & (other == k)).sum() / ((one == k) | (other == k)).sum() for k in present]
        expected.append(1 - sum(ious) / len(ious))
    assert soft_iou_loss(logits, truth).item() == pytest.approx(torch.stack(expected).mean().item(), abs=1e-5)


def test_the_loss_is_the_one_that_was_chosen() -> None:
    logits, truth = torch.randn(2, 2, 8, 8, requires_grad=True), torch.randint(0, 2, (2, 8, 8), dtype=torch.uint8)
    cross, soft = (FittedSegmentation(2, name).loss(logits, truth) for name in ("cross-entropy", "soft-iou"))
    assert cross.item() == pytest.approx(torch.nn.functional.cross_entropy(logits, truth.long()).item())
    assert soft.item() == pytest.approx(soft_iou_loss(logits, truth).item())
    soft.backward()
    assert logits.grad.abs().sum() > 0


def images(classes: int = 2) -> Images:
    torch.manual_seed(0)
    return Images(
        torch.randint(0, 256, (3, 3, 8, 8), dtype=torch.uint8), torch.randint(0, classes, (3, 8, 8), dtype=torch.uint8)
    )


def test_fitting_counts_the_classes_and_survives_its_record(tmp_path: Path) -> None:
    task = Segmentation()
    fitted = task.fit(SegmentationConfig(loss="soft-iou"), images(5), 0, tmp_path)
    again = task.restore(fitted.state(), tmp_path)
    assert fitted.num_classes == again.num_classes == 5
    assert again.state() == fitted.state()
    logits, truth = torch.randn(2, 5, 4, 4), torch.randint(0, 5, (2, 4, 4))
    assert torch.equal(again.loss(logits, truth), soft_iou_loss(logits, truth))


def test_masks_of_one_class_and_classes_unseen_in_training_are_refused(tmp_path: Path) -> None:
    visible = images(3)
    with pytest.raises(UserError, match="one class only"):
        Segmentation().fit(SegmentationConfig(), Images(visible.rgb, torch.zeros_like(visible.masks)), 0, tmp_path)
    with pytest.raises(UserError, match="hold class 2, but the training masks only 0 to 1"):
        FittedSegmentation(2, "cross-entropy").targets(visible)


def test_samples_show_photo_truth_overlay_and_prediction() -> None:
    visible, task = images(3), FittedSegmentation(3, "cross-entropy")
    rows = task.samples(visible, visible.masks, visible.masks)
    assert list(rows) == ["photo", "truth", "overlay", "prediction"]
    assert torch.equal(rows["truth"], rows["prediction"])
    background = (visible.masks == 0)[:, None].expand(-1, 3, -1, -1)
    assert torch.equal(rows["overlay"][background], visible.rgb[background])
    assert not torch.equal(rows["overlay"][~background], visible.rgb[~background])
    assert len({tuple(color) for color in task.colors_K3.tolist()}) == 3


@settings(max_examples=25, deadline=None)
@given(height=st.integers(1, 90), width=st.integers(1, 90))
def test_a_mask_is_of_the_photos_size_and_where_the_network_says(height: int, width: int) -> None:
    photo = torch.zeros(3, height, width, dtype=torch.uint8)
    photo[:, :, : width // 2] = 255

    def bright(seen_13hw: torch.Tensor) -> torch.Tensor:
        assert min(seen_13hw.shape[2:]) == 16
        logit = seen_13hw[:, :1].float() - 127.5
        return torch.cat([-logit, logit], dim=1)

    made = FittedSegmentation(2, "cross-entropy").apply(photo, 16, bright)
    assert tuple(made) == FittedSegmentation.outputs
    assert all(picture.shape == photo.shape and picture.dtype == torch.uint8 for picture in made.values())
    assert set(made["mask"].unique().tolist()) <= {0, 255}
    assert (made["mask"] != photo).float().mean() <= 2 / max(width, 2), "a column beside the edge at most"
