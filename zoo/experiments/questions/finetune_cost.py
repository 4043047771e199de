"""C4: what does fine-tuning everything cost beside fine-tuning only the last layer, as the network gets deeper?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
    from torch import nn

    from zoo.api import Table
    from zoo.complexity.deriving.subject import Subject

DEPTHS = (1, 2, 4, 8, 16, 32)
QUICK_DEPTHS = (1, 2, 4, 8)
CHANNELS, SIZE, BATCH = 32, 32, 4
"""Channels of every layer of the stack, height and width of its pictures, pictures in a batch."""

NETWORKS: dict[str, dict[str, Any]] = {
    "baseline": {"settings": {}, "layers": []},
    "unet": {"settings": {}, "layers": []},
    "finetune": {"settings": {"weights": "random"}, "layers": ["head"]},
}
"""Networks of the zoo that are weighed too: their settings, and layers from which on training is weighed as well."""

WHOLE, LAST = "everything", "last layer"

FORMULAS: dict[str, dict[str, str]] = {
    WHOLE: {
        "weights": "4*n*(9*C**2 + C)",
        "gradients": "4*n*(9*C**2 + C)",
        "optimizer": "8*n*(9*C**2 + C) + 8*n",
        "saved": "4*N*C*H*W*(n + 1) + 8*N*H*W + 4",
        "forward": "18*n*C**2*N*H*W",
        "backward": "18*(2*n - 1)*C**2*N*H*W",
    },
    LAST: {
        "weights": "4*n*(9*C**2 + C)",
        "gradients": "4*(9*C**2 + C)",
        "optimizer": "8*(9*C**2 + C) + 8",
        "saved": "8*N*C*H*W + 8*N*H*W + 4",
        "forward": "18*n*C**2*N*H*W",
        "backward": "18*C**2*N*H*W",
    },
}
"""Bytes and FLOPs of one step on a stack of n layers from C to C channels, kernel 3, derived by hand.

Four bytes a number. Adam keeps two numbers a weight, and a count of steps for each of two tensors a layer. A layer
keeps its input for backward if its weights are trained; the loss keeps log-probabilities, the targets (eight bytes
each) and a total. The forward pass is one product a connection, at two FLOPs; backward takes one for the gradient of
the weights, and one more for that of the input, which the first trained layer does not need.
"""

SYMBOLS = ("n", "N", "C", "H", "W")
NAMES = {
    "weights": "weights",
    "gradients": "gradients",
    "optimizer": "Adam's state",
    "saved": "kept for backward",
    "forward": "forward, FLOPs",
    "backward": "backward, FLOPs",
}


def make_stack(depth: int, channels: int) -> nn.Module:
    """Equal 3x3 convolutions one after another, with ReLU between them."""
    from torch import nn

    layers: list[nn.Module] = []
    for _ in range(depth):
        layers += [nn.Conv2d(channels, channels, 3, padding=1), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def weigh_stack(bench: Bench, *, depth: int, channels: int, size: int, batch: int, rounds: int) -> Measured:
    """What training a stack costs; see `_weigh`."""
    from zoo.complexity.deriving.subject import of_module

    return _weigh(of_module(make_stack(depth, channels), channels, size, size, "stack"), batch, [], rounds)


def weigh_network(
    bench: Bench, *, name: str, settings: dict[str, Any], layers: list[str], size: int, batch: int, rounds: int
) -> Measured:
    """What training a network of the zoo costs, see `_weigh`; or ``left_out``, why it cannot be had here."""
    from zoo.complexity.deriving.subject import of_module
    from zoo.errors import UserError

    try:
        module, channels = steps.network(bench, name, **settings)
    except (UserError, ImportError) as error:
        return {"left_out": str(error)}
    return _weigh(of_module(module, channels, size, size, name), batch, layers, rounds)


def _weigh(subject: Subject, batch: int, layers: list[str], rounds: int) -> Measured:
    """Bytes, FLOPs and seconds of a step, by what is trained, and the number of ``layers`` with connections."""
    import torch

    from zoo.complexity.training_cost.ledger import scopes

    chosen = {scope.name: scope for scope in scopes(subject, layers)}
    weighed = {name: steps.weigh(subject, batch, scope) for name, scope in chosen.items()}
    times = steps.take_turns({n: steps.make_step(subject, batch, scope) for n, scope in chosen.items()}, rounds)
    return {
        "layers": sum(row.kind == "connected" for row in subject.now().rows.values()),
        "threads": torch.get_num_threads(),
        "trained": {name: {**weighed[name], "time": times[name]} for name in chosen},
    }


class FinetuneCost(Experiment):
    """Memory and work of fine-tuning, by depth."""

    name = "finetune-cost"
    summary = "How much more does it cost to fine-tune a whole network than only its last layer?"
    asked = "C4"
    claims = (
        Claim(
            "memory",
            "Fine-tuning a network of n layers takes n times the memory of fine-tuning only its last layer.",
            "Bytes found in a real step on a stack of n equal layers: weights, gradients, Adam's state, and "
            "activations kept for backward. The claim holds if all of them together are at least 0.9 n times as many "
            "for the whole network at every depth; holds in part if that is so only of some of the four; and is "
            "refuted otherwise.",
        ),
        Claim(
            "compute",
            "Both have the same forward pass, so both compute as much.",
            "FLOPs of a whole step on the same stack, counted while it runs. It holds if the whole network's are at "
            "most 1.1 times the last layer's at every depth; is refuted if they are more than 1.5 times at the "
            "greatest depth; and holds in part otherwise.",
        ),
        Claim(
            "formulas",
            "Memory and work can be written down before anything runs.",
            "Ours. It holds if every formula in n, N, C, H and W, derived by hand, gives exactly the bytes and FLOPs "
            "that are found in a real step at every depth; holds in part if none is off by more than 2%; and is "
            "refuted otherwise.",
        ),
        Claim(
            "time",
            "The time of a step goes as its FLOPs do.",
            "Ours. The whole network's median time is divided by the last layer's in the same run. It holds if that is "
            "within a quarter of the ratio of FLOPs at every depth, holds in part if at half of the depths or more, "
            "and is refuted otherwise; with --quick it is not decided.",
        ),
    )
    method = (
        f"Equal: a stack of 3x3 convolutions from {CHANNELS} to {CHANNELS} channels with ReLU between them, {BATCH} "
        f"pictures of {SIZE}x{SIZE}, float32, Adam, cross-entropy, CPU. Varied: the depth n, and what is trained, all "
        "layers or only the last; what is frozen needs no gradient. Bytes are those of the tensors that are there "
        "after a step, activations those that autograd keeps, by address, each once. FLOPs are counted by torch's "
        "FlopCounterMode, whose rule for the backward pass of grouped convolutions is replaced, for it forgets the "
        "groups. Times are medians of turns taken one after the other. The same is done with networks of the zoo, the "
        "fine-tuner with random weights, for these change neither bytes nor FLOPs."
    )
    uses_data = False
    uses_seeds = False

    def parts(self, conditions: Conditions) -> Mapping[str, Part]:
        """A stack of every depth, and networks of the zoo."""
        rounds = 3 if conditions.quick else 15
        stacks = {
            _label(depth): Measurement(
                weigh_stack, {"depth": depth, "channels": CHANNELS, "size": SIZE, "batch": BATCH, "rounds": rounds}
            )
            for depth in _depths(conditions)
        }
        size = {"baseline": 32, "unet": 32, "finetune": 64 if conditions.quick else 128}
        networks = {
            name: Measurement(
                weigh_network, {"name": name, **known, "size": size[name], "batch": BATCH, "rounds": rounds}
            )
            for name, known in NETWORKS.items()
        }
        return {**stacks, **networks}

    def conclude(self, measured: Mapping[str, Measured], conditions: Conditions) -> Findings:
        """Divide what the whole takes by what the last layer takes."""
        stacks = {depth: measured[_label(depth)] for depth in _depths(conditions)}
        networks = {name: measured[name] for name in NETWORKS if "left_out" not in measured[name]}
        deepest = max(stacks)
        remarks = [
            "Weights are there whether they are trained or not, and one layer's activations are kept in any case: so "
            f"the whole takes {_ratio(stacks[deepest], steps.memory):.1f} times the memory at n = {deepest}, not "
            f"{deepest} times; and by the formulas never more than {_limit(steps.memory):.1f} times on this stack, "
            "however deep.",
            f"Threads: {stacks[deepest]['threads']}. Times are ratios to the last layer's in the same run.",
            *(f"{name} is left out: {measured[name]['left_out']}" for name in NETWORKS if "left_out" in measured[name]),
        ]
        tables = [_ratios_table(stacks), _bytes_table(stacks), _formulas_table(), _networks_table(networks)]
        verdicts = {
            "memory": _judge_memory(stacks),
            "compute": _judge_compute(stacks),
            "formulas": _judge_formulas(stacks),
            "time": _judge_time(stacks, conditions),
        }
        return Findings(verdicts, tables, remarks)

    def draw(self, measured: Mapping[str, Measured], conditions: Conditions) -> Mapping[str, Figure]:
        """What the whole takes over what the last layer takes, by depth: lines are formulas, dots measured."""
        stacks = {depth: measured[_label(depth)] for depth in _depths(conditions)}
        return {"memory": _draw_memory(stacks), "compute": _draw_compute(stacks)}


# --- figures of a stack ---


def _depths(conditions: Conditions) -> tuple[int, ...]:
    return QUICK_DEPTHS if conditions.quick else DEPTHS


def _label(depth: int) -> str:
    return f"depth {depth}"


def _by_formula(trained: str, depth: float) -> dict[str, int]:
    from zoo.complexity.algebra.formula import Formula

    point = {"n": int(depth), "N": BATCH, "C": CHANNELS, "H": SIZE, "W": SIZE}
    return {item: int(Formula.parse(text).at(point)) for item, text in FORMULAS[trained].items()}


def _limit(of: Callable[[Mapping[str, int]], float]) -> float:
    """What the ratio tends to as n grows: all formulas are linear in n, so what one more layer adds on either side."""
    more, less = (of(_by_formula(trained, 2)) - of(_by_formula(trained, 1)) for trained in FORMULAS)
    return more / less


def _ratio(measured: Measured, of: Callable[[Mapping[str, int]], float], over: str = LAST) -> float:
    """A figure of training everything over that of training less, as measured."""
    whole, part = (measured["trained"][name]["measured"] for name in (WHOLE, over))
    return of(whole) / of(part)


def _time_ratio(measured: Measured, over: str = LAST) -> float:
    whole, part = (measured["trained"][name]["time"]["step_s"] for name in (WHOLE, over))
    return float(whole / part)


def _item(name: str) -> Callable[[Mapping[str, int]], float]:
    return lambda values: values[name]


# --- verdicts ---


def _judge_memory(stacks: Mapping[int, Measured]) -> Verdict:
    deepest = max(stacks)
    fold = {
        item: all(_ratio(stack, _item(item)) >= 0.9 * depth for depth, stack in stacks.items()) for item in steps.MEMORY
    }
    total = all(_ratio(stack, steps.memory) >= 0.9 * depth for depth, stack in stacks.items())
    each = ", ".join(f"{NAMES[item]} x{_ratio(stacks[deepest], _item(item)):.3g}" for item in steps.MEMORY)
    because = f"at n = {deepest}: {each}, all together x{_ratio(stacks[deepest], steps.memory):.1f}."
    return Verdict("holds" if total else "holds in part" if any(fold.values()) else "refuted", because)


def _judge_compute(stacks: Mapping[int, Measured]) -> Verdict:
    ratios = {depth: _ratio(stack, steps.work) for depth, stack in stacks.items()}
    deepest = max(stacks)
    forward, backward = (_ratio(stacks[deepest], _item(item)) for item in steps.WORK)
    because = (
        f"at n = {deepest} forward x{forward:.3g}, backward x{backward:.3g}, the step x{ratios[deepest]:.2f}; by the "
        f"formulas the step's ratio tends to {_limit(steps.work):g}, for a full backward pass is two forward passes."
    )
    same = all(ratio <= 1.1 for ratio in ratios.values())
    return Verdict("holds" if same else "refuted" if ratios[deepest] > 1.5 else "holds in part", because)


def _judge_formulas(stacks: Mapping[int, Measured]) -> Verdict:
    off = [
        abs(value / stack["trained"][trained]["measured"][item] - 1)
        for depth, stack in stacks.items()
        for trained in FORMULAS
        for item, value in _by_formula(trained, depth).items()
    ]
    exact = sum(not value for value in off)
    return Verdict(
        "holds" if exact == len(off) else "holds in part" if max(off) <= 0.02 else "refuted",
        f"{exact} of {len(off)} figures are exactly those of the formulas; the furthest is off by {max(off):.2g}.",
    )


def _judge_time(stacks: Mapping[int, Measured], conditions: Conditions) -> Verdict:
    pairs = {depth: (_time_ratio(stack), _ratio(stack, steps.work)) for depth, stack in stacks.items()}
    close = [depth for depth, (time, flops) in pairs.items() if abs(time / flops - 1) <= 0.25]
    deepest = max(stacks)
    because = (
        f"within a quarter at n = {', '.join(map(str, close)) or 'none'}; at n = {deepest} time "
        f"x{pairs[deepest][0]:.2f}, FLOPs x{pairs[deepest][1]:.2f}."
    )
    if conditions.quick:
        return Verdict("not decided at this size", f"few turns: {because}")
    every = len(close) == len(pairs)
    return Verdict("holds" if every else "holds in part" if 2 * len(close) >= len(pairs) else "refuted", because)


# --- tables ---


def _ratios_table(stacks: Mapping[int, Measured]) -> Table:
    from zoo.api import Table

    head = ["n", *(NAMES[item].removesuffix(" for backward") for item in steps.MEMORY), "memory", "FLOPs", "time"]
    rows = [
        [
            str(depth),
            *(f"{_ratio(stack, _item(item)):.4g}" for item in steps.MEMORY),
            f"{_ratio(stack, steps.memory):.4g}",
            f"{_ratio(stack, steps.work):.3g}",
            f"{_time_ratio(stack):.2f}",
        ]
        for depth, stack in stacks.items()
    ]
    return Table(head, rows, "Training everything over training the last layer, measured on stacks of n layers")


def _bytes_table(stacks: Mapping[int, Measured]) -> Table:
    from zoo.api import Table

    rows = []
    for depth, stack in stacks.items():
        cells = []
        for trained in FORMULAS:
            cells += [
                f"{steps.memory(_by_formula(trained, depth)):,}",
                f"{steps.memory(stack['trained'][trained]['measured']):,}",
            ]
        rows.append([str(depth), *cells])
    return Table(["n", "everything", "measured", "last layer", "measured"], rows, "Bytes by the formulas, and measured")


def _formulas_table() -> Table:
    from zoo.api import Table

    rows = [
        [NAMES[item], *(FORMULAS[trained][item].replace("**2", "²").replace("*", " ") for trained in FORMULAS)]
        for item in NAMES
    ]
    return Table(["", *FORMULAS], rows, "Formulas of a stack: N pictures of H x W, C channels, n layers; bytes, FLOPs")


def _networks_table(networks: Mapping[str, Measured]) -> Table:
    from zoo.api import Table

    rows = []
    for name, measured in networks.items():
        for less in measured["trained"]:
            if less == WHOLE:
                continue
            rows.append(
                [
                    f"{name}: {less}",
                    str(measured["layers"]),
                    *(f"{_ratio(measured, _item(item), less):.4g}" for item in ("gradients", "saved")),
                    f"{_ratio(measured, steps.memory, less):.3g}",
                    f"{_ratio(measured, steps.work, less):.3g}",
                    f"{_time_ratio(measured, less):.2f}",
                ]
            )
    head = ["trained beside all", "layers", "gradients", "kept", "memory", "FLOPs", "time"]
    return Table(head, rows, "Networks of the zoo: training everything over training less")


# --- charts ---


def _draw_memory(stacks: Mapping[int, Measured]) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 3.8))
    axes = figure.add_subplot()
    shown: dict[str, Callable[[Mapping[str, int]], float]] = {
        "gradients and Adam's state": _item("gradients"),
        "kept for backward": _item("saved"),
        "all memory": steps.memory,
        "weights": _item("weights"),
    }
    depths = list(stacks)
    for color, (label, of) in enumerate(shown.items()):
        line = [of(_by_formula(WHOLE, depth)) / of(_by_formula(LAST, depth)) for depth in depths]
        wide = 2.5 if label == "all memory" else 1.2
        axes.plot(depths, line, color=f"C{color}", linewidth=wide, label=label)
        axes.plot(depths, [_ratio(stack, of) for stack in stacks.values()], "o", color=f"C{color}", markersize=5)
    _by_depth(axes, depths)
    axes.set_yscale("log", base=2)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.set_ylabel("everything over last layer")
    axes.legend(title="lines: formulas, dots: measured")
    return figure


def _draw_compute(stacks: Mapping[int, Measured]) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 3.3))
    axes = figure.add_subplot()
    depths = list(stacks)
    line = [steps.work(_by_formula(WHOLE, depth)) / steps.work(_by_formula(LAST, depth)) for depth in depths]
    axes.plot(depths, line, color="C0", label="FLOPs, formula")
    axes.plot(depths, [_ratio(s, steps.work) for s in stacks.values()], "o", color="C0", label="FLOPs, counted")
    times = [{trained: stack["trained"][trained]["time"] for trained in FORMULAS} for stack in stacks.values()]
    middle = [time[WHOLE]["step_s"] / time[LAST]["step_s"] for time in times]
    below = [(time[WHOLE]["step_s"] - time[WHOLE]["low_s"]) / time[LAST]["step_s"] for time in times]
    above = [(time[WHOLE]["high_s"] - time[WHOLE]["step_s"]) / time[LAST]["step_s"] for time in times]
    label = "time, median and quartiles"
    axes.errorbar(depths, middle, (below, above), fmt="D", color="C1", markersize=5, capsize=3, label=label)
    axes.axhline(1, color="C2", linestyle="--", label="as claimed")
    _by_depth(axes, depths)
    axes.set_ylim(0)
    axes.set_ylabel("everything over last layer")
    figure.legend(loc="outside upper center", ncols=4)
    return figure


def _by_depth(axes: Any, depths: list[int]) -> None:
    axes.set_xscale("log", base=2)
    axes.set_xticks(depths, [str(depth) for depth in depths])
    axes.set_xlabel("layers n")
