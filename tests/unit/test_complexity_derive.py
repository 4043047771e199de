"""Formulas derived from networks alone: right for any configuration and size, and honest about where they hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

import zoo_baseline
import zoo_lookup
import zoo_unet
from zoo import complexity
from zoo.api import Architecture, Config, Preprocess, Task, UserError, setting
from zoo.complexity.algebra.notation import PYTHON, write
from zoo.complexity.deriving.conventions import Conventions
from zoo.complexity.deriving.derive import Derivation, derive
from zoo.complexity.deriving.proof import Status
from zoo.complexity.deriving.result import make_report
from zoo.complexity.deriving.subject import Subject, of_architecture


def subject_of(architecture: Architecture[Any], height: int = 32, width: int = 32, **changes: Any) -> Subject:
    return of_architecture(architecture, architecture.config(**changes), 1, 24, height, width)


@pytest.fixture(scope="module", params=[zoo_baseline.Baseline, zoo_unet.UNet], ids=["baseline", "unet"])
def derived(request: pytest.FixtureRequest) -> tuple[Subject, Derivation]:
    subject = subject_of(request.param())
    return subject, derive(subject)


def test_every_quantity_has_a_formula_that_passed(derived: tuple[Subject, Derivation]) -> None:
    subject, derivation = derived
    assert set(derivation.polynomials) == derivation.proved == derivation.tested == set(subject.now().values())


def test_the_sizes_for_which_formulas_hold_are_found(derived: tuple[Subject, Derivation]) -> None:
    _, derivation = derived
    assert derivation.conditions == "H divisible by 4 and W divisible by 4"
    assert derivation.trace is not None
    assert derivation.trace.says() == "H divisible by 4, W divisible by 4"
    point = dict.fromkeys(derivation.symbols, 1) | {"H": 4, "W": 4}
    assert derivation.trace.contains(point)
    assert derivation.trace.contains(point, unpadded=True)


@settings(max_examples=100, deadline=None)
@given(
    k=st.sampled_from([1, 3, 5, 7, 9, 11, 13, 15]),
    NIC=st.integers(1, 9),
    NF=st.integers(1, 300),
    NC=st.integers(1, 99),
    H=st.integers(7, 200).map(lambda n: 4 * n),
    W=st.integers(7, 200).map(lambda n: 4 * n),
)
def test_formula_equals_count_at_random_configurations(derived: tuple[Subject, Derivation], **point: int) -> None:
    subject, derivation = derived
    count = subject.at({symbol: point[symbol] for symbol in subject.symbols})
    assert count is not None
    assert {key: polynomial.at(point) for key, polynomial in derivation.polynomials.items()} == count.values()


def test_odd_sizes_have_formulas_of_their_own() -> None:
    subject = subject_of(zoo_baseline.Baseline(), 33, 30)
    derivation = derive(subject)
    assert derivation.conditions == "H = 1 mod 4 and W = 2 mod 4"
    assert write(derivation.polynomials["layer2.1", "outputs"], PYTHON) == "NF*(H - 1)*(W - 2)/8"
    count = subject.at({**subject.point, "H": 57, "W": 1002})
    assert count is not None
    assert all(
        derivation.polynomials[key].at({**subject.point, "H": 57, "W": 1002}) == v for key, v in count.values().items()
    )


def test_a_wide_kernel_does_not_fit_small_pictures_and_that_is_found() -> None:
    derivation = derive(subject_of(zoo_baseline.Baseline(), kernel_size=9))
    assert derivation.trace is not None
    point = {"k": 9, "NIC": 1, "NF": 32, "NC": 24, "W": 32}
    assert derivation.trace.contains({**point, "H": 4})
    assert not derivation.trace.contains({**point, "H": 12}, unpadded=True)
    assert derivation.trace.contains(
        {**point, "H": 16}, unpadded=True
    )  # a quarter of it holds (9 - 1)/2 taps either side


def test_a_number_that_no_formula_gives_is_marked_as_counted_only() -> None:
    small = make_report(subject_of(zoo_baseline.Baseline(), 8, 8, kernel_size=9), Conventions(padding=False))
    row = small.row("layer3.0")
    assert row is not None
    assert row.cells["connections"].status is Status.COUNTED
    assert row.cells["connections"].formula is None
    assert small.ok


def test_lookup_takes_one_channel_only_and_that_is_found() -> None:
    derivation = derive(subject_of(zoo_lookup.Lookup()))
    assert derivation.domains["NIC"].fixed
    assert derivation.domains["NIC"].values == [1]
    assert write(derivation.polynomials["model", "outputs"], PYTHON) == "NC*H*W"


# --- strangers ---


@dataclass(frozen=True)
class StrangeConfig(Config):
    """Every kind of setting."""

    width: int = setting(8, symbol="F", low=8, high=64, help="a multiple of four, or the groups do not fit")
    kernel: int = setting(3, symbol="k", choices=(3, 5), help="only two values")
    depth: int = setting(2, symbol="D", low=1, high=4, help="changes the layers")
    slope: float = setting(0.1, symbol="s", help="not a whole number")
    fancy: bool = setting(True, symbol="b", help="not a number")


class StrangeNet(nn.Module):
    def __init__(self, config: StrangeConfig, inputs: int, classes: int) -> None:
        super().__init__()
        if config.width % 4:
            raise ValueError("the width must be divisible by four")
        k = config.kernel
        self.stem = nn.Conv2d(inputs, config.width, k, stride=2, padding=k // 2)
        self.body = nn.ModuleList(
            nn.Conv2d(config.width, config.width, k, padding=k // 2, groups=4) for _ in range(config.depth)
        )
        self.head = nn.ConvTranspose2d(config.width + config.width // 4, classes, 2, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        x = self.stem(x)
        for layer in self.body:
            x = layer(x).relu()
        return self.head(torch.cat([x, x[:, ::4]], 1))


class Strange(Architecture[StrangeConfig]):
    name = "strange"
    summary = "a stranger's"
    tasks = ("colorization",)
    config = StrangeConfig

    def preprocess(self, config: StrangeConfig, task: Task[Any]) -> Preprocess:
        raise NotImplementedError

    def build(self, config: StrangeConfig, in_channels: int, num_classes: int) -> nn.Module:
        return StrangeNet(config, in_channels, num_classes)


def test_a_strangers_settings_are_varied_within_what_they_allow() -> None:
    subject = subject_of(Strange())
    derivation = derive(subject)
    assert subject.symbols == ("k", "NIC", "F", "D", "NC", "H", "W")
    assert {s for s, domain in derivation.domains.items() if domain.fixed} == {"D"}
    assert derivation.domains["F"].says() == "F divisible by 4"
    assert write(derivation.polynomials["body.1", "weights"], PYTHON) == "k**2*F**2/4"
    assert write(derivation.polynomials["head", "weights"], PYTHON) == "5*F*NC"
    assert set(derivation.polynomials) == derivation.tested
    assert all(8 <= point["F"] <= 64 for point, _ in subject.observations())


def test_no_formula_is_made_up_where_there_is_none() -> None:
    class Rounded(Strange):
        def build(self, config: StrangeConfig, in_channels: int, num_classes: int) -> nn.Module:
            return nn.Conv2d(in_channels, int(config.width**1.5), 3)

    derivation = derive(subject_of(Rounded()))
    assert derivation.domains["F"].fixed
    assert write(derivation.polynomials["model", "weights"], PYTHON) == "198*NIC"


def test_a_module_from_a_notebook_is_counted_and_left_alone() -> None:
    module = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.Flatten(), nn.LazyLinear(1))[:1]
    before = [parameter.clone() for parameter in module.parameters()]
    report = complexity.report(module, in_channels=3, height=20, width=24)
    assert report.totals["connections"].value == 9 * 3 * 4 * 20 * 24
    formula = report.totals["connections"].formula
    assert formula is not None
    assert write(formula, PYTHON) == "108*H*W"
    assert module.training
    assert all(torch.equal(a, b) for a, b in zip(before, module.parameters(), strict=True))


def test_a_network_of_one_size_has_numbers_and_says_why_there_is_no_formula() -> None:
    module = nn.Sequential(nn.Flatten(), nn.Linear(3 * 8 * 8, 5))
    report = complexity.report(module, in_channels=3, height=8, width=8)
    assert report.totals["connections"].value == 960
    assert report.notes == [f"Formulas have no {s}: it runs with no other {s} that was tried." for s in "HW"]


def test_a_size_that_does_not_run_is_one_clear_line() -> None:
    with pytest.raises(UserError, match=r"unet cannot run on pictures of 33x32: .* \(it runs at 36x32\)"):
        complexity.report(zoo_unet.UNet(), height=33)


def test_unknown_models_have_close_matches() -> None:
    with pytest.raises(UserError, match=r"unknown torchvision model 'resnet19': did you mean .*resnet18"):
        complexity.report("torchvision:resnet19")
    with pytest.raises(UserError, match=r"unknown library 'keras': .* torchvision"):
        complexity.report("keras:resnet18")


def test_formulas_do_not_depend_on_where_the_derivation_starts() -> None:
    here = derive(subject_of(zoo_unet.UNet(), 64, 32, num_filters=7, kernel_size=5))
    there = derive(subject_of(zoo_unet.UNet()))
    assert here.polynomials == there.polynomials
    assert here.conditions == there.conditions
