from __future__ import annotations

import pytest
import torch
from torch import nn

import zoo


@pytest.mark.parametrize(("name", "weights"), [("baseline", 86_784), ("unet", 112_344)])
def test_weights_at_the_courses_settings(name: str, weights: int) -> None:
    assert sum(parameter.numel() for parameter in zoo.build(name).parameters()) == weights


@pytest.mark.parametrize("filters", [4, 7])
@pytest.mark.parametrize("classes", [2, 24])
@pytest.mark.parametrize("channels", [1, 3])
def test_weights_follow_the_formulas(filters: int, classes: int, channels: int) -> None:
    """With bias and batch normalization; the course's hand derivation, corrected."""
    nf, nc, nic = filters, classes, channels
    own = 18 * nf + 4 * nc
    formulas = {
        "baseline": 9 * nic * nf + 72 * nf**2 + 9 * nf * nc + 9 * nc**2 + own,
        "unet": 9 * nic * nf + 90 * nf**2 + 18 * nf * nc + 9 * nc**2 + 9 * nic * nc + own,
    }
    for name, wanted in formulas.items():
        model = zoo.build(name, in_channels=nic, num_classes=nc, num_filters=nf)
        assert sum(parameter.numel() for parameter in model.parameters()) == wanted


@pytest.mark.parametrize("name", ["baseline", "unet"])
def test_each_block_is_convolution_resampling_normalization_relu(name: str) -> None:
    model = zoo.build(name)
    for number, resample in enumerate((nn.MaxPool2d, nn.MaxPool2d, None, nn.Upsample, nn.Upsample), start=1):
        kinds = [type(module) for module in getattr(model, f"layer{number}")]
        assert kinds == [nn.Conv2d, *([resample] if resample else []), nn.BatchNorm2d, nn.ReLU]
    assert isinstance(model.layer6, nn.Conv2d)


def test_skip_connections_are_all_that_the_unet_adds() -> None:
    """With the weights of its skip inputs at zero, a U-Net computes what the baseline does."""
    baseline, unet = zoo.build("baseline", seed=1).eval(), zoo.build("unet", seed=2).eval()
    with torch.no_grad():
        for name, weight in baseline.state_dict().items():
            wide = unet.state_dict()[name]
            if wide.shape == weight.shape:
                wide.copy_(weight)
            else:
                wide.zero_()
                wide[:, : weight.shape[1]] = weight
    x = torch.rand(2, 1, 16, 16)
    assert torch.allclose(baseline(x), unet(x), atol=1e-6)


def test_the_seed_of_build_fixes_weights_and_nothing_else() -> None:
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    first, second, other = zoo.build("unet", seed=1), zoo.build("unet", seed=1), zoo.build("unet", seed=2)
    assert torch.equal(torch.rand(1), expected)
    assert torch.equal(first.layer6.weight, second.layer6.weight)
    assert not torch.equal(first.layer6.weight, other.layer6.weight)


def test_the_lookup_finds_the_commonest_class_of_every_level() -> None:
    from zoo.registry import load_registry

    lookup = load_registry().architecture("lookup").value
    model = lookup.build(lookup.config(smoothing=0.5), 1, 3)
    levels = torch.tensor([0, 0, 0, 7, 7, 7]).view(1, 1, 2, 3).float()
    classes = torch.tensor([2, 2, 1, 0, 0, 0], dtype=torch.uint8).view(1, 2, 3)
    lookup.fit(model, [(levels, classes)])
    probability = model(torch.tensor([0.0, 7.0, 9.0]).view(1, 1, 1, 3)).exp()[0, :, 0]
    assert probability[:, 0].tolist() == pytest.approx([0.5 / 4.5, 1.5 / 4.5, 2.5 / 4.5])
    assert probability[:, 1].tolist() == pytest.approx([3.5 / 4.5, 0.5 / 4.5, 0.5 / 4.5])
    assert probability[:, 2].tolist() == pytest.approx([1 / 3] * 3)


def test_the_lookup_refuses_color() -> None:
    with pytest.raises(zoo.UserError, match="one channel"):
        zoo.build("lookup", in_channels=3)


def test_the_prior_is_the_mean_mask_by_position() -> None:
    from zoo.registry import load_registry

    prior = load_registry().architecture("prior").value
    model = prior.build(prior.config(grid=2, smoothing=0.5), 3, 2)
    masks = torch.tensor([[[1, 0], [0, 0]], [[1, 1], [0, 0]]], dtype=torch.uint8)
    prior.fit(model, [(torch.zeros(2, 3, 2, 2), masks)])
    chance = model(torch.zeros(1, 3, 2, 2)).exp()[0, 1]
    assert chance.flatten().tolist() == pytest.approx([2.5 / 3, 1.5 / 3, 0.5 / 3, 0.5 / 3])
    stretched = model(torch.rand(2, 3, 8, 8)).exp()
    assert torch.equal(stretched[0], stretched[1]), "it looks at no pixel"
    assert stretched[0, 1, 0, 0].item() == pytest.approx(2.5 / 3)
    assert torch.allclose(stretched.sum(1), torch.ones(2, 8, 8))
