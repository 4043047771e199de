"""How long counting and deriving take, beside other counters where these are installed."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import pytest
import torch

import zoo_unet
from zoo import complexity
from zoo.complexity.deriving.derive import derive
from zoo.complexity.deriving.subject import of_architecture

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture


def derive_unet() -> float:
    architecture = zoo_unet.UNet()
    return derive(of_architecture(architecture, architecture.config(), 1, 24, 32, 32)).chance


@pytest.mark.benchmark(group="formulas of the U-Net in six symbols, with proof")
def test_derivation(benchmark: BenchmarkFixture) -> None:
    assert benchmark.pedantic(derive_unet, rounds=5, warmup_rounds=1) <= 1e-9


@pytest.mark.benchmark(group="numbers of resnet18 at 224")
@pytest.mark.parametrize("tool", ["zoo", "torchinfo", "fvcore"])
def test_numbers(benchmark: BenchmarkFixture, tool: str) -> None:
    models = pytest.importorskip("torchvision.models")
    model = models.resnet18(weights=None).eval()

    def by_zoo() -> float | None:
        return (
            complexity.report(model, in_channels=3, height=224, width=224, formulas=False).totals["connections"].value
        )

    def by_torchinfo() -> float:
        from torchinfo import summary

        return summary(model, (1, 3, 224, 224), verbose=0).total_mult_adds

    def by_fvcore() -> float:
        from fvcore.nn import FlopCountAnalysis

        analysis = FlopCountAnalysis(model, torch.rand(1, 3, 224, 224))
        return analysis.unsupported_ops_warnings(False).uncalled_modules_warnings(False).total()

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the peers'
        pytest.importorskip({"zoo": "torch"}.get(tool, tool))
        counted = benchmark.pedantic(
            {"zoo": by_zoo, "torchinfo": by_torchinfo, "fvcore": by_fvcore}[tool], rounds=5, warmup_rounds=1
        )
    assert counted == pytest.approx(1_814_073_344, rel=0.01)
