"""C5: what does fine-tuning cost when the height and width of the pictures are doubled?"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from zoo.api.experiment import (
    Bench,
    Claim,
    Conditions,
    Experiment,
    Findings,
    Measured,
    Measurement,
    Part,
    Verdict,
)
from zoo.experiments import steps

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from zoo.api import Table
    from zoo.complexity.deriving.subject import Subject

BATCH = 4

NETWORKS: dict[str, dict[str, Any]] = {
    "baseline": {"settings": {}, "layers": []},
    "unet": {"settings": {}, "layers": []},
    "finetune": {"settings": {"weights": "random"}, "layers": ["head"]},
}
"""Networks of the zoo, their settings, and layers from which on training is weighed beside all and the last."""

COUNTS = ("parameters", "outputs", "connections", "unpadded")
ONCE, TWICE = "once", "twice"
"""The height and width as they are, and doubled."""


def weigh_doubled(
    bench: Bench, *, name: str, settings: dict[str, Any], layers: list[str], size: int, batch: int, rounds: int
) -> Measured:
    """What a network and a training step of it cost at a size and at twice that.

    Returns:
        ``size``, ``batch`` and ``threads``; ``counts``, a formula in H and W and both values by what is counted;
        ``trained``, by what is trained and item a formula in N, H and W and what was measured at both sizes, and the
        ``time`` at both. Or ``left_out``: why there is no such network here.
    """
    import torch

    from zoo.complexity.algebra.notation import PYTHON, write
    from zoo.complexity.deriving.result import make_report
    from zoo.complexity.deriving.subject import of_module
    from zoo.complexity.training_cost.finetune import make_ledger
    from zoo.complexity.training_cost.ledger import scopes
    from zoo.errors import UserError

    try:
        module, channels = steps.network(bench, name, **settings)
    except (UserError, ImportError) as error:
        return {"left_out": str(error)}
    subjects = {ONCE: of_module(module, channels, size, size, name)}
    subjects[TWICE] = of_module(module, channels, 2 * size, 2 * size, name)
    report = make_report(subjects[ONCE])
    ledger = make_ledger(report, batch, layers, measured=False)
    formulas = {
        column.scope: {item: write(e.formula, PYTHON) if e.formula else None for item, e in column.entries.items()}
        for column in ledger.columns
    }
    trained: dict[str, Any] = {}
    turns = {}
    for at, subject in subjects.items():
        for scope in scopes(subject, layers):
            measured = steps.weigh(subject, batch, scope)["measured"]
            for item, value in measured.items():
                told = trained.setdefault(scope.name, {}).setdefault(item, {"formula": formulas[scope.name].get(item)})
                told[at] = value
            turns[f"{at} {scope.name}"] = steps.make_step(subject, batch, scope)
    times = steps.take_turns(turns, rounds)
    for turn, seconds in times.items():
        at, _, scope_name = turn.partition(" ")
        trained[scope_name].setdefault("time", {})[at] = seconds
    return {
        "size": size,
        "batch": batch,
        "threads": torch.get_num_threads(),
        "counts": _counts(subjects),
        "trained": trained,
    }


def _counts(subjects: Mapping[str, Subject]) -> dict[str, Any]:
    """Parameters, outputs and connections of a forward pass, taps on padding counted and not."""
    from zoo.complexity.algebra.notation import PYTHON, write
    from zoo.complexity.deriving.conventions import Conventions
    from zoo.complexity.deriving.result import make_report

    counts: dict[str, Any] = {}
    for at, subject in subjects.items():
        padded, unpadded = (
            make_report(subject, Conventions(padding=padding), formulas=at == ONCE) for padding in (True, False)
        )
        cells = {
            "weights": padded.totals["weights"],
            "biases": padded.totals["biases"],
            "outputs": padded.totals["outputs"],
            "connections": padded.totals["connections"],
            "unpadded": unpadded.totals["connections"],
        }
        for name, cell in cells.items():
            told = counts.setdefault(name, {})
            told[at] = cell.value
            if at == ONCE:
                told["formula"] = write(cell.formula, PYTHON) if cell.formula else None
    weights, biases = counts.pop("weights"), counts.pop("biases")
    parameters = {at: weights[at] + biases[at] for at in subjects}
    return {"parameters": {**parameters, "formula": str(parameters[ONCE])}, **counts}


class DoubleInput(Experiment):
    """Twice the height and width."""

    name = "double-input"
    summary = "Does fine-tuning cost more if the pictures are twice as high and wide?"
    asked = "C5"
    claims = (
        Claim(
            "features",
            "Doubling height and width multiplies the memory of feature maps by four.",
            "It holds if, for every network, the values that its layers put out, as counted, and the bytes kept for "
            "backward when everything is trained, as measured, both become 3.8 to 4.2 times as many; holds in part if "
            "that is so for some networks; and is refuted otherwise.",
        ),
        Claim(
            "parameters",
            "The number of parameters stays the same.",
            "It holds if no network has more parameters for the larger pictures, nor more bytes of weights, gradients "
            "or Adam's state as measured, whatever is trained; and is refuted otherwise.",
        ),
        Claim(
            "complexity",
            "So the complexity of fine-tuning is not affected.",
            "Bytes and FLOPs of a whole step, as measured, for every network, training everything and training only "
            "the last layer. It holds if none of them grows by more than a tenth; is refuted if FLOPs more than double "
            "and bytes grow by more than a tenth everywhere; and holds in part otherwise.",
        ),
        Claim(
            "work",
            "The work of a step becomes four times as much.",
            "Ours. It holds if FLOPs as measured, and connections counted with and without taps on padding, become "
            "exactly four times as many for every network; holds in part if that is so with these taps only; and is "
            "refuted otherwise.",
        ),
        Claim(
            "time",
            "A step takes four times as long.",
            "Ours. Median times of steps on the larger and the smaller pictures, taken turn and turn about. It holds "
            "if every ratio is from 3 to 5, holds in part if half of them are, and is refuted otherwise; with "
            "--quick it is not decided.",
        ),
    )
    method = (
        f"Equal: the networks, with random weights, for these change neither bytes nor FLOPs; {BATCH} pictures a "
        "batch, float32, Adam, cross-entropy, CPU. Varied: height and width, H and 2H; and what is trained: "
        "everything, only the last layer, and the whole head of the fine-tuner. Counts are of one forward pass; "
        "formulas in N, H and W are derived by running the network without data, and tested at other sizes; measured "
        "are the tensors of a real step, and FLOPs by torch's FlopCounterMode, whose rule for the backward pass of "
        "grouped convolutions is replaced, for it forgets the groups. Times are medians."
    )
    uses_data = False
    uses_seeds = False

    def parts(self, conditions: Conditions) -> Mapping[str, Part]:
        """A part a network, both sizes in it, so that they can be timed turn and turn about."""
        size = {"baseline": 32, "unet": 32, "finetune": 64 if conditions.quick else 128}
        rounds = 2 if conditions.quick else 11
        return {
            name: Measurement(
                weigh_doubled, {"name": name, **known, "size": size[name], "batch": BATCH, "rounds": rounds}
            )
            for name, known in NETWORKS.items()
        }

    def conclude(self, measured: Mapping[str, Measured], conditions: Conditions) -> Findings:
        """Divide every figure at twice the size by the same at once."""
        networks = _networks(measured)
        remarks = [
            f"{name}: {found['size']}x{found['size']} and twice that; threads: {found['threads']}."
            for name, found in networks.items()
        ]
        remarks += [f"{name} is left out: {m['left_out']}" for name, m in measured.items() if "left_out" in m]
        verdicts = {
            "features": _judge_features(networks),
            "parameters": _judge_parameters(networks),
            "complexity": _judge_complexity(networks),
            "work": _judge_work(networks),
            "time": _judge_time(networks, conditions),
        }
        tables = [_counts_table(networks), _steps_table(networks), _bytes_table(networks)]
        return Findings(verdicts, tables, remarks)

    def draw(self, measured: Mapping[str, Measured], conditions: Conditions) -> Mapping[str, Figure]:
        """By how much memory, work and time grow, for every network and what is trained of it."""
        from matplotlib.figure import Figure

        cases = list(_cases(_networks(measured)))
        figure = Figure(figsize=(7, 1.2 + 0.55 * len(cases)))
        axes = figure.add_subplot()
        shown: dict[str, Callable[[Mapping[str, Any]], float]] = {
            "gradients and Adam's state": lambda items: _factor(items["gradients"]),
            "kept for backward": lambda items: _factor(items["saved"]),
            "all memory": lambda items: _summed(items, steps.MEMORY),
            "FLOPs": lambda items: _summed(items, steps.WORK),
            "time": _time,
        }
        for place, (label, of) in enumerate(shown.items()):
            rows = [row + 0.16 * (place - 2) for row in range(len(cases))]
            axes.barh(rows, [of(items) for _, _, items in cases], 0.15, color=f"C{place}", label=label)
        axes.set_yticks(range(len(cases)), [f"{name}:\n{trained}" for name, trained, _ in cases])
        axes.invert_yaxis()
        axes.grid(visible=False, axis="y")
        axes.set_xlabel("twice the height and width over once")
        figure.legend(loc="outside upper center", ncols=3)
        return {"growth": figure}


# --- figures ---


def _networks(measured: Mapping[str, Measured]) -> dict[str, Measured]:
    return {name: found for name, found in measured.items() if "left_out" not in found}


def _cases(networks: Mapping[str, Measured]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Every network, what is trained of it, and the figures of a step."""
    for name, found in networks.items():
        for trained, items in found["trained"].items():
            yield name, trained, items


def _factor(pair: Mapping[str, Any]) -> float:
    return float(pair[TWICE] / pair[ONCE])


def _summed(items: Mapping[str, Any], names: tuple[str, ...]) -> float:
    return _factor({at: sum(items[name][at] for name in names) for at in (ONCE, TWICE)})


def _time(items: Mapping[str, Any]) -> float:
    return _factor({at: items["time"][at]["step_s"] for at in (ONCE, TWICE)})


def _by_formula(pair: Mapping[str, Any], size: int, batch: int) -> float | None:
    """The factor by the formula; None if none was found."""
    values = [_value(pair, {"N": batch, "H": length, "W": length}) for length in (2 * size, size)]
    return None if None in values or not values[1] else float((values[0] or 0) / values[1])


def _value(pair: Mapping[str, Any], point: Mapping[str, int]) -> int | None:
    from zoo.complexity.algebra.formula import Formula

    return None if pair["formula"] is None else int(Formula.parse(pair["formula"]).at(point))


# --- verdicts ---


def _judge_features(networks: Mapping[str, Measured]) -> Verdict:
    outputs = {name: _factor(found["counts"]["outputs"]) for name, found in networks.items()}
    kept = {name: _factor(found["trained"]["everything"]["saved"]) for name, found in networks.items()}
    right = [name for name in networks if 3.8 <= outputs[name] <= 4.2 and 3.8 <= kept[name] <= 4.2]
    because = "; ".join(f"{name}: outputs x{outputs[name]:.4g}, kept bytes x{kept[name]:.4g}" for name in networks)
    every = len(right) == len(networks)
    return Verdict("holds" if every else "holds in part" if right else "refuted", f"{because}.")


def _judge_parameters(networks: Mapping[str, Measured]) -> Verdict:
    grown = [name for name, found in networks.items() if _factor(found["counts"]["parameters"]) != 1]
    grown += [
        f"{name} ({item})"
        for name, _, items in _cases(networks)
        for item in ("weights", "gradients", "optimizer")
        if _factor(items[item]) != 1
    ]
    if grown:
        return Verdict("refuted", f"grown: {', '.join(grown)}.")
    return Verdict("holds", "parameters, and bytes of weights, gradients and Adam's state, x1 everywhere.")


def _judge_complexity(networks: Mapping[str, Measured]) -> Verdict:
    pairs = [(_summed(items, steps.MEMORY), _summed(items, steps.WORK)) for _, _, items in _cases(networks)]
    because = "; ".join(
        f"{name}, {trained}: bytes x{memory:.2f}, FLOPs x{work:.2f}"
        for (name, trained, _), (memory, work) in zip(_cases(networks), pairs, strict=True)
    )
    same = all(max(pair) <= 1.1 for pair in pairs)
    affected = all(memory > 1.1 and work > 2 for memory, work in pairs)
    return Verdict("holds" if same else "refuted" if affected else "holds in part", f"{because}.")


def _judge_work(networks: Mapping[str, Measured]) -> Verdict:
    flops = [_summed(items, steps.WORK) for _, _, items in _cases(networks)]
    padded = {name: _factor(found["counts"]["connections"]) for name, found in networks.items()}
    unpadded = {
        name: None if found["counts"]["unpadded"][TWICE] is None else _factor(found["counts"]["unpadded"])
        for name, found in networks.items()
    }
    because = f"FLOPs {_from_to(flops)}; connections {_from_to(padded.values())} with padding; without, " + ", ".join(
        f"{name} {'unknown' if factor is None else f'x{factor:.4g}'}" for name, factor in unpadded.items()
    )
    four = set(flops) | set(padded.values()) == {4.0}
    word = "refuted" if not four else "holds" if set(unpadded.values()) == {4.0} else "holds in part"
    return Verdict(word, f"{because}.")  # type: ignore[arg-type]


def _from_to(factors: Collection[float]) -> str:
    """The lowest and the highest factor, or the one that all are."""
    return " to ".join(dict.fromkeys(f"x{factor:.6g}" for factor in (min(factors), max(factors))))


def _judge_time(networks: Mapping[str, Measured], conditions: Conditions) -> Verdict:
    ratios = {f"{name}, {trained}": _time(items) for name, trained, items in _cases(networks)}
    within = [name for name, ratio in ratios.items() if 3 <= ratio <= 5]
    because = "; ".join(f"{name} x{ratio:.2f}" for name, ratio in ratios.items())
    if conditions.quick:
        return Verdict("not decided at this size", f"few turns: {because}.")
    every = len(within) == len(ratios)
    return Verdict(
        "holds" if every else "holds in part" if 2 * len(within) >= len(ratios) else "refuted", f"{because}."
    )


# --- tables ---


def _counts_table(networks: Mapping[str, Measured]) -> Table:
    from zoo.api import Table

    names = {"unpadded": "connections, no padding"}
    rows = []
    for name, found in networks.items():
        for count in COUNTS:
            pair = found["counts"][count]
            known = pair[ONCE] is not None and pair[TWICE] is not None
            formula = _by_formula(pair, found["size"], found["batch"])
            rows.append(
                [
                    f"{name}: {names.get(count, count)}",
                    *(f"{pair[at]:,}" if known else "?" for at in (ONCE, TWICE)),
                    f"{_factor(pair):.5g}" if known else "?",
                    "?" if formula is None else f"{formula:.5g}",
                ]
            )
    return Table(["", "H x W", "2H x 2W", "factor", "by formula"], rows, "Counts of one picture, forward")


def _steps_table(networks: Mapping[str, Measured]) -> Table:
    from zoo.api import Table

    rows = [
        [
            f"{name}: {trained}",
            f"{_summed(items, ('weights', 'gradients', 'optimizer')):.4g}",
            f"{_factor(items['saved']):.4g}",
            f"{_summed(items, steps.MEMORY):.3g}",
            f"{_summed(items, steps.WORK):.4g}",
            f"{_time(items):.2f}",
        ]
        for name, trained, items in _cases(networks)
    ]
    head = ["trained", "weights etc.", "kept", "memory", "FLOPs", "time"]
    return Table(head, rows, "A step at 2H x 2W over one at H x W, measured")


def _bytes_table(networks: Mapping[str, Measured]) -> Table:
    from zoo.api import Table

    rows = []
    for name, trained, items in _cases(networks):
        found, cells = networks[name], []
        for at, size in ((ONCE, found["size"]), (TWICE, 2 * found["size"])):
            point = {"N": found["batch"], "H": size, "W": size}
            values = [_value(items[item], point) for item in steps.MEMORY]
            cells += [
                "?" if None in values else f"{sum(value or 0 for value in values):,}",
                f"{sum(items[item][at] for item in steps.MEMORY):,}",
            ]
        rows.append([f"{name}: {trained}", *cells])
    head = ["bytes", "H x W, formula", "measured", "2H x 2W, formula", "measured"]
    return Table(head, rows, f"Memory of a step on {BATCH} pictures, by the formulas and measured")
