from __future__ import annotations

import warnings
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.color import deltaE_ciede2000, lab2rgb, rgb2lab

from zoo.api import Images
from zoo.tasks.colorization import DECISIONS, Colorization, ColorizationConfig
from zoo.tasks.colorization.color import ciede2000, colorfulness, mean_grey
from zoo.tasks.colorization.decision import Decider
from zoo.tasks.colorization.fitted import FittedColorization
from zoo.tasks.colorization.lab import color_differences, lab_to_rgb, rgb_to_lab
from zoo.tasks.colorization.palette import COURSE_PALETTE
from zoo.tasks.colorization.photo import colorize

COURSE = torch.tensor(COURSE_PALETTE, dtype=torch.uint8)


@pytest.fixture
def course(tmp_path: Path) -> FittedColorization:
    return FittedColorization(COURSE, tmp_path)


def test_grey_is_the_mean_rounded() -> None:
    rgb = torch.randint(0, 256, (4, 3, 8, 8), dtype=torch.uint8)
    assert torch.equal(mean_grey(rgb), rgb.double().mean(dim=1, keepdim=True).round().to(torch.uint8))
    assert mean_grey(torch.full((1, 3, 1, 1), 255, dtype=torch.uint8)).item() == 255


def test_metrics_agree_with_torchmetrics(course: FittedColorization) -> None:
    from torchmetrics.functional.classification import multiclass_accuracy, multiclass_confusion_matrix

    torch.manual_seed(0)
    truth = torch.randint(0, 23, (5000,))  # the last color does not occur
    guess = torch.where(torch.rand(5000) < 0.4, truth, torch.randint(0, 24, (5000,)))
    confusion = multiclass_confusion_matrix(guess, truth, 24)
    figures = course.metrics(confusion)
    assert figures["accuracy"] == pytest.approx((guess == truth).float().mean().item())
    present = multiclass_accuracy(guess, truth, 24, average=None)[:23]
    assert figures["balanced_accuracy"] == pytest.approx(present.mean().item(), rel=1e-6)
    spread = COURSE.int().amax(1) - COURSE.int().amin(1)
    chromatic = (spread >= 51)[truth]
    assert int((spread >= 51).sum()) == 10, "the course's palette has ten chromatic colors"
    assert figures["chromatic_accuracy"] == pytest.approx((guess == truth)[chromatic].float().mean().item())


def test_metrics_of_nothing_chromatic_are_no_number(course: FittedColorization) -> None:
    confusion = torch.zeros(24, 24, dtype=torch.int64)
    confusion[5, 5] = 3  # 13 11 11, nearly black
    figures = course.metrics(confusion)
    assert figures["accuracy"] == figures["balanced_accuracy"] == 1.0
    assert np.isnan(figures["chromatic_accuracy"])


def test_ciede2000_equals_scikit_image_pixel_by_pixel() -> None:
    torch.manual_seed(1)
    a, b = torch.randint(0, 256, (2, 3, 3, 16, 16), dtype=torch.uint8)
    b[:, :, :2] = a[:, :, :2]  # no difference at all
    a[:, :, 4:6] = a[:, :1, 4:6]  # grey has no hue
    direct = deltaE_ciede2000(*(rgb2lab(x.permute(0, 2, 3, 1).numpy()) for x in (a, b))).mean()
    assert ciede2000(a, b) == pytest.approx(direct, rel=1e-5)
    assert ciede2000(a, a) == 0


def test_lab_equals_scikit_image_both_ways() -> None:
    torch.manual_seed(2)
    rgb = torch.randint(0, 256, (2, 3, 16, 16), dtype=torch.uint8)
    lab = rgb_to_lab(rgb)
    assert np.abs(lab.permute(0, 2, 3, 1).numpy() - rgb2lab(rgb.permute(0, 2, 3, 1).numpy())).max() < 1e-3
    assert torch.equal(lab_to_rgb(lab), rgb)
    wild = torch.rand(2, 3, 16, 16) * torch.tensor([100.0, 200, 200]).view(3, 1, 1) - torch.tensor(
        [0.0, 100, 100]
    ).view(3, 1, 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # colors that no screen has
        cut_off = lab2rgb(wild.permute(0, 2, 3, 1).double().numpy())
    assert np.abs(lab_to_rgb(wild).permute(0, 2, 3, 1).numpy() - cut_off * 255).max() < 0.51


def test_colorfulness_of_simple_pictures() -> None:
    assert colorfulness(torch.randint(0, 256, (2, 1, 8, 8), dtype=torch.uint8).expand(-1, 3, -1, -1)) == 0
    red = torch.tensor([255, 0, 0], dtype=torch.uint8).view(1, 3, 1, 1).expand(1, 3, 8, 8)
    assert colorfulness(red) == pytest.approx(0.3 * (255**2 + 127.5**2) ** 0.5), "no spread, only strength"
    red_and_green = torch.cat([red, red.flip(1).roll(-1, 1)], dim=3)
    assert colorfulness(red_and_green) == pytest.approx(255 + 0.3 * 127.5)


def test_every_decision_is_the_best_for_its_own_cost() -> None:
    """Of all palette colors, none has a smaller expected cost under the probabilities; checked one by one."""
    torch.manual_seed(3)
    logits = 2 * torch.randn(2, 24, 4, 4)
    probability = logits.softmax(dim=1)
    lab = rgb_to_lab(COURSE.T[None, :, :, None])  # (1, 3, 24, 1)
    decider = Decider(COURSE)
    assert torch.equal(decider.classes(logits, "mode"), probability.argmax(dim=1))
    costs = [
        sum(
            probability[:, true] * float(color_differences(lab[:, :, true, None], lab[:, :, choice, None]))
            for true in range(24)
        )
        for choice in range(24)
    ]
    assert torch.equal(decider.classes(logits, "least-difference"), torch.stack(costs, dim=1).argmin(dim=1))

    def squared_distance(ab: torch.Tensor) -> float:
        apart = ab[:, None] - lab[0, 1:, :, 0].T[None, :, :, None, None]
        return float((probability[:, :, None] * apart.square()).sum())

    mean = decider.ab(logits, "mean")
    assert all(
        squared_distance(mean) < squared_distance(decider.ab(logits, other)) for other in set(DECISIONS) - {"mean"}
    )
    sure = torch.eye(24)[[4]].view(1, 24, 1, 1) * 100
    assert all(
        torch.allclose(decider.ab(sure, decision)[0, :, 0, 0], lab[0, 1:, 4, 0], atol=1e-3) for decision in DECISIONS
    )


def test_figures_as_colored_are_those_of_what_predict_makes(tmp_path: Path) -> None:
    torch.manual_seed(4)
    images = Images(torch.randint(0, 256, (3, 3, 8, 8), dtype=torch.uint8))
    logits = torch.randn(3, 24, 8, 8)
    for decision in DECISIONS:
        task = FittedColorization(COURSE, tmp_path, decision)
        figures = task.picture_metrics(images, logits.argmax(dim=1), task.variants(logits))
        colored = torch.stack(
            [
                task.apply(picture, 8, lambda visible, n=n: logits[n : n + 1])["colorized"]
                for n, picture in enumerate(images.rgb)
            ]
        )
        assert figures["as_colored"] == pytest.approx(ciede2000(images.rgb, colored), abs=0.02)
        assert figures["vividness"] == pytest.approx(colorfulness(colored) / colorfulness(images.rgb), abs=0.01)
        assert figures["vividness_grey"] == 0
        assert set(figures) == {
            "ciede2000",
            *(f"{metric.name}_{name}" for metric in Colorization.variant_metrics for name in Colorization.variants),
            *(metric.name for metric in Colorization.variant_metrics),
        }


def test_samples_show_truth_and_prediction(course: FittedColorization) -> None:
    images = Images(torch.randint(0, 256, (2, 3, 8, 8), dtype=torch.uint8))
    targets = course.targets(images)
    rows = course.samples(images, targets, targets)
    assert list(rows)[-1] == "prediction"
    assert torch.equal(rows["prediction"], rows["truth in\npalette colors"])
    assert torch.equal(rows["truth"], images.rgb)
    assert all(row.shape == (2, 3, 8, 8) and row.dtype == torch.uint8 for row in rows.values())


def test_a_fitted_task_survives_its_record(tmp_path: Path) -> None:
    images = Images(torch.randint(0, 256, (8, 3, 16, 16), dtype=torch.uint8))
    task = Colorization()
    fitted = task.fit(ColorizationConfig(palette="kmeans:6", decision="mode"), images, seed=0, cache=tmp_path)
    assert fitted.num_classes == 6
    again = task.restore(fitted.state(), tmp_path)
    assert torch.equal(again.targets(images), fitted.targets(images))
    assert again.decision == "mode"


@settings(max_examples=25, deadline=None)
@given(height=st.integers(1, 90), width=st.integers(1, 90), color=st.integers(0, 23))
def test_a_colored_photo_keeps_its_size_and_its_lightness(height: int, width: int, color: int) -> None:
    torch.manual_seed(0)
    photo = torch.randint(60, 190, (3, height, width), dtype=torch.uint8)  # away from where color leaves the gamut

    def always(visible: torch.Tensor) -> torch.Tensor:
        assert visible.dtype == torch.uint8
        assert visible.shape[:2] == (1, 1)
        assert min(visible.shape[2:]) <= 32
        return torch.eye(24)[color].view(1, 24, 1, 1).expand(-1, -1, *visible.shape[2:]) * 50

    colored = colorize(photo, 16, always, partial(Decider(COURSE).ab, decision="annealed-mean"))
    assert colored.shape == photo.shape
    grey = mean_grey(photo[None])[0].expand(3, -1, -1)
    lightness = [rgb2lab(x.permute(1, 2, 0).numpy())[..., 0] for x in (colored, grey)]
    assert np.abs(lightness[0] - lightness[1]).mean() < 1.5


def test_a_network_that_says_grey_leaves_a_photo_grey() -> None:
    photo = torch.randint(0, 256, (3, 40, 56), dtype=torch.uint8)
    greys = torch.tensor([[0, 0, 0], [128, 128, 128], [255, 255, 255]], dtype=torch.uint8)
    colored = colorize(
        photo,
        16,
        lambda visible: torch.randn(1, 3, *visible.shape[2:]),
        partial(Decider(greys).ab, decision="mean"),
    )
    assert (colored.int() - mean_grey(photo[None])[0].int()).abs().max() <= 1
