"""Sentences of the tutorials that are easily said wrong, each computed anew.

A sentence is quoted with the page that it is on, so that neither can change without the other.
"""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.nn import functional as F

import zoo
from zoo.quiz.derived import seen_columns

TUTORIALS = Path(__file__).resolve().parents[2] / "docs" / "tutorials"


def says(page: str, sentence: str) -> None:
    """Assert that a page has a sentence, however its lines are broken."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", (TUTORIALS / f"{page}.md").read_text(encoding="utf-8"))
    assert sentence in " ".join(text.split())


# --- how a network learns ---


def test_softmax_and_cross_entropy() -> None:
    says("learning", "A network that gives each of 24 colors the same probability pays ln 24 = 3.18 nats")
    assert round(math.log(24), 2) == 3.18
    z_NK = torch.randn(5, 24)
    assert torch.allclose((z_NK + 5).softmax(1), z_NK.softmax(1), atol=1e-6)


def test_the_best_single_answer_by_squared_error_is_the_mean() -> None:
    says("learning", "The number with the smallest mean squared error is the mean")
    x_N = torch.tensor([0.1, 0.9, 0.8])
    errors = [(float((x_N - guess).square().mean()), guess) for guess in torch.linspace(0, 1, 1001).tolist()]
    assert min(errors)[1] == pytest.approx(float(x_N.mean()), abs=0.001)


def test_too_large_a_rate_makes_the_loss_grow_with_every_step() -> None:
    says("learning", "A rate that is too large overshoots, and the loss grows with every step.")
    curvature = 2 * 0.25  # of the mean of (w x - t)^2, where the mean of x^2 is 0.25
    for rate, grows in ((1.05 / 0.25, True), (0.95 / 0.25, False)):
        assert (abs(1 - rate * curvature) > 1) == grows


# --- convolution ---


def test_winograd_and_fft_do_not_compute_the_products_of_the_definition() -> None:
    says("convolution", "The last two do not compute the products of the definition at all.")
    x_8, w_8 = torch.rand(8, dtype=torch.float64), torch.rand(8, dtype=torch.float64)
    spectra = torch.fft.rfft(x_8) * torch.fft.rfft(w_8)
    assert len(spectra) == 5  # five complex products, where the definition has 64 real ones
    direct = torch.stack([(x_8 * w_8.flip(0).roll(shift + 1)).sum() for shift in range(8)])
    assert torch.allclose(torch.fft.irfft(spectra, 8), direct)


# --- pooling ---


def test_the_receptive_field_grows_by_two_then_four_then_eight() -> None:
    says("pooling", "After one pooling it adds four, after two it adds eight.")

    def columns(layers: list[nn.Module]) -> int:
        return seen_columns(nn.Sequential(*layers), size=64)

    def conv() -> nn.Module:
        return nn.Conv2d(1, 1, 3, padding=1)

    before: list[nn.Module] = [conv()]
    for added in (2, 4, 8):
        assert columns([*before, conv()]) - columns(before) == added
        before = [*before, nn.MaxPool2d(2)]


def test_a_gradient_can_be_zero_where_the_input_matters() -> None:
    says("pooling", "For a single picture, the gradient is also zero where max-pooling dropped a pixel")
    x_NCHW = torch.tensor([[1.0, 0.9], [0.0, 0.0]])[None, None].requires_grad_()
    F.max_pool2d(x_NCHW, 2).sum().backward()
    assert x_NCHW.grad is not None
    assert float(x_NCHW.grad[0, 0, 0, 1]) == 0  # and yet a larger value there changes the maximum
    assert seen_columns(nn.MaxPool2d(2), size=8) == 2


# --- preprocessing ---


def test_the_stable_rate_falls_with_the_square_of_the_scale() -> None:
    says("preprocessing", "the largest stable learning rate falls with the *square* of the scale")
    x_NK = torch.rand(200, 9, dtype=torch.float64)

    def stable(scale: float) -> float:
        return float(2 / torch.linalg.eigvalsh(scale**2 * x_NK.T @ x_NK / len(x_NK))[-1])

    assert stable(1) / stable(255) == pytest.approx(255**2)


def _changed(network: nn.Module, a: float) -> float:
    x_NCHW = torch.rand(8, 1, 32, 32, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        before_NHW, after_NHW = (network(x).argmax(dim=1) for x in (x_NCHW, a * x_NCHW))
    return float((before_NHW != after_NHW).double().mean())


def test_eps_alone_keeps_the_baseline_from_ignoring_a_scale() -> None:
    says("preprocessing", "at a = 0.01, a quarter of the predictions change")
    baseline = zoo.build("baseline").double().train()
    assert _changed(baseline, 2) < 0.01
    assert 0.2 < _changed(baseline, 0.01) < 0.35
    for module in baseline.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eps = 1e-30
    assert _changed(baseline, 0.01) < 1e-4


def test_negation_needs_no_pooling() -> None:
    says("preprocessing", "without any pooling, even more predictions change")
    torch.manual_seed(0)
    no_pooling = nn.Sequential(
        nn.Conv2d(1, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.Conv2d(32, 24, 3, padding=1)
    ).double()
    assert _changed(no_pooling, -1) > _changed(zoo.build("baseline").double().train(), -1) > 0.5


# --- skips, counting, reading ---


def test_the_copy_is_judged_by_the_root_mean_square() -> None:
    says("skips", "root mean square error (pixel values from 0 to 1)")
    says("skips", "loss.item() ** 0.5")


@pytest.mark.parametrize("k", [3, 5, 7])
def test_taps_on_the_picture_from_the_smallest_size_on(k: int) -> None:
    says("counting", "fall on the picture, if N is at least (k - 1)/2.")
    for n in range(1, 12):
        ones = F.conv1d(torch.ones(1, 1, n), torch.ones(1, 1, k), padding=k // 2)
        assert (int(ones.sum()) == k * n - (k**2 - 1) // 4) == (n >= (k - 1) / 2)


def test_doubling_without_padding_taps_is_more_than_four() -> None:
    says("counting", "the ratio is more than four")
    assert all((6 * n - 2) ** 2 / (3 * n - 2) ** 2 > 4 for n in range(1, 100))


def test_points_of_the_learning_rate() -> None:
    says("reading", "Of the 23.4 points between the first and the last, the learning rate accounts for 15.1.")
    assert round(49.2 - 25.8, 1) == 23.4
    assert round(40.9 - 25.8, 1) == 15.1
