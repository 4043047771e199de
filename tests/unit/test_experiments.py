"""Experiments: parts are done once, kept, shared and shared out; results are judged from numbers alone."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure

from zoo.api import Entry, Table
from zoo.api.experiment import (
    Claim,
    Conditions,
    Context,
    Experiment,
    Findings,
    Measurement,
    Part,
    Training,
    Verdict,
)
from zoo.api.spread import Spread, above, differ
from zoo.errors import UserError
from zoo.experiments.result import Result, command, stale
from zoo.experiments.runner import Runner
from zoo.experiments.shard import Shard
from zoo.experiments.store import Store, rounded
from zoo.progress import Silent
from zoo.registry import load_registry

CALLS: list[int] = []


def double(context: Context, number: int) -> dict[str, Any]:
    CALLS.append(number)
    if number == 3:
        raise KeyboardInterrupt
    return {"twice": 2 * number}


def weigh(context: Context) -> dict[str, Any]:
    return {"loss": context.runs["it"].result["loss"]}


class Doubling(Experiment):
    """Counts, and so needs neither data nor seeds."""

    name, summary, method = "doubling", "Is twice a number even?", "Numbers vary."
    claims = (Claim("even", "It is.", "It holds if no rest is left."),)
    uses_data = uses_seeds = False
    numbers = (1, 2, 5)

    def parts(self, conditions: Conditions) -> Mapping[str, Part]:
        return {f"number {number}": Measurement(double, {"number": number}) for number in self.numbers}

    def conclude(self, measured: Mapping[str, dict[str, Any]], conditions: Conditions) -> Findings:
        odd = sum(values["twice"] % 2 for values in measured.values())
        rows = [[label, str(values["twice"])] for label, values in measured.items()]
        return Findings(
            {"even": Verdict("refuted" if odd else "holds", f"{odd} are odd.")}, [Table(["part", "twice"], rows)]
        )

    def draw(self, measured: Mapping[str, dict[str, Any]], conditions: Conditions) -> Mapping[str, Figure]:
        figure = Figure()
        figure.add_subplot().plot([values["twice"] for values in measured.values()])
        return {"twice": figure}


def tiny_training(data: Path, **changes: Any) -> Training:
    recipe = {"epochs": 2, "batch_size": 16, "precision": "fp32"} | changes
    settings = {"num_filters": 2, **{f"recipe.{name}": value for name, value in recipe.items()}}
    return Training("baseline", f"folder:{data}", 0, settings, size=16)


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    CALLS.clear()
    registry = load_registry()
    registry.plugins[0].entries["experiment"].append(Entry("zoo", "doubling", Doubling()))
    return Runner([Doubling()], Conditions(seeds=(0,)), tmp_path / "out", registry, Silent())


# --- parts ---------------------------------------------------------------------------------------------------------


def test_a_part_is_done_once(runner: Runner) -> None:
    runner.work()
    [first] = runner.conclude()
    runner.work()
    [again] = runner.conclude()
    assert CALLS == [1, 2, 5]
    assert first.to_json() == again.to_json()
    runner.work(fresh=True)
    assert CALLS == [1, 2, 5, 1, 2, 5]


def test_a_stopped_experiment_goes_on(runner: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Doubling, "numbers", (1, 3, 5))
    with pytest.raises(KeyboardInterrupt):
        runner.work()
    assert runner.missing() == 2
    with pytest.raises(UserError, match="2 of 3 parts are not done"):
        runner.conclude()
    assert not (runner.folder / "doubling").exists()
    monkeypatch.setattr(Doubling, "numbers", (1, 2, 5))
    runner.work()
    assert CALLS == [1, 3, 2, 5]


def test_a_measurement_works_on_a_shared_run(runner: Runner, tiny_data: Path) -> None:
    training = tiny_training(tiny_data)
    measurement = Measurement(weigh, needs={"it": training})
    store = runner.store
    loss = store.do(measurement)["loss"]
    begun = store.run_of(training).record["result"]["finished"]
    assert store.do(training)["result"]["loss"] == loss
    assert store.run_of(training).record["result"]["finished"] == begun
    assert len(store.do(training)["epochs"]) == 2
    store.forget([measurement])
    assert store.read(training) is None


def test_a_training_that_was_stopped_equals_one_that_was_not(
    runner: Runner, tiny_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    training = tiny_training(tiny_data, epochs=3)
    whole = Store(tmp_path / "whole", runner.registry, Silent()).do(training)

    notify = runner.registry.notify

    def stop_in_the_third(hook: str, **arguments: Any) -> list[str]:
        if hook == "zoo_epoch_end" and arguments["metrics"]["epoch"] == 3:
            raise KeyboardInterrupt
        return notify(hook, **arguments)

    with monkeypatch.context() as patch:
        patch.setattr(runner.registry, "notify", stop_in_the_third)
        with pytest.raises(KeyboardInterrupt):
            runner.store.do(training)
    assert runner.store.read(training) is None
    resumed = runner.store.do(training)
    assert [line["loss"] for line in resumed["epochs"]] == [line["loss"] for line in whole["epochs"]]
    assert resumed["result"]["loss"] == whole["result"]["loss"]


def test_a_training_that_fails_is_a_finding(runner: Runner, tiny_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.nn.functional.cross_entropy", lambda logits, targets: logits.sum() * float("nan"))
    training = tiny_training(tiny_data)
    assert list(runner.store.do(training)) == ["failed"]
    assert "the loss became nan" in runner.store.do(training)["failed"]
    assert "the loss became nan" in runner.store.do(Measurement(weigh, needs={"it": training}))["failed"]


@settings(deadline=None)
@given(st.sampled_from(["seed", "data", "size", "recipe", "lr", "settings", "palette", "architecture"]))
def test_whatever_fixes_a_training_tells_it_from_others(changed: str) -> None:
    store = Store(Path("parts"), REGISTRY, Silent())
    one = Training("baseline", "photos", 0)
    changes: dict[str, Any] = {
        "seed": {"seed": 1},
        "data": {"data": "cifar10"},
        "size": {"size": 16},
        "recipe": {"recipe": "course"},
        "lr": {"settings": {"recipe.lr": 0.5}},
        "settings": {"settings": {"num_filters": 4}},
        "palette": {"settings": {"task.palette": "course"}},
        "architecture": {"architecture": "unet"},
    }
    assert store.place(dataclasses.replace(one, **changes[changed])) != store.place(one)
    assert store.place(dataclasses.replace(one)) == store.place(one)
    assert store.place(dataclasses.replace(one, architecture="baseline/baseline")).name.endswith(
        store.place(one).name.rpartition("-")[2]
    )


def test_a_broken_record_is_named(runner: Runner) -> None:
    runner.work()
    place = next(iter(runner.parts()))
    (place / "part.json").write_text("{", encoding="utf-8")
    with pytest.raises(UserError, match=r"part\.json is not valid JSON .+ delete its folder"):
        runner.missing()


def test_numbers_are_kept_to_seven_digits() -> None:
    assert rounded({"a": [1 / 3, float("nan"), 12345678, "x"], "b": (1e-9 / 3,)}) == {
        "a": [0.3333333, None, 12345678, "x"],
        "b": [3.333333e-10],
    }


# --- several processes -----------------------------------------------------------------------------------------------

REGISTRY = load_registry()


@settings(deadline=None)  # a machine may be busy
@given(st.lists(st.tuples(st.integers(0, 4), st.booleans()), unique=True, max_size=12), st.integers(1, 5))
def test_shares_are_disjoint_and_whole_and_keep_runs_together(wanted: list[tuple[int, bool]], count: int) -> None:
    store = Store(Path("parts"), REGISTRY, Silent())
    parts: dict[Path, Part] = {}
    for seed, measured in wanted:
        training = Training("baseline", "photos", seed)
        part: Part = Measurement(weigh, needs={"it": training}) if measured else training
        parts[store.place(part)] = part
    shares = [Shard(number, count).parts(parts, store) for number in range(1, count + 1)]
    assert sorted(place for share in shares for place in share) == sorted(parts)
    for seed in range(5):
        training = Training("baseline", "photos", seed)
        places = {store.place(training), store.place(Measurement(weigh, needs={"it": training}))}
        assert sum(1 for share in shares if places & set(share)) <= 1


def test_what_two_machines_did_is_what_one_would_have_done(runner: Runner, tmp_path: Path) -> None:
    runner.work()
    [whole] = runner.conclude()
    halves = [dataclasses.replace(runner, folder=tmp_path / f"machine{number}") for number in (1, 2)]
    for number, half in enumerate(halves, start=1):
        half.work(Shard(number, 2))
        assert half.missing() > 0
    joined = dataclasses.replace(runner, folder=tmp_path / "joined")
    assert joined.collect([half.folder for half in halves]) == 3
    assert joined.collect([half.folder for half in halves]) == 0
    assert joined.conclude()[0].to_json() == whole.to_json()
    with pytest.raises(UserError, match="there is no such folder"):
        joined.collect([tmp_path / "nowhere"])


@pytest.mark.parametrize("text", ["3/2", "0/2", "1", "1/", "a/b", "-1/2", "1/2/3"])
def test_a_share_is_i_of_n(text: str) -> None:
    with pytest.raises(UserError, match="should read I/N"):
        Shard.parse(text)


def test_processes_of_a_launcher_share_the_parts_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "4,5,6")
    assert Shard.of_launcher() is None
    for name, value in (("WORLD_SIZE", "3"), ("RANK", "2"), ("LOCAL_RANK", "2")):
        monkeypatch.setenv(name, value)
    assert Shard.of_launcher() == Shard(3, 3)
    assert "RANK" not in os.environ
    assert os.environ["CUDA_VISIBLE_DEVICES"] == "6"


# --- results -------------------------------------------------------------------------------------------------------


def test_a_result_is_read_and_judged_again(runner: Runner) -> None:
    runner.work()
    [result] = runner.conclude()
    path = runner.folder / "doubling" / "result.json"
    assert Result.load(path, runner.registry).to_json() == result.to_json()
    assert stale(path, runner.registry) == []
    assert (path.parent / "twice.svg").read_text(encoding="utf-8").startswith("<?xml")
    page = (path.parent / "report.html").read_text(encoding="utf-8")
    assert '<span class="verdict ' in page
    assert "data:image/svg+xml;base64," in page
    assert "0 are odd." in page
    assert result.origin["command"] == "zoo experiment run doubling"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda record: record["claims"][0].update(rule="It holds."), "claims"),
        (lambda record: record["tables"][0]["rows"][0].__setitem__(1, "7"), "tables"),
        (lambda record: record["measured"]["number 2"].update(twice=7), "claims"),
        (lambda record: record["measured"].pop("number 5"), "parts"),
        (lambda record: record.update(method="Other."), "method"),
    ],
)
def test_a_result_that_no_longer_fits_the_code_is_found(runner: Runner, change: Any, named: str) -> None:
    runner.work()
    runner.conclude()
    path = runner.folder / "doubling" / "result.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    change(record)
    path.write_text(json.dumps(record), encoding="utf-8")
    assert any(named in problem for problem in stale(path, runner.registry))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": 0}'])
def test_a_file_that_is_no_result_is_refused(runner: Runner, tmp_path: Path, text: str) -> None:
    (tmp_path / "result.json").write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=r"result\.json"):
        Result.load(tmp_path / "result.json", runner.registry)


def test_the_command_repeats_the_experiment() -> None:
    skips = REGISTRY.experiment("skips").value
    conditions = Conditions(quick=True, seeds=(0, 4), data="folder:my pictures", epochs=3)
    assert command(skips, conditions) == (
        "zoo experiment run skips --quick --data 'folder:my pictures' --seeds 0,4 --epochs 3"
    )


# --- spread ----------------------------------------------------------------------------------------------------------

VALUES = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=5)


@given(VALUES, VALUES)
def test_groups_differ_only_where_none_overlaps(one: list[float], other: list[float]) -> None:
    first, second = Spread.of(one), Spread.of(other)
    apart = all(a > b for a in one for b in other) or all(a < b for a in one for b in other)
    assert differ(first, second) == (apart and min(len(one), len(other)) >= 2)
    assert not (above(first, second) and above(second, first))


def test_a_spread_in_words() -> None:
    assert Spread.of([0.4, 0.5]).format("{:.1%}") == "45.0% (40.0% to 50.0%)"
    assert Spread.of([1]).format() == "1.000"
