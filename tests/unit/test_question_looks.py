from __future__ import annotations

import dataclasses

import pytest
import torch

from zoo.api.experiment import Conditions, Context, Training
from zoo.experiments.questions.looks import Looks
from zoo.experiments.questions.lookup import Lookup
from zoo.experiments.questions.predictors import measure, surface
from zoo.experiments.questions.predictors.parts import PREDICTORS, training
from zoo.experiments.questions.skips import Skips
from zoo.experiments.store import Store
from zoo.progress import Silent
from zoo.registry import load_registry
from zoo.tasks.colorization.color import ciede2000, ciede2000_by_picture
from zoo.tasks.colorization.fitted import FittedColorization

TWO = Conditions(seeds=(0, 1))
BASELINE, STARTER = "baseline, 0.001", "baseline, 0.3"


def words(measured, conditions=TWO):
    return {name: verdict.outcome for name, verdict in Looks().conclude(measured, conditions).verdicts.items()}


def test_the_courses_trainings_are_those_of_skips_and_only_the_default_recipe_is_added(tmp_path):
    store, conditions = Store(tmp_path, load_registry(), Silent()), Conditions()
    shared = {store.place(part) for part in Skips().parts(conditions).values()}
    trainings = [part for part in Looks().parts(conditions).values() if isinstance(part, Training)]
    added = [part for part in trainings if store.place(part) not in shared]
    assert len(trainings) == 15
    assert len(added) == 6
    assert {part.architecture for part in added} == {"lookup", "unet"}
    assert all(part.recipe == "default" and set(part.settings) == {"task.palette"} for part in added)


def test_everything_is_looked_at_and_lookup_measures_nothing_of_its_own():
    conditions = Conditions(quick=True, seeds=(4,))
    parts = Looks().parts(conditions)
    assert set(parts) == {*(f"{word}{n}, seed 4" for word in ("", "look of ") for n in PREDICTORS), "data, seed 4"}
    assert parts == Lookup().parts(conditions)


def test_the_user_may_choose_the_epochs_of_every_training():
    epochs = {name: training(name, Conditions(epochs=2), 0).settings.get("recipe.epochs") for name in PREDICTORS}
    assert epochs == {name: None if name == "lookup" else 2 for name in PREDICTORS}


def test_ciede2000_by_picture_has_the_mean_of_all_pixels():
    a, b = torch.randint(0, 256, (2, 3, 3, 8, 8), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    by_picture = ciede2000_by_picture(a, b)
    assert by_picture.tolist() == pytest.approx([ciede2000(a[n : n + 1], b[n : n + 1]) for n in range(3)])
    assert float(by_picture.mean()) == pytest.approx(ciede2000(a, b))


def test_steps_show_a_grid_of_cells_and_detail_is_what_cells_do_not_have(tmp_path):
    task = FittedColorization(torch.tensor([[0, 0, 0], [255, 255, 255]], dtype=torch.uint8), tmp_path)
    cells = torch.arange(4).view(2, 2) % 2
    blocky = cells.repeat_interleave(4, 0).repeat_interleave(4, 1)[None].to(torch.uint8)
    figures = surface.surface(task, blocky)
    assert figures["steps"] == [0, 0, 0, 0.5]  # across vertical borders always, across horizontal ones never
    assert figures["detail"] == 0
    assert figures["chroma"] == pytest.approx(0, abs=0.01)
    checkered = (torch.arange(8)[:, None] + torch.arange(8))[None] % 2
    figures = surface.surface(task, checkered.to(torch.uint8))
    assert figures["steps"] == [1, 1, 1, 1]
    assert figures["detail"] == pytest.approx(50**2, rel=1e-4)  # lightness is 0 or 100


def test_pictures_are_disputed_where_the_more_accurate_is_farther_from_the_photo():
    mine = torch.tensor([[0.6, 0.6, 0.5], [9.0, 7.0, 9.0]])
    other = torch.tensor([[0.5, 0.5, 0.6], [8.0, 8.0, 8.0]])
    assert (measure.disputes(mine, other) > 0).tolist() == [True, False, False]


def test_a_look_agrees_with_the_run_and_a_description_with_the_pixels(tmp_path, tiny_data):
    registry = load_registry()
    store = Store(tmp_path / "parts", registry, Silent(), "cpu")
    conditions = Conditions(quick=True, seeds=(0,), data=f"folder:{tiny_data}", device="cpu")
    runs = {}
    for name in ("lookup", BASELINE):
        part = dataclasses.replace(training(name, conditions, 0), size=16)
        result = store.do(part)["result"]
        runs[name] = store.run_of(part)
        look = measure.look(Context({"run": runs[name]}, registry, Silent(), "cpu"))
        for figure, of_run in (("accuracy", "accuracy"), ("chromatic_accuracy",) * 2, ("to_photo", "ciede2000")):
            assert look[figure] == pytest.approx(result[of_run], abs=5e-3)
        assert 0 <= look["picked"] <= 1
        assert 0 < look["expected"] < 1
        assert (look["disputed"] is None) == (name == "lookup")
    look = measure.describe(Context({"run": runs["lookup"]}, registry, Silent(), "cpu"))
    assert look["val"]["loss"] == pytest.approx(runs["lookup"].result["loss"], abs=1e-5)
    for half in ("train", "val"):
        assert look[half]["conditional_entropy"] < look[half]["loss"] < look[half]["entropy"]
        assert look[half]["accuracy"] <= look[half]["best_accuracy"]
    assert look["train"]["accuracy"] == pytest.approx(look["train"]["best_accuracy"])  # it was fitted to these
    assert look["input"]["chromatic_accuracy"] == 0  # no grey is nearest to a chromatic color here
    assert look["truth"]["to_photo"] < look["input_to_photo"]
    labelled = {f"{n}, seed 0": runs["lookup" if n == "lookup" else BASELINE] for n in PREDICTORS}
    rows = Looks().sheets(Context(labelled, registry, Silent(), "cpu"), conditions)
    assert len(rows["pictures"]) == 3 + len(PREDICTORS)
    disputed = rows.get("disputed", {})
    assert len(disputed) in (0, 5)
    assert len({len(row) for row in disputed.values()}) == (1 if disputed else 0)
    del labelled["U-Net, 0.001, seed 0"]  # as if its training had failed
    rows = Looks().sheets(Context(labelled, registry, Silent(), "cpu"), conditions)
    assert list(rows) == ["pictures"]
    assert len(rows["pictures"]) == 2 + len(PREDICTORS)


def test_entropies_and_the_best_accuracy_of_counts():
    look = surface.dependence(torch.tensor([[4, 0, 0], [1, 1, 2], [0, 0, 0]]))
    # Colors 5/8, 1/8, 2/8; half of the pixels are decided by their level, the others have entropy 1.5 bits.
    assert look["entropy"] / torch.log(torch.tensor(2.0)).item() == pytest.approx(1.2988, abs=1e-4)
    assert look["conditional_entropy"] / torch.log(torch.tensor(2.0)).item() == pytest.approx(0.75, abs=1e-6)
    assert look["best_accuracy"] == 6 / 8


def test_all_claims_may_hold_but_that_accuracy_is_the_eye(made_up):
    assert words(made_up({})) == {"grey": "holds", "choice": "holds", "blocks": "holds", "eye": "holds in part"}


@pytest.mark.parametrize(
    ("claim", "word", "changes"),
    [
        ("grey", "holds in part", {STARTER: {"to_input": 15.0, "chroma": 7.0}}),
        ("grey", "refuted", {STARTER: {"to_input": 15.0, "chroma": 8.0}}),
        ("grey", "refuted", {STARTER: {"to_input": 14.0, "chroma": 8.0}}),
        ("choice", "holds in part", {BASELINE: {"expected": 0.25}}),
        ("choice", "refuted", {BASELINE: {"picked": 0.28}}),
        ("blocks", "holds in part", {BASELINE: {"steps": [0.2, 0.21, 0.2, 0.2]}}),
        ("blocks", "holds in part", {BASELINE: {"detail": 60.0}}),
        ("blocks", "holds in part", {"U-Net, 0.001": {"detail": 10.0}}),
        ("blocks", "refuted", {BASELINE: {"detail": 60.0, "steps": [0.0, 0.0, 0.0, 0.0]}}),
        ("eye", "holds", {"lookup": {"to_photo": 10.0}}),
        ("eye", "refuted", {"lookup": {"to_photo": 10.0}, "U-Net, zoo": {"to_photo": 18.0},
                            "U-Net, 0.001": {"to_photo": 17.0}}),
    ],
)  # fmt: skip
def test_a_claim_fares_by_its_rule(made_up, claim, word, changes):
    assert words(made_up(changes))[claim] == word


def test_one_seed_decides_nothing_and_is_drawn_and_told_all_the_same(made_up):
    measured, conditions = made_up({}), Conditions(quick=True, seeds=(0,))
    assert set(words(measured, conditions).values()) == {"not decided at this size"}
    for condition in (conditions, TWO):
        assert set(Looks().draw(measured, condition)) == {"distances", "color", "accuracy-eye"}
        for table in Looks().conclude(measured, condition).tables:
            widths = [max(len(row[n]) for row in (table.head, *table.rows)) for n in range(len(table.head))]
            assert sum(widths) + len(widths) <= 80
