"""Every rung of the ladder against torch's own convolution: values, gradients, and what it may be fed."""

from __future__ import annotations

import itertools

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional as F

from zoo_myconv.autograd import convolve
from zoo_myconv.geometry import Geometry
from zoo_myconv.names import IMPLEMENTATIONS
from zoo_myconv.rungs import TABLE

every_rung = pytest.mark.parametrize("rung", TABLE)
PLAIN = Geometry((3, 3), padding=(1, 1))


@st.composite
def cases(draw: st.DrawFn) -> tuple[Geometry, tuple[int, int, int, int, int], bool]:
    """A geometry, (N, C, O, H, W) of a group, and whether channels come last in memory."""
    small = st.integers(1, 3)
    pair = st.tuples(small, small)
    winograd = draw(st.booleans())  # otherwise most geometries would be no case for winograd at all
    geometry = Geometry(
        kernel=(3, draw(st.sampled_from([3, 3, 1, 2, 5]))) if winograd else draw(st.tuples(st.integers(1, 4), small)),
        stride=(1, 1) if winograd else draw(pair),
        padding=draw(st.tuples(st.integers(0, 4), st.integers(0, 4))),
        dilation=(1, 1) if winograd else draw(pair),
        groups=draw(st.sampled_from([1, 1, 2, 3])),
    )
    height, width = draw(st.integers(1, 11)), draw(st.integers(1, 11))
    assume(height + 2 * geometry.padding[0] > geometry.reach[0])
    assume(width + 2 * geometry.padding[1] > geometry.reach[1])
    return geometry, (draw(small), draw(small), draw(st.sampled_from([1, 2, 4])), height, width), draw(st.booleans())


def tensors(geometry: Geometry, shape: tuple[int, int, int, int, int], last: bool) -> tuple[Tensor, Tensor, Tensor]:
    n, c, o, height, width = shape
    torch.manual_seed(0)
    x = torch.randn(n, geometry.groups * c, height, width, dtype=torch.float64)
    weight = torch.randn(geometry.groups * o, c, *geometry.kernel, dtype=torch.float64)
    bias = torch.randn(geometry.groups * o, dtype=torch.float64)
    form = torch.channels_last if last else torch.contiguous_format
    return x.contiguous(memory_format=form).requires_grad_(), weight.requires_grad_(), bias.requires_grad_()


def reference(x: Tensor, weight: Tensor, bias: Tensor | None, geometry: Geometry) -> Tensor:
    return F.conv2d(x, weight, bias, geometry.stride, geometry.padding, geometry.dilation, geometry.groups)


@every_rung
@settings(max_examples=40, deadline=None)
@given(case=cases())
def test_values_and_gradients_are_those_of_torch_whatever_the_sizes(rung: str, case: tuple) -> None:
    geometry, shape, last = case
    inputs = tensors(geometry, shape, last)
    expected, result = reference(*inputs, geometry), convolve(*inputs, geometry, rung)
    torch.testing.assert_close(result, expected, rtol=1e-9, atol=1e-9)
    g = torch.randn_like(expected)
    for mine, theirs in zip(
        torch.autograd.grad(result, inputs, g), torch.autograd.grad(expected, inputs, g), strict=True
    ):
        torch.testing.assert_close(mine, theirs, rtol=1e-9, atol=1e-9)


@every_rung
@pytest.mark.parametrize("wanted", [(True, False), (False, True)], ids=["input alone", "weight alone"])
def test_a_gradient_that_is_taken_alone_is_the_same(rung: str, wanted: tuple[bool, bool]) -> None:
    for stride in (1, 2):
        geometry = Geometry((3, 3), stride=(stride, stride), padding=(1, 1))
        inputs = tensors(geometry, (3, 2, 3, 8, 7), False)[:2]
        for tensor, wants in zip(inputs, wanted, strict=True):
            tensor.requires_grad_(wants)
        one = inputs[wanted.index(True)]
        expected = reference(*inputs, None, geometry)
        g = torch.randn_like(expected)
        (mine,) = torch.autograd.grad(convolve(*inputs, None, geometry, rung), one, g)
        torch.testing.assert_close(mine, torch.autograd.grad(expected, one, g)[0], rtol=1e-9, atol=1e-9)


@every_rung
def test_errors_in_single_precision_stay_small(rung: str) -> None:
    torch.manual_seed(0)
    x, weight, bias = torch.randn(2, 32, 16, 16), torch.randn(24, 32, 3, 3) / 17, torch.randn(24)
    exact = reference(x.double(), weight.double(), bias.double(), PLAIN)
    error = float((convolve(x, weight, bias, PLAIN, rung) - exact).abs().max())
    assert error < 2e-5  # outputs are of size 1 to 5


@every_rung
def test_gradients_do_not_depend_on_how_the_batch_is_cut_into_blocks(
    rung: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from zoo_myconv.rungs.tuned import blocks

    geometry, inputs = PLAIN, tensors(PLAIN, (7, 8, 8, 6, 5), False)
    y = convolve(*inputs, geometry, rung)
    g = torch.randn_like(y)
    whole = torch.autograd.grad(y, inputs, g)
    monkeypatch.setattr(blocks.Blockwise, "_blocks", lambda self, *batches: (slice(0, 3), slice(3, 6), slice(6, 7)))
    cut = convolve(*inputs, geometry, rung)
    torch.testing.assert_close(cut, y)
    for mine, theirs in zip(torch.autograd.grad(cut, inputs, g), whole, strict=True):
        torch.testing.assert_close(mine, theirs)


def test_blocks_cover_the_batch_in_nearly_equal_parts() -> None:
    from zoo_myconv.rungs.tuned.blocks import Blockwise

    x = torch.zeros(100, 1, 8, 8)
    blockwise = Blockwise(
        lambda *_: pytest.fail("not called"), scratch_bytes=x.numel() * 4 // 3 // torch.get_num_threads()
    )
    blocks = list(blockwise._blocks(x, None))
    assert list(itertools.chain(*(range(100)[block] for block in blocks))) == list(range(100))
    assert {len(range(100)[block]) for block in blocks} == {25}


@every_rung
def test_an_empty_batch_gives_an_empty_output_and_zero_gradients(rung: str) -> None:
    x, weight, bias = tensors(PLAIN, (2, 2, 2, 6, 6), False)
    x = x.detach()[:0].requires_grad_()
    y = convolve(x, weight, bias, PLAIN, rung)
    assert y.shape == (0, 2, 6, 6)
    gx, gw, gb = torch.autograd.grad(y.sum(), (x, weight, bias))
    assert gx.shape == x.shape
    assert not gw.any()
    assert not gb.any()


@every_rung
def test_every_function_of_a_rung_runs_without_data(rung: str) -> None:
    for geometry in (PLAIN, Geometry((2, 3), (2, 1), (1, 0), (1, 2), groups=2)):
        x, weight, bias = (tensor.detach().to("meta") for tensor in tensors(geometry, (2, 12, 3, 8, 7), False))
        y = TABLE[rung].forward(x, weight, bias, geometry)
        assert y.shape == (2, len(weight), *geometry.output_size(8, 7))
        gx, gw = TABLE[rung].gradients(torch.empty_like(y), x, weight, geometry, (True, True))
        assert (gx.shape, gw.shape) == (x.shape, weight.shape)


@every_rung
def test_a_gradient_that_is_an_expanded_scalar_is_taken(rung: str) -> None:
    inputs = tensors(PLAIN, (2, 2, 3, 6, 5), True)
    mine = torch.autograd.grad(convolve(*inputs, PLAIN, rung).sum(), inputs)
    for one, other in zip(mine, torch.autograd.grad(reference(*inputs, PLAIN).sum(), inputs), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-9, atol=1e-9)


def test_the_plugin_names_what_it_implements() -> None:
    assert list(IMPLEMENTATIONS) == list(TABLE)
