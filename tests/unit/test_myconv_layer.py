"""MyConv2D beside nn.Conv2d: its interface, its weights, its errors."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
import torch
from torch import nn

from zoo.errors import UserError
from zoo_myconv.layer import MyConv2D

OPTIONS: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
    ((3, 8, 3), {}),
    ((1, 32, 3), {"padding": 1}),
    ((4, 6, (3, 2)), {"stride": (2, 1), "padding": (1, 0), "dilation": (1, 2), "groups": 2}),
    ((4, 6, 5), {"padding": "same", "bias": False}),
    ((4, 6, (4, 2)), {"padding": "same", "dilation": (1, 3)}),
    ((4, 6, 3), {"padding": "valid"}),
]


@pytest.mark.parametrize(("shape", "options"), OPTIONS)
def test_the_same_seed_draws_the_same_weights(shape: tuple[Any, ...], options: dict[str, Any]) -> None:
    torch.manual_seed(5)
    theirs = nn.Conv2d(*shape, **options)
    torch.manual_seed(5)
    mine = MyConv2D(*shape, **options)
    assert list(mine.state_dict()) == list(theirs.state_dict())
    for name, value in theirs.state_dict().items():
        assert torch.equal(mine.state_dict()[name], value), name


def test_weights_start_uniform_between_the_bounds_of_the_course() -> None:
    torch.manual_seed(0)
    conv = MyConv2D(8, 512, 3, groups=2)
    bound = 1 / (4 * 9) ** 0.5
    for parameter in (conv.weight.detach(), conv.bias.detach()):
        assert 0.99 * bound < float(parameter.abs().max()) <= bound
    assert float(conv.weight.detach().std()) == pytest.approx(bound / 3**0.5, rel=0.02)


@pytest.mark.filterwarnings("ignore:Using padding='same'")
@pytest.mark.parametrize(("shape", "options"), OPTIONS)
def test_either_loads_the_weights_of_the_other_and_computes_the_same(
    shape: tuple[Any, ...], options: dict[str, Any]
) -> None:
    mine, theirs = MyConv2D(*shape, **options), nn.Conv2d(*shape, **options)
    x = torch.randn(2, shape[0], 11, 10)
    theirs.load_state_dict(mine.state_dict())
    torch.testing.assert_close(mine(x), theirs(x), rtol=1e-5, atol=1e-5)
    other = nn.Conv2d(*shape, **options)
    mine.load_state_dict(other.state_dict())
    torch.testing.assert_close(mine(x), other(x), rtol=1e-5, atol=1e-5)


def test_one_picture_without_a_batch_is_taken() -> None:
    conv = MyConv2D(3, 4, 3)
    x = torch.randn(3, 8, 9)
    torch.testing.assert_close(conv(x), conv(x[None])[0])


def test_a_layer_can_be_pickled() -> None:
    conv = MyConv2D(3, 4, 3, implementation="im2col")
    copy = pickle.loads(pickle.dumps(conv))
    assert copy.implementation == "im2col"
    assert torch.equal(copy.weight, conv.weight)


def test_it_shows_how_it_was_made() -> None:
    text = repr(MyConv2D(4, 6, 3, padding=1, groups=2, bias=False, implementation="fft"))
    assert text == (
        "MyConv2D(4, 6, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1), groups=2, bias=False, implementation=fft)"
    )


@pytest.mark.parametrize(
    ("shape", "options", "message"),
    [
        ((3, 4, 3), {"groups": 2}, "in_channels must be divisible by groups"),
        ((4, 3, 3), {"groups": 2}, "out_channels must be divisible by groups"),
        ((4, 4, 3), {"groups": 0}, "groups must be a positive integer"),
        ((4, 4, 3), {"padding": "most"}, "Invalid padding string 'most'"),
        ((4, 4, 3), {"padding": "same", "stride": 2}, "padding='same' is not supported for strided convolutions"),
        ((4, 4, 3), {"padding_mode": "none"}, "padding_mode must be"),
    ],
)
def test_what_torch_refuses_to_make_is_refused_in_its_words(
    shape: tuple[Any, ...], options: dict[str, Any], message: str
) -> None:
    for kind in (nn.Conv2d, MyConv2D):
        with pytest.raises(ValueError, match=message):
            kind(*shape, **options)


@pytest.mark.parametrize(
    ("options", "size", "message"),
    [
        ({}, (8, 8), r"Expected 3D \(unbatched\) or 4D \(batched\) input to conv2d, but got input of size: \[8, 8\]"),
        ({}, (1, 2, 3, 8, 8), r"but got input of size: \[1, 2, 3, 8, 8\]"),
        (
            {},
            (2, 5, 8, 8),
            r"weight of size \[6, 4, 3, 3\], expected input\[2, 5, 8, 8\] to have 4 channels, but got 5",
        ),
        ({"groups": 2}, (2, 5, 8, 8), r"Given groups=2, weight of size \[6, 2, 3, 3\], expected input\[2, 5, 8, 8\]"),
        (
            {"padding": 1},
            (2, 4, 8, 0),
            r"input size per channel: \(10 x 2\). Kernel size: \(3 x 3\). Kernel size can't",
        ),
        ({"dilation": 4}, (2, 4, 8, 9), r"padded input size per channel: \(8 x 9\). Kernel size: \(9 x 9\)"),
        ({"stride": 0}, (2, 4, 8, 8), "non-positive stride is not supported"),
        ({"padding": -1}, (2, 4, 8, 8), "negative padding is not supported"),
        ({"dilation": 0}, (2, 4, 8, 8), "non-positive dilation is not supported"),
    ],
)
def test_what_torch_refuses_to_convolve_is_refused_in_its_words(
    options: dict[str, Any], size: tuple[int, ...], message: str
) -> None:
    for kind in (nn.Conv2d, MyConv2D):
        with pytest.raises(RuntimeError, match=message):
            kind(4, 6, 3, **options)(torch.zeros(size))


def test_other_types_are_refused_by_name() -> None:
    with pytest.raises(RuntimeError, match=r"Input type \(torch.float64\) and weight type \(torch.float32\)"):
        MyConv2D(4, 6, 3)(torch.zeros(1, 4, 8, 8, dtype=torch.float64))


def test_a_size_must_be_a_number_or_a_pair() -> None:
    with pytest.raises(ValueError, match="stride must be a single integer or a pair of integers"):
        MyConv2D(4, 6, 3, stride=(1, 2, 3))  # type: ignore[arg-type]


def test_a_kernel_without_taps_is_refused() -> None:
    with pytest.raises(RuntimeError, match="non-positive kernel size"):
        MyConv2D(4, 6, 0)(torch.zeros(1, 4, 8, 8))


def test_an_unknown_implementation_is_answered_with_close_names() -> None:
    with pytest.raises(UserError, match="'im2co': did you mean im2col"):
        MyConv2D(4, 6, 3, implementation="im2co")
