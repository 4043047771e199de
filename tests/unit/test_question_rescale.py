"""`rescale`: what its measurements find is what algebra says, and its rules go every way."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import torch

import zoo
from zoo.api.experiment import Conditions, Context, Measurement, Training
from zoo.experiments.questions.rescale import Rescale
from zoo.experiments.questions.rescale.measure import NUDGED, side_by_side, trained, untrained
from zoo.experiments.questions.rescale.parts import ARMS, BARE_ARMS, NETWORKS, NORMS, QUICK_ARMS
from zoo.progress import Silent
from zoo.registry import load_registry
from zoo.runs.run import Run

FULL, ONE_SEED = Conditions(), Conditions(seeds=(0,))
NAMES = {name: of for of, name in NETWORKS.items()}


@pytest.fixture(scope="module")
def context() -> Context:
    return Context({}, load_registry(), Silent(), "cpu")


# --- the networks --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("of", NETWORKS)
def test_without_scale_and_shift_it_is_the_network_itself(of: str) -> None:
    x = torch.rand(2, 3, 16, 16)
    for padding in ("zeros", "shifted"):
        model = zoo.build("rescaled", in_channels=3, num_classes=5, of=of, padding=padding, seed=4)
        plain = zoo.build(of, in_channels=3, num_classes=5, seed=4)
        torch.testing.assert_close(model(x), plain(x), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("of", NETWORKS)
@pytest.mark.parametrize("channels", [1, 3])
def test_compensated_weights_undo_a_shift_only_where_the_padding_is_shifted(of: str, channels: int) -> None:
    x = torch.rand(2, channels, 16, 16).double()
    plain = zoo.build(of, in_channels=channels, num_classes=5).double().eval()
    gaps = {}
    for padding in ("zeros", "shifted"):
        model: Any = zoo.build(
            "rescaled", in_channels=channels, num_classes=5, of=of, scale=-0.7, shift=0.3, padding=padding
        ).double()
        model.eval().compensate()
        gaps[padding] = (model(x) - plain(x)).abs().max().item()
    assert gaps["shifted"] < 1e-12
    assert gaps["zeros"] > 1e-3


def test_only_the_pictures_channels_are_padded_with_the_shift() -> None:
    model: Any = zoo.build("rescaled", of="unet", shift=0.3, padding="shifted", num_classes=2)
    conv = model.inner.layer6
    torch.nn.init.ones_(conv.weight)
    torch.nn.init.zeros_(conv.bias)
    corner = conv(torch.zeros(1, 3, 8, 8))[0, 0, 0, 0].item()
    assert corner == pytest.approx(5 * 0.3), "five of nine taps fall on padding, in one channel of three"


def test_nothing_brings_back_what_was_multiplied_by_zero() -> None:
    model: Any = zoo.build("rescaled", scale=0.0)
    with pytest.raises(ValueError, match="nothing is left of x"):
        model.compensate()


def test_without_normalization_there_is_none() -> None:
    model = zoo.build("rescaled", of="unet", norm="none")
    assert not any(isinstance(layer, torch.nn.BatchNorm2d) for layer in model.modules())


# --- the measurements ----------------------------------------------------------------------------------------------


def test_batch_normalization_absorbs_what_it_should_before_training(context: Context) -> None:
    result = {
        of: untrained(context, data="photos", seed=0, of=of, arms=ARMS, pictures=4) for of in ("baseline", "unet")
    }
    exact = result["baseline"]["batch, tiny eps"]
    assert {name for name, figures in exact.items() if figures["logits"] < 1e-9} == {
        "2x",
        "x/10",
        "x + 0.3, padded 0.3",
    }
    assert 0 < result["baseline"]["batch"]["2x"]["logits"] < result["baseline"]["batch"]["x/10"]["logits"], "by eps"
    assert exact["-x"]["changed"] > 0.3, "maxima become minima"
    for norms in (result["unet"], {"none": result["baseline"]["none"]}):
        assert all(figures["logits"] > 1e-3 for figures in norms["none"].values())
    assert all(figures["logits"] > 1e-3 for figures in result["unet"]["batch, tiny eps"].values()), (
        "x reaches the last layer"
    )


def test_side_by_side_the_same_networks_make_the_same_steps(context: Context) -> None:
    arms = {name: ARMS[name] for name in ("x/10", "-x")}
    result = side_by_side(context, data="photos", seed=0, of="baseline", arms=arms, eps=1e-30, steps=2, batch_size=4)
    assert len(result["loss"]) == 2
    assert result["loss"][0] == pytest.approx(3.2, abs=0.5), "about log 24, untrained"
    assert max(result["off"]["x/10"]) < 1e-9 < 1e-4 < max(result["off"]["-x"])
    assert max(result["off"][NUDGED]) < 1e-9


def test_a_trained_network_is_measured_against_itself(tmp_path: Path, tiny_data: Path, context: Context) -> None:
    run = zoo.train(
        "rescaled",
        settings={"of": "unet", "recipe.precision": "fp32"},
        data=f"folder:{tiny_data}",
        size=16,
        epochs=1,
        batch_size=16,
        palette="course",
        out=tmp_path / "run",
    )
    given = Context({"trained": Run.load(run.folder)}, context.registry, Silent(), "cpu")
    result = trained(given, of="unet", arms=ARMS, pictures=1000)
    assert result["accuracy"] == pytest.approx(run.result["accuracy"], abs=2e-3)
    for name, figures in result["arms"].items():
        assert figures["inner"] < 1e-12
        assert (figures["edge"] < 1e-12) == (figures["adapted"]["logits"] < 1e-9) == (name != "x + 0.3")
        assert figures["first"]["logits"] > 1e-9, "the last layer sees the picture too"


# --- parts ---------------------------------------------------------------------------------------------------------


def test_parts_are_what_the_method_says() -> None:
    parts = Rescale().parts(FULL)
    trainings = [part for part in parts.values() if isinstance(part, Training)]
    assert len(trainings) == 2 * (3 * (1 + len(ARMS)) + 1 + len(BARE_ARMS))
    assert all(part.settings["recipe.epochs"] == 3 and part.recipe == "course" for part in trainings)
    assert {part.settings["norm"] for part in trainings if part.seed == 1} == {"batch"}
    needed = [part.needs["trained"] for part in parts.values() if isinstance(part, Measurement) and part.needs]
    assert len(needed) == 6
    assert all(part in trainings for part in needed), "nothing is trained twice"
    quick = Rescale().parts(Conditions(quick=True, seeds=(0,)))
    assert sum(isinstance(part, Training) for part in quick.values()) == 2 * (1 + len(QUICK_ARMS))


# --- verdicts ------------------------------------------------------------------------------------------------------


def made_up(conditions: Conditions) -> dict[str, Any]:
    """Numbers of a world in which the write-up is right."""
    arms, measured = list(ARMS), {}
    same = {"changed": 0.0, "logits": 1e-14, "accuracy": 0.4}
    for label, part in Rescale().parts(conditions).items():
        if isinstance(part, Training):
            result = {"loss": 1.5 + 0.01 * part.seed, "accuracy": 0.4 - 0.01 * part.seed}
            measured[label] = {"result": result, "epochs": [], "parameters": 1}
        elif part.function is untrained:
            measured[label] = {norm: {arm: dict(same) for arm in arms} for norm in NORMS}
        elif part.function is side_by_side:
            measured[label] = {"loss": [3.0, 2.0], "off": {arm: [0.0, 1e-14] for arm in (*arms, NUDGED)}}
        else:
            figures = {"accuracy": 0.4, "first": same, "adapted": same, "inner": 1e-16, "edge": 1e-16}
            measured[label] = {"accuracy": 0.4, "arms": {arm: copy.deepcopy(figures) for arm in arms}}
    return measured


def words(measured: dict[str, Any], conditions: Conditions = FULL) -> dict[str, str]:
    return {name: verdict.outcome for name, verdict in Rescale().conclude(measured, conditions).verdicts.items()}


def spoil(measured: dict[str, Any], what: str, arms: tuple[str, ...], names: tuple[str, ...] = tuple(NAMES)) -> None:
    """Let some arms make a difference."""
    for label, record in measured.items():
        if not label.startswith(tuple(f"{name}, " for name in names)):
            continue
        for arm in arms:
            if what == "training" and f", BN, {arm}, " in label:
                record["result"]["loss"] += 0.1
            elif what == "steps" and "side by side, tiny eps" in label:
                record["off"][arm] = [0.0, 0.1]
            elif what == "absorbed" and ", trained, " in label:
                record["arms"][arm]["adapted"] = {"changed": 0.2, "logits": 0.5, "accuracy": 0.3}
            elif what == "after" and ", trained, " in label:
                record["arms"][arm]["accuracy"] = 0.2


def test_where_nothing_differs_every_claim_holds() -> None:
    assert set(words(made_up(FULL)).values()) == {"holds"}


@pytest.mark.parametrize("claim", ["absorbed", "steps", "training", "after"])
def test_each_claim_falls_by_its_own_numbers(claim: str) -> None:
    some, every = made_up(FULL), made_up(FULL)
    spoil(some, claim, ("x + 0.3",), ("U-Net",))
    spoil(every, claim, tuple(ARMS))
    assert words(some) == {**words(made_up(FULL)), claim: "holds in part"}
    assert words(every) == {**words(made_up(FULL)), claim: "refuted"}


def test_a_difference_that_one_seed_makes_is_neither_none_nor_one() -> None:
    measured = made_up(FULL)
    measured["U-Net, BN, -x, seed 2"]["result"]["loss"] += 1.0
    assert words(measured)["training"] == "not decided at this size"
    verdict = Rescale().conclude(measured, FULL).verdicts["training"]
    assert "the same loss to 0.02 in 9 of 10 cases; open: U-Net on -x +0.333" in verdict.because


def test_shifted_padding_alone_does_not_save_the_courses() -> None:
    measured = made_up(FULL)
    spoil(measured, "absorbed", ("x + 0.3, padded 0.3",))
    assert words(measured)["absorbed"] == "holds", "the course pads with zeros"


def test_one_seed_decides_only_what_is_exact() -> None:
    for conditions in (ONE_SEED, Conditions(quick=True, seeds=(0, 1))):
        result = words(made_up(conditions), conditions)
        assert (result["absorbed"], result["steps"]) == ("holds", "holds")
        assert {result["training"], result["after"]} == {"not decided at this size"}


@pytest.mark.parametrize("conditions", [FULL, Conditions(quick=True, seeds=(0,))])
def test_charts_and_tables_are_made_of_numbers_alone(conditions: Conditions) -> None:
    measured = made_up(conditions)
    measured["U-Net, BN, -x, seed 0"] = {"failed": "the loss became nan"}
    findings = Rescale().conclude(measured, conditions)
    assert [len(row) == len(table.head) for table in findings.tables for row in table.rows]
    figures = Rescale().draw(measured, conditions)
    assert set(figures) == {"predictions-changed", "side-by-side", "losses", "after-training"}
    assert all(len(figure.axes) >= 2 for figure in figures.values())
