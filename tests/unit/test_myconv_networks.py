"""Hand-written convolutions in whole networks: chosen by name, equal to torch's, counted the same."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from zoo.convolutions import convolution
from zoo.errors import UserError
from zoo_baseline.config import BaselineConfig
from zoo_baseline.model import PoolUpsampleNet
from zoo_myconv.config import IMPLEMENTATIONS, MyConvConfig
from zoo_myconv.layer import MyConv2D
from zoo_myconv.model import build
from zoo_unet.config import UNetConfig
from zoo_unet.model import UNet

NETWORKS = {"baseline": (PoolUpsampleNet, BaselineConfig), "unet": (UNet, UNetConfig)}
every_network = pytest.mark.parametrize(("network", "config"), NETWORKS.values(), ids=NETWORKS.keys())
every_rung = pytest.mark.parametrize("rung", IMPLEMENTATIONS)


def made(network: type, config: type, conv: str, filters: int = 32) -> nn.Module:
    torch.manual_seed(3)
    return network(config(num_filters=filters, conv=conv), 1, 24)


@every_network
@every_rung
def test_logits_are_those_of_torch_from_the_same_seed(network: type, config: type, rung: str) -> None:
    filters = 4 if rung == "loops" else 32
    theirs, mine = made(network, config, "torch", filters), made(network, config, f"myconv:{rung}", filters)
    assert list(mine.state_dict()) == list(theirs.state_dict())
    x = torch.rand(2, 1, 8, 8) if rung == "loops" else torch.rand(4, 1, 32, 32)
    for training in (True, False):
        torch.testing.assert_close(mine.train(training)(x), theirs.train(training)(x), rtol=1e-5, atol=1e-5)


@every_network
def test_a_step_of_training_is_that_of_torch(network: type, config: type) -> None:
    theirs, mine = made(network, config, "torch", 8), made(network, config, "myconv:fast", 8)
    x, target = torch.rand(4, 1, 16, 16), torch.randint(24, (4, 16, 16))
    for model in (theirs, mine):
        nn.functional.cross_entropy(model(x), target).backward()
    for (name, one), other in zip(mine.named_parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(one.grad, other.grad, rtol=1e-4, atol=1e-5, msg=name)


@every_network
def test_the_chosen_convolution_is_the_one_that_is_built(network: type, config: type) -> None:
    model = made(network, config, "myconv:im2col", 2)
    convs = [module for module in model.modules() if isinstance(module, nn.Conv2d | MyConv2D)]
    assert [getattr(conv, "implementation", None) for conv in convs] == ["im2col"] * 6


def test_an_unknown_convolution_is_answered_with_close_names() -> None:
    with pytest.raises(UserError, match="unknown convolution 'myconv:fats': did you mean myconv:fast"):
        UNet(UNetConfig(conv="myconv:fats"), 1, 24)
    with pytest.raises(UserError, match="did you mean torch"):
        convolution("tourch")


def test_the_network_of_hand_written_convolutions_is_the_baseline() -> None:
    baseline = made(PoolUpsampleNet, BaselineConfig, "torch", 8)
    torch.manual_seed(3)
    mine = build(MyConvConfig(num_filters=8), 1, 24)
    x = torch.rand(2, 1, 12, 16)
    torch.testing.assert_close(mine(x), baseline(x), rtol=1e-5, atol=1e-5)


@every_rung
def test_the_complexity_report_counts_every_rung_the_same(rung: str) -> None:
    from zoo.complexity.counting.counter import count

    with torch.device("meta"):
        counts = [
            count(made(PoolUpsampleNet, BaselineConfig, conv).eval(), torch.empty(1, 1, 32, 32))
            for conv in ("torch", f"myconv:{rung}")
        ]
    theirs, mine = (one.values() for one in counts)
    assert mine == theirs  # weights, biases, outputs, connections, and connections without padding, layer by layer
    assert sum(row.connections for row in counts[1].rows.values()) == 15_630_336
