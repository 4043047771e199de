"""The ledger for what people run: bfloat16, optimizers, attention, checkpoints, equal to the byte; proved formulas."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.checkpoint import checkpoint

import zoo_baseline
import zoo_unet
from zoo.complexity.deriving.proof import Status
from zoo.complexity.deriving.result import make_report
from zoo.complexity.deriving.subject import Subject, of_architecture, of_module, random_input
from zoo.complexity.training_cost.finetune import make_ledger
from zoo.complexity.training_cost.formulas import prove_step
from zoo.complexity.training_cost.ledger import ADAM, OPTIMIZERS, Scope, Setup, loss_of, predict, prepare, scopes
from zoo.complexity.training_cost.measurement import OPTIMIZERS as REAL_OPTIMIZERS
from zoo.complexity.views.versus import compare_reports
from zoo.errors import UserError


class Attention(nn.Module):
    """Pixels that attend to one another, by torch's layer and by its function."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Conv2d(3, 16, 4, stride=4)
        self.layer = nn.MultiheadAttention(16, 2, batch_first=True)
        self.norm = nn.LayerNorm(16)
        self.head = nn.Linear(16, 5)

    def forward(self, x: Tensor) -> Tensor:
        tokens = self.embed(x).flatten(2).transpose(1, 2)
        tokens = self.norm(tokens + self.layer(tokens, tokens, tokens, need_weights=False)[0])
        heads = tokens.unflatten(2, (4, 4)).transpose(1, 2)
        return self.head(F.scaled_dot_product_attention(heads, heads, heads).transpose(1, 2).flatten(2).mean(1))


class Checkpointed(nn.Module):
    """Two convolutions in the middle that are computed again in backward."""

    def __init__(self, again: bool) -> None:
        super().__init__()
        self.again = again
        self.first = nn.Conv2d(3, 8, 3, padding=1)
        self.middle = nn.Sequential(nn.Conv2d(8, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 8, 3, padding=1), nn.ReLU())
        self.last = nn.Conv2d(8, 4, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.first(x)
        x = checkpoint(self.middle, x, use_reentrant=False) if self.again else self.middle(x)
        return self.last(x)


def convolutions() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1),
        nn.BatchNorm2d(8),
        nn.ReLU(inplace=True),
        nn.Conv2d(8, 8, 3, padding=1, groups=8),
        nn.GroupNorm(2, 8),
        nn.Hardswish(),
        nn.MaxPool2d(2),
        nn.ConvTranspose2d(8, 4, 2, stride=2),
        nn.PReLU(),
    )


NETWORKS = {
    "convolutions": convolutions,
    "attention": Attention,
    "checkpoint": lambda: Checkpointed(True),
}


def subject_of(name: str) -> Subject:
    return of_module(NETWORKS[name](), 3, 16, 16, name)


def saved_on_the_cpu(subject: Subject, scope: Scope, precision: str) -> int:
    """Bytes kept for backward in a real step, by address, followed without the zoo's own means."""
    module = subject.real_module(subject.point)
    prepare(module, scope)
    names = {tensor.data_ptr() for tensor in (*module.parameters(), *module.buffers())}
    kept: list[Tensor] = []

    def pack(tensor: Tensor) -> Tensor:
        if tensor.untyped_storage().data_ptr() not in names:
            names.add(tensor.untyped_storage().data_ptr())
            kept.append(tensor)
        return tensor

    with torch.enable_grad(), torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16"):
            output = module(random_input(subject, subject.point, 2))
        loss_of(output)
    return sum(tensor.untyped_storage().nbytes() for tensor in kept)


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
@pytest.mark.parametrize("name", NETWORKS)
def test_saved_bytes_are_those_of_a_real_step(name: str, precision: str) -> None:
    subject = subject_of(name)
    if (name, precision) == ("checkpoint", "bf16"):
        with pytest.raises(UserError, match="backward under bf16 cannot be predicted"):
            predict(subject, subject.point, 2, scopes(subject)[0], Setup(precision=precision))
        return
    for scope in scopes(subject):
        predicted = predict(subject, subject.point, 2, scope, Setup(precision=precision))
        assert predicted.values["saved"] == saved_on_the_cpu(subject, scope, precision), scope.name


def test_a_checkpoint_keeps_less_and_computes_more() -> None:
    plain, again = (of_module(Checkpointed(again), 3, 16, 16) for again in (False, True))
    steps = [predict(s, s.point, 2, scopes(s)[0]).values for s in (plain, again)]
    assert steps[1]["saved"] < steps[0]["saved"]
    assert steps[1]["forward"] == steps[0]["forward"]
    middle = 2 * 2 * (2 * 8 * 8 * 9 * 16 * 16)  # FLOPs a connection, pictures, two convolutions
    assert steps[1]["backward"] - steps[0]["backward"] == middle


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_state_is_that_of_torchs_optimizer(optimizer: str) -> None:
    module = nn.Conv2d(3, 8, 3)
    for parameter in module.parameters():
        parameter.grad = torch.ones_like(parameter)
    real = REAL_OPTIMIZERS[optimizer](list(module.parameters()))
    real.step()
    kept = [value for state in real.state.values() for value in state.values() if isinstance(value, Tensor)]
    subject = of_module(module, 3, 8, 8)
    predicted = predict(subject, subject.point, 2, scopes(subject)[0], Setup(optimizer))
    assert predicted.values["optimizer"] == sum(value.nbytes for value in kept)


def course(architecture: zoo_unet.UNet | zoo_baseline.Baseline) -> Subject:
    return of_architecture(architecture, architecture.config(), 1, 24, 32, 32)


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_proved_formulas_of_a_step_hold_at_other_settings(precision: str) -> None:
    subject, setup = course(zoo_unet.UNet()), Setup(precision=precision)
    scope = scopes(subject)[0]
    proved = prove_step(subject, 2, scope, setup, subject.symbols)
    assert proved is not None
    assert proved.status is Status.PROVED
    point = {**subject.point, "k": 5, "NF": 6, "NC": 7, "H": 24, "W": 44}
    step = predict(subject, point, 3, scope, setup)
    for (layer, item), polynomial in proved.polynomials.items():
        value = step.values[item] if layer == "step" else step.saved[layer]
        assert polynomial.at({**point, "N": 3}) == value, (layer, item)


def test_a_network_that_reads_a_size_as_a_number_has_tested_formulas() -> None:
    class Reader(nn.Conv2d):
        def forward(self, x: Tensor) -> Tensor:
            return super().forward(x * float(int(x.shape[2])))

    ledger = make_ledger(make_report(of_module(Reader(3, 4, 3), 3, 16, 16)), 2, measured=False)
    assert [column.status for column in ledger.columns] == [Status.TESTED] * 2
    assert "tested at" in " ".join(ledger.notes)
    assert ledger.to_json()["scopes"][0]["status"] == "tested"


def test_the_difference_of_saved_bytes_is_a_proved_formula() -> None:
    versus = compare_reports(make_report(course(zoo_unet.UNet())), make_report(course(zoo_baseline.Baseline())))
    for columns in (*versus.rows.values(), versus.totals):
        kept = columns["kept"]
        assert kept.status is Status.PROVED
        assert kept.formula is not None
        assert kept.formula.at({"k": 3, "NIC": 1, "NF": 32, "NC": 24, "H": 32, "W": 32}) == kept.value
    other = compare_reports(make_report(course(zoo_unet.UNet()), formulas=False), make_report(course(zoo_unet.UNet())))
    assert other.totals["kept"].formula is None
    assert ADAM.precision == "fp32"
