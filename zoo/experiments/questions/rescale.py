"""A4: does it matter whether a network is fed x or ax + b?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from zoo.api.experiment import (
    Claim,
    Conditions,
    Experiment,
    Findings,
    Measured,
    Measurement,
    Part,
    Training,
    Verdict,
    Word,
)
from zoo.experiments.rescaling import NUDGED, TINY_EPS, side_by_side, trained, untrained
from zoo.experiments.spread import RULE, SEEDS_NEEDED, Spread, decided, differ, over_seeds

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from zoo.api import Table

NETWORKS = {"baseline": "baseline", "unet": "U-Net"}
"""The networks, and what they are called in tables."""

ARMS: dict[str, dict[str, Any]] = {
    "2x": {"scale": 2.0},
    "x/10": {"scale": 0.1},
    "-x": {"scale": -1.0},
    "x + 0.3": {"shift": 0.3},
    "x + 0.3, padded 0.3": {"shift": 0.3, "padding": "shifted"},
}
"""What is done to x. Around the picture there are zeros, but in the last."""

QUICK_ARMS = ("-x", "x + 0.3")
"""Those that the quick size trains on."""

BARE_ARMS = ("x/10", "-x", "x + 0.3")
"""Those that are trained on without batch normalization too."""

NORMS = {"batch": "BN", "batch, tiny eps": "tiny eps", "none": "no BN"}
"""The normalizations of the untrained networks, as `untrained` names them and as tables do."""

SAME_LOGIT, SAME_LOSS = 1e-9, 1e-6
"""Up to these differences, in double precision, functions are the same, and so are training losses."""

FELT_LOSS, FELT_ACCURACY = 0.02, 0.01
"""From these differences on, an end of training is another one, and so is a trained network's accuracy."""


class Rescale(Experiment):
    """The argument that training absorbs a rescaled input, step by step."""

    name = "rescale"
    summary = "Does feeding a network ax + b in place of x change anything?"
    asked = "A4"
    claims = (
        Claim(
            "absorbed",
            "A network on ax + b can compute what it computed on x: other weights w' and biases b' of its first layer "
            "do it.",
            "In double precision, w' = w/a and b' = b0 - (b/a) (sum of w) are put into trained networks (in the U-Net, "
            "into the last convolution as well, which sees the picture too). It holds if no logit changes by more "
            f"than {SAME_LOGIT:g} under any rescaling with the course's zero padding, in both networks; holds in part "
            "if so under some rescalings only; and is refuted if under none.",
        ),
        Claim(
            "steps",
            "Batch normalization takes a rescaled input out, so that training makes the same steps.",
            "Trained side by side in double precision, with batch normalization that adds next to nothing "
            f"({TINY_EPS:g}) to the variance. It "
            f"holds if no loss differs by more than {SAME_LOSS:g} from that on x, in any step, for any rescaling and "
            "in both networks; holds in part if so for some; and is refuted if for none. (Ours: the write-up does not "
            "name batch normalization.)",
        ),
        Claim(
            "training",
            "Training on ax + b ends where training on x ends.",
            "A network minds a rescaling if the validation losses at the end of training lie apart from those on x, "
            f"and their means by {FELT_LOSS:g} or more. It holds if neither network, with batch normalization as the "
            "course has it, minds any rescaling; is refuted if each rescaling is minded by one of them at least; and "
            "holds in part otherwise. " + RULE,
        ),
        Claim(
            "after",
            "A network that was trained on x does not mind either.",
            "A trained network, in evaluation mode, minds a rescaling if accuracy changes by "
            f"{FELT_ACCURACY:.0%} of the pixels or more, with every seed. It holds if neither network minds any; is "
            "refuted if both mind all; and holds in part otherwise. Two seeds at least are needed. (Ours, to go with "
            "the claim that there is no effect at all.)",
        ),
    )
    method = (
        "Pixel values x, from 0 to 1, become 2x, x/10, -x or x + 0.3, the last with zeros around the picture, as the "
        "course pads, and with 0.3 around it. Equal: initial weights and order of pictures for each seed, data, "
        "palette, batch size 100, Adam at 0.001, single precision. First without training: predictions of equal "
        "weights; then side by side for some steps in double precision; then trained, with batch normalization by all "
        "seeds and without by the first; and last, networks that were trained on x are fed the other inputs."
    )

    def parts(self, conditions: Conditions) -> Mapping[str, Part]:
        """Trainings for every network, rescaling and seed; and what is measured before and after them."""
        quick, first = conditions.quick, conditions.seeds[0]
        parts: dict[str, Part] = {}
        for of in NETWORKS:
            for seed in conditions.seeds:
                parts[_label("untrained", of, seed)] = Measurement(
                    untrained,
                    {"data": conditions.data, "seed": seed, "of": of, "arms": ARMS, "pictures": 20 if quick else 100},
                )
            for name, eps in (("side by side", None), ("side by side, tiny eps", TINY_EPS)):
                sizes = {"steps": 3, "batch_size": 8} if quick else {"steps": 20, "batch_size": 32}
                parts[_label(name, of, first)] = Measurement(
                    side_by_side, {"data": conditions.data, "seed": first, "of": of, "arms": ARMS, "eps": eps, **sizes}
                )
            for seed in conditions.seeds:
                for arm in ("x", *_arms(conditions)):
                    parts[_label("BN", of, seed, arm)] = _training(of, arm, "batch", conditions, seed)
            if not quick:
                for arm in ("x", *BARE_ARMS):
                    parts[_label("no BN", of, first, arm)] = _training(of, arm, "none", conditions, first)
            for seed in conditions.seeds:
                parts[_label("trained", of, seed)] = Measurement(
                    trained,
                    {"of": of, "arms": ARMS, "pictures": 50 if quick else 300},
                    {"trained": _training(of, "x", "batch", conditions, seed)},
                )
        return parts

    def conclude(self, measured: Mapping[str, Measured], conditions: Conditions) -> Findings:
        """Compare with what the networks do on x, exactly where that can be, and over seeds elsewhere."""
        tables = [_untrained_table(measured, conditions, of) for of in NETWORKS]
        tables += [_steps_table(measured, conditions)]
        tables += [_losses_table(measured, conditions, "BN", conditions.seeds, _arms(conditions))]
        if not conditions.quick:
            tables += [_losses_table(measured, conditions, "no BN", conditions.seeds[:1], BARE_ARMS)]
        tables += [_trained_table(measured, conditions, of) for of in NETWORKS if _fed(measured, conditions, of)]
        verdicts = {
            "absorbed": _absorbed(measured, conditions),
            "steps": _steps(measured, conditions),
            "training": _training_verdict(measured, conditions),
            "after": _after(measured, conditions),
        }
        return Findings(verdicts, tables)

    def draw(self, measured: Mapping[str, Measured], conditions: Conditions) -> Mapping[str, Figure]:
        """Predictions that change, steps side by side, losses after training, and accuracies of trained networks."""
        return {
            "predictions-changed": _draw_untrained(measured, conditions),
            "side-by-side": _draw_steps(measured, conditions),
            "losses": _draw_losses(measured, conditions),
            "after-training": _draw_trained(measured, conditions),
        }


def _arms(conditions: Conditions) -> tuple[str, ...]:
    """The rescalings that are trained on."""
    return QUICK_ARMS if conditions.quick else tuple(ARMS)


def _training(of: str, arm: str, norm: str, conditions: Conditions, seed: int) -> Training:
    """The course's training, in single precision as there, but shorter; the quick one is a few steps."""
    epochs = conditions.epochs or (1 if conditions.quick else 3)
    settings: dict[str, Any] = {"of": of, "norm": norm, **ARMS.get(arm, {})}
    settings |= {"task.palette": "course", "recipe.epochs": epochs, "recipe.channels_last": True}
    if conditions.quick:
        settings["recipe.max_steps"] = 15
    return Training(
        "rescaled",
        data=conditions.data,
        seed=seed,
        settings=settings,
        recipe="course",
    )


def _label(what: str, of: str, seed: int, arm: str = "") -> str:
    return ", ".join(word for word in (NETWORKS[of], what, arm, f"seed {seed}") if word)


# --- before training ---


def _changed(measured: Mapping[str, Measured], conditions: Conditions, of: str, norm: str, arm: str) -> Spread:
    """Share of an untrained network's predictions that a rescaling changes, over seeds."""
    return Spread.of([measured[_label("untrained", of, seed)][norm][arm]["changed"] for seed in conditions.seeds])


def _untrained_table(measured: Mapping[str, Measured], conditions: Conditions, of: str) -> Table:
    from zoo.api import Table

    rows = [[arm, *(_changed(measured, conditions, of, norm, arm).format("{:.1%}") for norm in NORMS)] for arm in ARMS]
    return Table(
        ["input", *NORMS.values()],
        rows,
        f"The untrained {NETWORKS[of]}: predictions that change where x is replaced, in percent (lowest to highest); "
        "with batch normalization (BN), with one of next to no eps, and with none",
    )


def _off(measured: Mapping[str, Measured], conditions: Conditions, of: str, eps: str, arm: str) -> list[float]:
    """By how much each step's loss differs from that on x."""
    off: list[float] = measured[_label(f"side by side{eps}", of, conditions.seeds[0])]["off"][arm]
    return off


def _steps_table(measured: Mapping[str, Measured], conditions: Conditions) -> Table:
    from zoo.api import Table

    sides = [(of, eps) for of in NETWORKS for eps in ("", ", tiny eps")]
    rows = [
        [arm, *(f"{max(_off(measured, conditions, of, eps, arm)):.0e}" for of, eps in sides)] for arm in (*ARMS, NUDGED)
    ]
    steps = len(_off(measured, conditions, "unet", "", NUDGED))
    return Table(
        ["input", *(eps.removeprefix(", ") or NETWORKS[of] for of, eps in sides)],
        rows,
        f"The first {steps} steps in double precision: largest difference of the loss from that on x (nats), each "
        "network with batch normalization as usual, and with next to no eps",
    )


def _steps(measured: Mapping[str, Measured], conditions: Conditions) -> Verdict:
    off = {(of, arm): max(_off(measured, conditions, of, ", tiny eps", arm)) for of in NETWORKS for arm in ARMS}
    same = {key for key, value in off.items() if value <= SAME_LOSS}
    told = [
        f"{name}: the same for {_listed([arm for arm in ARMS if (of, arm) in same])}, and not for "
        f"{_listed([arm for arm in ARMS if (of, arm) not in same])}"
        for of, name in NETWORKS.items()
    ]
    least, most = min(off.values()), max(off.values())
    word: Word = "holds" if len(same) == len(off) else "holds in part" if same else "refuted"
    return Verdict(word, f"{'; '.join(told)}. Losses differ by {least:.0e} to {most:.0e}.")


# --- training ---


def _ends(measured: Mapping[str, Measured], of: str, norm: str, arm: str, seeds: Sequence[int], name: str) -> Spread:
    """A figure at the end of training, over seeds."""
    return over_seeds(measured, [_label(norm, of, seed, arm) for seed in seeds], name)


def _losses_table(
    measured: Mapping[str, Measured], conditions: Conditions, norm: str, seeds: Sequence[int], arms: Sequence[str]
) -> Table:
    from zoo.api import Table

    rows = []
    for arm in ("x", *arms):
        row = [_short(arm)]
        for of in NETWORKS:
            loss, accuracy = (_ends(measured, of, norm, arm, seeds, name) for name in ("loss", "accuracy"))
            row += [loss.format("{:.3f}"), f"{100 * accuracy.mean:.1f}"]
        rows.append(row)
    with_or_without = "with" if norm == "BN" else "without"
    return Table(
        ["input", *(word for name in NETWORKS.values() for word in (name, "acc %"))],
        rows,
        f"Trained {with_or_without} batch normalization, seeds {', '.join(map(str, seeds))}: validation loss (lowest "
        "to highest) and accuracy",
    )


def _training_verdict(measured: Mapping[str, Measured], conditions: Conditions) -> Verdict:
    arms, minded = _arms(conditions), {}
    for of in NETWORKS:
        plain = _ends(measured, of, "BN", "x", conditions.seeds, "loss")
        if conditions.quick or not decided(plain):
            return Verdict("not decided at this size", "it takes whole epochs, and two seeds at least.")
        for arm in arms:
            other = _ends(measured, of, "BN", arm, conditions.seeds, "loss")
            if differ(other, plain) and abs(other.mean - plain.mean) >= FELT_LOSS:
                minded[of, arm] = other.mean - plain.mean
    told = [f"{NETWORKS[of]} on {_listed([arm])}: {difference:+.3f}" for (of, arm), difference in minded.items()]
    word: Word = (
        "holds"
        if not minded
        else "refuted"
        if all(any((of, arm) in minded for of in NETWORKS) for arm in arms)
        else "holds in part"
    )
    return Verdict(word, f"minded: {'; '.join(told) or 'none'}, of {len(arms)} rescalings and two networks.")


# --- after training ---


def _fed(measured: Mapping[str, Measured], conditions: Conditions, of: str) -> list[Measured]:
    """What `trained` found, a seed each; those whose training failed are left out."""
    found = [measured[_label("trained", of, seed)] for seed in conditions.seeds]
    return [record for record in found if "failed" not in record]


def _trained_table(measured: Mapping[str, Measured], conditions: Conditions, of: str) -> Table:
    from zoo.api import Table

    fed, rows = _fed(measured, conditions, of), []
    for arm in ARMS:
        told = [record["arms"][arm] for record in fed]
        accuracy = Spread.of([each["accuracy"] for each in told])
        adapted = Spread.of([each["adapted"]["accuracy"] for each in told])
        rows.append(
            [
                _short(arm),
                f"{accuracy.mean:.1%}",
                f"{Spread.of([each['first']['accuracy'] for each in told]).mean:.1%}",
                f"{adapted.mean:.1%}",
                f"{max(each['adapted']['changed'] for each in told):.1%}",
                *(f"{max(each[place] for each in told):.0e}" for place in ("inner", "edge")),
            ]
        )
    plain = Spread.of([record["accuracy"] for record in fed])
    return Table(
        ["input", "as it is", "first", "adapted", "changed", "inner", "edge"],
        rows,
        f"The {NETWORKS[of]} that was trained on x, accuracy there {plain.mean:.1%}; accuracy on other inputs: as it "
        "is, with its first layer adapted, with all adapted that see the picture; then the predictions that still "
        "differ, and the largest difference in the first layer's output, inside and at the edge",
    )


def _absorbed(measured: Mapping[str, Measured], conditions: Conditions) -> Verdict:
    if not all(_fed(measured, conditions, of) for of in NETWORKS):
        return Verdict("not decided at this size", "it takes a training of each network that came to an end.")
    off = {
        (of, arm): max(record["arms"][arm]["adapted"]["logits"] for record in _fed(measured, conditions, of))
        for of in NETWORKS
        for arm in ARMS
    }
    changed = {
        of: max(record["arms"]["x + 0.3"]["adapted"]["changed"] for record in _fed(measured, conditions, of))
        for of in NETWORKS
    }
    zeros = [arm for arm, settings in ARMS.items() if settings.get("padding") != "shifted"]
    same = [arm for arm in ARMS if all(off[of, arm] <= SAME_LOGIT for of in NETWORKS)]
    word: Word = "holds" if set(zeros) <= set(same) else "holds in part" if same else "refuted"
    return Verdict(
        word,
        f"no logit changes by more than {SAME_LOGIT:g} for {_listed(same)}. For x + 0.3 with zeros around the picture "
        + " and ".join(f"{off[of, 'x + 0.3']:.2g} ({name})" for of, name in NETWORKS.items())
        + ", which changes "
        + " and ".join(f"{changed[of]:.1%}" for of in NETWORKS)
        + " of the predictions: the zeros were not shifted.",
    )


def _after(measured: Mapping[str, Measured], conditions: Conditions) -> Verdict:
    fewest = min(len(_fed(measured, conditions, of)) for of in NETWORKS)
    if conditions.quick or fewest < SEEDS_NEEDED:
        return Verdict("not decided at this size", "it takes networks that were trained, by two seeds at least.")
    minded, losses = [], {}
    for of in NETWORKS:
        fed = _fed(measured, conditions, of)
        for arm in ARMS:
            changes = [record["arms"][arm]["accuracy"] - record["accuracy"] for record in fed]
            losses[of, arm] = sum(changes) / len(changes)
            if all(abs(change) >= FELT_ACCURACY for change in changes):
                minded.append((of, arm))
    least, most = max(losses.values()), min(losses.values())
    word: Word = "holds" if not minded else "refuted" if len(minded) == len(losses) else "holds in part"
    return Verdict(
        word,
        f"accuracy changes by {most:+.1%} to {least:+.1%}, mean over seeds; minded in {len(minded)} of {len(losses)} "
        "cases.",
    )


# --- charts ---


def _panels(figure: Figure, rows: int = 1) -> list[Axes]:
    """A panel a network, side by side, which share their axis of figures."""
    panels = figure.subplots(rows, len(NETWORKS), sharey=True, sharex=rows > 1, squeeze=False)
    for axes, name in zip(panels[0], NETWORKS.values(), strict=True):
        axes.set_title(name)
    return list(panels.flat)


def _draw_untrained(measured: Mapping[str, Measured], conditions: Conditions) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 3.4))
    panels = _panels(figure)
    for of, axes in zip(NETWORKS, panels, strict=True):
        for place, (norm, name) in enumerate(NORMS.items()):
            spreads = [_changed(measured, conditions, of, norm, arm) for arm in ARMS]
            at = [row + 0.27 * (place - 1) for row in range(len(ARMS))]
            axes.barh(at, [spread.mean for spread in spreads], 0.24, color=f"C{place}", alpha=0.6, label=name)
            for y, spread in zip(at, spreads, strict=True):
                axes.plot(spread.values, [y] * len(spread.values), "o", color=f"C{place}", markersize=2.5)
        axes.set_yticks(range(len(ARMS)), _on_two_lines(list(ARMS)))
        axes.grid(axis="y", alpha=0)
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
        axes.set_xlabel("untrained: predictions that change")
    panels[0].invert_yaxis()
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return figure


def _draw_steps(measured: Mapping[str, Measured], conditions: Conditions) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 5))
    panels = _panels(figure, rows=2)
    sides = [(of, eps) for eps in ("", ", tiny eps") for of in NETWORKS]
    for (of, eps), axes in zip(sides, panels, strict=True):
        for number, arm in enumerate((*ARMS, NUDGED)):
            off = _off(measured, conditions, of, eps, arm)
            style: dict[str, Any] = {"color": f"C{number}", "linestyle": "--" if arm == NUDGED else "-", "label": arm}
            axes.plot(range(1, len(off) + 1), [max(value, 1e-17) for value in off], marker=".", **style)
        axes.set_yscale("log")
        axes.set_ylabel("loss differs by" + (eps or ", usual eps"))
    for axes in panels[-len(NETWORKS) :]:
        axes.set_xlabel("step")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return figure


def _draw_losses(measured: Mapping[str, Measured], conditions: Conditions) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 3.2))
    panels, arms = _panels(figure), ("x", *_arms(conditions))
    for of, axes in zip(NETWORKS, panels, strict=True):
        plain = _ends(measured, of, "BN", "x", conditions.seeds, "loss")
        if plain.values:
            axes.axvspan(plain.low, plain.high, color="C0", alpha=0.15, linewidth=0)
        for row, arm in enumerate(arms):
            values = _ends(measured, of, "BN", arm, conditions.seeds, "loss").values
            axes.plot(values, [row] * len(values), "o", color="C0" if arm == "x" else "C1", markersize=5, alpha=0.8)
        axes.set_yticks(range(len(arms)), _on_two_lines(arms))
        axes.set_xlabel("validation loss after training; a dot a seed")
    panels[0].invert_yaxis()
    return figure


def _draw_trained(measured: Mapping[str, Measured], conditions: Conditions) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 3.2))
    panels = _panels(figure)
    for of, axes in zip(NETWORKS, panels, strict=True):
        fed = _fed(measured, conditions, of)
        axes.axvline(Spread.of([record["accuracy"] for record in fed]).mean, color="C7", linestyle="--", label="on x")
        for place, name in enumerate(("as it is", "weights adapted")):
            for row, arm in enumerate(ARMS):
                told = [record["arms"][arm] for record in fed]
                values = [each["adapted"]["accuracy"] if place else each["accuracy"] for each in told]
                y, label = row + 0.36 * (place - 0.5), name if row == 0 else None
                axes.barh(y, Spread.of(values).mean, 0.32, color=f"C{place}", alpha=0.6, label=label)
                axes.plot(values, [y] * len(values), "o", color=f"C{place}", markersize=2.5)
        axes.set_yticks(range(len(ARMS)), _on_two_lines(list(ARMS)))
        axes.grid(axis="y", alpha=0)
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
        axes.set_xlabel("accuracy of a network trained on x")
    panels[0].invert_yaxis()
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return figure


# --- names ---


def _listed(arms: Sequence[str]) -> str:
    """Rescalings in a sentence."""
    return ", ".join(arm.replace(", padded", " padded with") for arm in arms) or "none"


def _short(arm: str) -> str:
    """A rescaling as it fits into a table."""
    return arm.replace("padded", "pad")


def _on_two_lines(arms: Sequence[str]) -> list[str]:
    """Rescalings beside a chart."""
    return [arm.replace(", ", ",\n") for arm in arms]
