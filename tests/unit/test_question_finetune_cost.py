"""Question C4: what is weighed, and what the verdicts depend on."""

from __future__ import annotations

from typing import Any

import pytest

from zoo.api.experiment import Conditions, Context
from zoo.complexity.algebra.formula import Formula
from zoo.experiments import steps
from zoo.experiments.questions.finetune_cost import FinetuneCost, measure, numbers
from zoo.experiments.questions.finetune_cost.measure import DEPTHS, LAST, QUICK_DEPTHS, WHOLE
from zoo.experiments.questions.finetune_cost.numbers import FORMULAS
from zoo.progress import Silent
from zoo.registry import load_registry

FULL = Conditions()


@pytest.fixture(scope="module")
def context() -> Context:
    return Context({}, load_registry(), Silent(), "cpu")


def made_up(conditions: Conditions = FULL, slow: float = 1.0) -> dict[str, Any]:
    """What a run would leave if all were as the formulas say, and times `slow` times as FLOPs."""
    depths = QUICK_DEPTHS if conditions.quick else DEPTHS
    measured: dict[str, Any] = {f"depth {n}": stack_of(n, slow) for n in depths}
    return {**measured, **dict.fromkeys(("baseline", "unet"), stack_of(6)), "finetune": {"left_out": "no timm here"}}


def stack_of(depth: int, slow: float = 1.0) -> dict[str, Any]:
    trained = {}
    for name in FORMULAS:
        values = numbers.by_formula(name, depth)
        seconds = steps.work(values) * (slow if name == WHOLE else 1)
        trained[name] = {
            "measured": values,
            "predicted": values,
            "time": {"step_s": seconds, "low_s": seconds, "high_s": seconds},
        }
    return {"layers": depth, "threads": 2, "trained": trained}


def words(measured: dict[str, Any], conditions: Conditions = FULL) -> dict[str, str]:
    return {name: verdict.outcome for name, verdict in FinetuneCost().conclude(measured, conditions).verdicts.items()}


@pytest.mark.parametrize("depth", [1, 3])
def test_a_real_step_takes_what_the_formulas_say(context: Context, depth: int) -> None:
    weighed = measure.weigh_stack(context, depth=depth, channels=5, size=6, batch=3, rounds=2)
    point = {"n": depth, "N": 3, "C": 5, "H": 6, "W": 6}
    for trained, formulas in FORMULAS.items():
        values = {item: int(Formula.parse(text).at(point)) for item, text in formulas.items()}
        assert values == weighed["trained"][trained]["measured"] == weighed["trained"][trained]["predicted"]
    assert weighed["layers"] == depth


def test_the_known_figures_at_thirty_two_layers() -> None:
    stack = stack_of(32)
    assert numbers.ratio(stack, lambda values: values["gradients"]) == 32
    assert numbers.ratio(stack, lambda values: values["saved"]) == pytest.approx(16.5, abs=0.5)  # less by the targets
    assert numbers.ratio(stack, steps.memory) == pytest.approx(9.4, abs=0.15)
    assert numbers.ratio(stack, steps.work) == pytest.approx(2.88, abs=0.01)
    assert numbers.limit(steps.work) == 3


def test_a_network_of_the_zoo_is_weighed_and_one_that_is_not_there_left_out(context: Context) -> None:
    weighed = measure.weigh_network(context, name="baseline", settings={}, layers=[], size=8, batch=2, rounds=2)
    assert set(weighed["trained"]) == {WHOLE, LAST}
    assert weighed["layers"] == 6
    assert weighed["trained"][LAST]["measured"]["gradients"] == 4 * (9 * 24 * 24 + 24)
    missing = measure.weigh_network(context, name="fine-tuna", settings={}, layers=[], size=8, batch=2, rounds=2)
    assert "fine-tuna" in missing["left_out"]


def test_parts_are_every_depth_and_the_networks() -> None:
    parts = FinetuneCost().parts(FULL)
    assert [part.arguments["depth"] for label, part in parts.items() if label.startswith("depth")] == list(DEPTHS)
    assert {"baseline", "unet", "finetune"} <= set(parts)
    assert len(FinetuneCost().parts(Conditions(quick=True))) == len(QUICK_DEPTHS) + 3


def test_verdicts_on_figures_as_they_are() -> None:
    expected = {"memory": "holds in part", "compute": "refuted", "formulas": "holds", "time": "holds"}
    assert words(made_up()) == expected
    quick = Conditions(quick=True)
    assert words(made_up(quick), quick) == {**expected, "time": "not decided at this size"}


def test_memory_holds_if_all_of_it_is_n_fold_and_is_refuted_if_nothing_is() -> None:
    fold, flat = made_up(), made_up()
    for depth in DEPTHS:
        whole, last = (fold[f"depth {depth}"]["trained"][name] for name in (WHOLE, LAST))
        whole["measured"] = {item: value * depth for item, value in last["measured"].items()}
        flat[f"depth {depth}"]["trained"][WHOLE]["measured"] = last["measured"]
    assert words(fold)["memory"] == "holds"
    assert words(flat)["memory"] == "refuted"
    assert words(flat)["compute"] == "holds"


def test_compute_holds_in_part_between_the_bounds() -> None:
    measured = made_up()
    for depth in DEPTHS:
        whole, last = (measured[f"depth {depth}"]["trained"][name] for name in (WHOLE, LAST))
        whole["measured"] = {**last["measured"], "backward": last["measured"]["backward"] * 1.4}
        whole["measured"]["forward"] = int(last["measured"]["forward"] * 1.3)
    assert words(measured)["compute"] == "holds in part"


def test_formulas_are_judged_by_their_furthest_miss() -> None:
    near, far = made_up(), made_up()
    near["depth 4"]["trained"][WHOLE]["measured"] = {
        **near["depth 4"]["trained"][WHOLE]["measured"],
        "saved": near["depth 4"]["trained"][WHOLE]["measured"]["saved"] * 1.01,
    }
    far["depth 4"]["trained"][WHOLE]["measured"] = {
        **far["depth 4"]["trained"][WHOLE]["measured"],
        "saved": far["depth 4"]["trained"][WHOLE]["measured"]["saved"] * 2,
    }
    assert words(near)["formulas"] == "holds in part"
    assert words(far)["formulas"] == "refuted"


def test_time_is_judged_at_every_depth() -> None:
    mixed = {**made_up(), **{f"depth {n}": stack_of(n, 3.0) for n in (8, 16, 32)}}
    assert words(mixed)["time"] == "holds in part"
    assert words(made_up(slow=3.0))["time"] == "refuted"


def test_tables_name_what_is_left_out_and_charts_are_drawn() -> None:
    findings = FinetuneCost().conclude(made_up(), FULL)
    assert any("finetune is left out: no timm here" in remark for remark in findings.remarks)
    assert all(len(row) == len(table.head) for table in findings.tables for row in table.rows)
    figures = FinetuneCost().draw(made_up(), FULL)
    assert set(figures) == {"memory", "compute"}
    gradients, dots = figures["memory"].axes[0].lines[:2]
    assert list(gradients.get_ydata()) == list(dots.get_ydata()) == list(DEPTHS)


def test_turns_are_taken_by_all_and_the_first_is_no_measurement() -> None:
    order: list[str] = []

    def turn(name: str, seconds: list[float]) -> tuple[float, float]:
        order.append(name)
        return 0.0, seconds.pop(0)

    slow, fast = [9.0, 3.0, 2.0, 4.0], [9.0, 1.0, 1.0, 1.0]
    weighed = steps.take_turns({"slow": lambda: turn("slow", slow), "fast": lambda: turn("fast", fast)}, 3)
    assert order == ["slow", "fast"] * 4
    assert weighed["slow"] == {"forward_s": 0.0, "step_s": 3.0, "low_s": 2.5, "high_s": 3.5}
    assert weighed["fast"]["step_s"] == 1.0
