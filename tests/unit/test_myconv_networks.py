"""Hand-written convolutions in whole networks: chosen by name, equal to torch's, counted the same."""

from __future__ import annotations

import pytest
import torch
from torch import nn

import zoo.api
from zoo.errors import UserError
from zoo.registry import load_registry
from zoo_baseline.config import BaselineConfig
from zoo_baseline.model import PoolUpsampleNet
from zoo_myconv.layer import MyConv2D
from zoo_myconv.names import IMPLEMENTATIONS
from zoo_unet.config import UNetConfig
from zoo_unet.model import UNet

NETWORKS = {"baseline": (PoolUpsampleNet, BaselineConfig), "unet": (UNet, UNetConfig)}
REGISTRY = load_registry()
every_network = pytest.mark.parametrize(("network", "config"), NETWORKS.values(), ids=NETWORKS.keys())
every_rung = pytest.mark.parametrize("rung", IMPLEMENTATIONS)


def made(network: type, config: type, conv: str, filters: int = 32) -> nn.Module:
    torch.manual_seed(3)
    return network(REGISTRY.configure(config(), {"num_filters": filters, "conv": conv}), 1, 24)


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
        REGISTRY.configure(UNetConfig(), {"conv": "myconv:fats"})
    with pytest.raises(UserError, match="did you mean torch"):
        REGISTRY.configure(UNetConfig(), {"conv": "tourch"})
    with pytest.raises(UserError, match="conv must be of type Convolution"):
        UNetConfig(conv="myconv:fast")  # type: ignore[arg-type]


def test_the_preset_is_the_baseline_with_another_convolution() -> None:
    preset, baseline = (REGISTRY.architecture(name).value for name in ("myconv", "baseline"))
    config = REGISTRY.configure(preset.config(), {"num_filters": 8})
    assert config == REGISTRY.configure(preset.config(), {"num_filters": 8, "conv": "myconv:fast"})
    models = []
    for architecture, settings in ((preset, config), (baseline, BaselineConfig(num_filters=8, conv=config.conv))):
        torch.manual_seed(3)
        models.append(architecture.build(settings, 1, 24))
    x = torch.rand(2, 1, 12, 16)
    assert torch.equal(models[0](x), models[1](x))
    assert (preset.citation, preset.tasks) == (baseline.citation, baseline.tasks)


def test_a_preset_refuses_a_setting_that_is_not_there() -> None:
    with pytest.raises(ValueError, match="baseline has no setting 'width'"):
        zoo.api.preset(type(REGISTRY.architecture("baseline").value), "wide", "wider", {"width": 64})


def test_building_a_network_loads_no_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    config = REGISTRY.configure(UNetConfig(), {"conv": "myconv:im2col"})
    monkeypatch.setattr("zoo.registry.load_registry", lambda *_: pytest.fail("build() asked for the plugins"))
    assert isinstance(UNet(config, 1, 24).layer6, MyConv2D)


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
