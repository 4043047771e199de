"""Where the hand-written gradients meet autograd: finite differences, what is computed and kept, types and formats."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.autograd import gradcheck, gradgradcheck

from zoo_myconv.autograd import convolve
from zoo_myconv.geometry import Geometry
from zoo_myconv.layer import MyConv2D
from zoo_myconv.memory import saved_bytes
from zoo_myconv.rungs import TABLE, Rung

every_rung = pytest.mark.parametrize("rung", TABLE)
GEOMETRIES = {
    "plain": Geometry((3, 3), padding=(1, 1)),
    "one tap": Geometry((1, 1)),
    "even kernel, not square": Geometry((2, 4), padding=(1, 2)),
    "strided, size not a multiple": Geometry((3, 2), stride=(2, 3), padding=(1, 0)),
    "dilated": Geometry((3, 2), dilation=(1, 2), padding=(0, 1)),
    "groups": Geometry((3, 3), groups=2),
    "depthwise, strided": Geometry((3, 3), stride=(2, 1), padding=(1, 1), groups=4),
    "padding beyond the kernel": Geometry((3, 3), padding=(3, 4)),
}


def leaves(geometry: Geometry, bias: bool = True) -> list[torch.Tensor | None]:
    torch.manual_seed(1)
    x = torch.randn(2, 4, 5, 4, dtype=torch.float64, requires_grad=True)
    weight = torch.randn(4, 4 // geometry.groups, *geometry.kernel, dtype=torch.float64, requires_grad=True)
    return [x, weight, torch.randn(4, dtype=torch.float64, requires_grad=True) if bias else None]


@every_rung
@pytest.mark.parametrize("geometry", GEOMETRIES.values(), ids=GEOMETRIES.keys())
def test_gradients_are_finite_differences(rung: str, geometry: Geometry) -> None:
    assert gradcheck(lambda x, w, b: convolve(x, w, b, geometry, rung), leaves(geometry), fast_mode=True)


@every_rung
def test_gradients_are_finite_differences_entry_by_entry(rung: str) -> None:
    geometry = Geometry((3, 3), padding=(1, 0))
    x = torch.randn(1, 2, 3, 4, dtype=torch.float64, requires_grad=True)
    weight = torch.randn(2, 2, 3, 3, dtype=torch.float64, requires_grad=True)
    assert gradcheck(lambda x, w: convolve(x, w, None, geometry, rung), [x, weight])


@every_rung
@pytest.mark.parametrize("name", ["plain", "strided, size not a multiple", "groups"])
def test_second_derivatives_are_finite_differences(rung: str, name: str) -> None:
    geometry = GEOMETRIES[name]
    assert gradgradcheck(lambda x, w, b: convolve(x, w, b, geometry, rung), leaves(geometry), fast_mode=True)


def test_no_gradient_is_computed_that_is_not_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    real = TABLE["im2col"]

    def counted(name: str) -> object:
        def call(*args: object) -> object:
            calls.append(name)
            return getattr(real, name)(*args)

        return call

    names = ("forward", "input_gradient", "weight_gradient")
    monkeypatch.setitem(TABLE, "im2col", Rung(*(counted(name) for name in names)))
    geometry = GEOMETRIES["plain"]
    for number, expected in ((0, "input_gradient"), (1, "weight_gradient"), (2, None)):
        calls.clear()
        inputs = [tensor.detach().requires_grad_(place == number) for place, tensor in enumerate(leaves(geometry))]
        convolve(*inputs, geometry, "im2col").sum().backward()
        assert calls == ["forward", *([expected] if expected else [])]
        assert [tensor.grad is not None for tensor in inputs] == [place == number for place in range(3)]


@every_rung
def test_no_more_is_kept_for_backward_than_torch_keeps(rung: str) -> None:
    x = torch.randn(2, 3, 8, 8, requires_grad=True)
    mine = saved_bytes(MyConv2D(3, 4, 3, padding=1, implementation=rung), x)
    assert mine == saved_bytes(nn.Conv2d(3, 4, 3, padding=1), x) == 4 * (2 * 3 * 8 * 8 + 4 * 3 * 3 * 3)


@every_rung
def test_autocast_computes_in_half_precision_and_keeps_gradients_whole(rung: str) -> None:
    torch.manual_seed(0)
    mine = MyConv2D(8, 6, 3, padding=1, implementation=rung)
    theirs = nn.Conv2d(8, 6, 3, padding=1)
    theirs.load_state_dict(mine.state_dict())
    x = torch.randn(2, 8, 9, 8)
    for conv in (mine, theirs):
        with torch.autocast("cpu", torch.bfloat16):
            y = conv(x)
        assert y.dtype == torch.bfloat16
        y.float().square().mean().backward()
        assert conv.weight.grad.dtype == torch.float32
    with torch.no_grad():
        exact = nn.functional.conv2d(x, mine.weight, mine.bias, padding=1)
    with torch.autocast("cpu", torch.bfloat16):
        torch.testing.assert_close(mine(x).float(), exact, rtol=0.05, atol=0.05)
    torch.testing.assert_close(mine.weight.grad, theirs.weight.grad, rtol=0.1, atol=0.02)
    torch.testing.assert_close(mine.bias.grad, theirs.bias.grad, rtol=0.1, atol=0.02)


def test_half_precision_of_the_fast_rung_is_as_good_as_that_of_torch() -> None:
    torch.manual_seed(0)
    x, weight = torch.randn(4, 32, 16, 16), torch.randn(32, 32, 3, 3) / 17
    exact = nn.functional.conv2d(x.bfloat16().double(), weight.bfloat16().double(), padding=1)
    geometry = GEOMETRIES["plain"]
    mine = (convolve(x.bfloat16(), weight.bfloat16(), None, geometry, "fast").double() - exact).abs().mean()
    theirs = (nn.functional.conv2d(x.bfloat16(), weight.bfloat16(), padding=1).double() - exact).abs().mean()
    assert mine < 1.05 * theirs


@pytest.mark.parametrize("rung", ["kn2row", "winograd1d", "fast"])
@pytest.mark.parametrize("channels", [1, 8])
def test_channels_that_come_last_in_memory_stay_last(rung: str, channels: int) -> None:
    conv = MyConv2D(channels, 16, 3, padding=1, implementation=rung).to(memory_format=torch.channels_last)
    x = torch.randn(2, channels, 9, 8).to(memory_format=torch.channels_last).requires_grad_(channels > 1)
    y = conv(x)
    assert y.is_contiguous(memory_format=torch.channels_last)
    y.sum().backward()
    if channels > 1:
        assert x.grad.is_contiguous(memory_format=torch.channels_last)
        assert conv(x.detach().contiguous()).is_contiguous()
