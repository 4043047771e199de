"""The tables of `rescale`."""

from __future__ import annotations

from collections.abc import Sequence

from zoo.api import Table
from zoo.experiments.questions.rescale.measure import NUDGED
from zoo.experiments.questions.rescale.numbers import Numbers
from zoo.experiments.questions.rescale.parts import ARMS, BARE_ARMS, NETWORKS, NORMS


def tables(numbers: Numbers) -> list[Table]:
    """Before training, in the first steps, at the end of training, and after it."""
    bare = [] if numbers.conditions.quick else [_losses_table(numbers, "no BN", numbers.seeds[:1], BARE_ARMS)]
    return [
        *(_untrained_table(numbers, of) for of in NETWORKS),
        _steps_table(numbers),
        _losses_table(numbers, "BN", numbers.seeds, numbers.arms),
        *bare,
        *(_trained_table(numbers, of) for of in NETWORKS if numbers.trainings(of)),
    ]


def listed(arms: Sequence[str]) -> str:
    """Rescalings in a sentence."""
    return ", ".join(arm.replace(", padded", " padded with") for arm in arms) or "none"


def _untrained_table(numbers: Numbers, of: str) -> Table:
    rows = [[arm, *(numbers.changed(of, norm, arm).format("{:.1%}") for norm in NORMS)] for arm in ARMS]
    return Table(
        ["input", *NORMS.values()],
        rows,
        f"The untrained {NETWORKS[of]}: predictions that change where x is replaced, in percent (lowest to highest); "
        "with batch normalization (BN), with one of next to no eps, and with none",
    )


def _steps_table(numbers: Numbers) -> Table:
    sides = [(of, eps) for of in NETWORKS for eps in ("", ", tiny eps")]
    rows = [[arm, *(f"{max(numbers.differences(of, eps, arm)):.0e}" for of, eps in sides)] for arm in (*ARMS, NUDGED)]
    steps = len(numbers.differences("unet", "", NUDGED))
    return Table(
        ["input", *(eps.removeprefix(", ") or NETWORKS[of] for of, eps in sides)],
        rows,
        f"The first {steps} steps in double precision: largest difference of the loss from that on x (nats), each "
        "network with batch normalization as usual, and with next to no eps",
    )


def _losses_table(numbers: Numbers, norm: str, seeds: Sequence[int], arms: Sequence[str]) -> Table:
    rows = []
    for arm in ("x", *arms):
        row = [_short(arm)]
        for of in NETWORKS:
            loss, accuracy = (numbers.result(of, norm, arm, name, seeds) for name in ("loss", "accuracy"))
            row += [loss.format("{:.3f}"), f"{100 * accuracy.mean:.1f}"]
        rows.append(row)
    with_or_without = "with" if norm == "BN" else "without"
    return Table(
        ["input", *(word for name in NETWORKS.values() for word in (name, "acc %"))],
        rows,
        f"Trained {with_or_without} batch normalization, seeds {', '.join(map(str, seeds))}: validation loss (lowest "
        "to highest) and accuracy",
    )


def _trained_table(numbers: Numbers, of: str) -> Table:
    rows = [
        [
            _short(arm),
            f"{numbers.after(of, 'arms', arm, 'accuracy').mean:.1%}",
            f"{numbers.after(of, 'arms', arm, 'first', 'accuracy').mean:.1%}",
            f"{numbers.after(of, 'arms', arm, 'adapted', 'accuracy').mean:.1%}",
            f"{numbers.after(of, 'arms', arm, 'adapted', 'changed').high:.1%}",
            *(f"{numbers.after(of, 'arms', arm, place).high:.0e}" for place in ("inner", "edge")),
        ]
        for arm in ARMS
    ]
    plain = numbers.after(of, "accuracy")
    return Table(
        ["input", "as it is", "first", "adapted", "changed", "inner", "edge"],
        rows,
        f"The {NETWORKS[of]} that was trained on x, accuracy there {plain.mean:.1%}; accuracy on other inputs: as it "
        "is, with its first layer adapted, with all adapted that see the picture; then the predictions that still "
        "differ, and the largest difference in the first layer's output, inside and at the edge",
    )


def _short(arm: str) -> str:
    """A rescaling as it fits into a table."""
    return arm.replace("padded", "pad")
