"""The verdicts of `rescale`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from zoo.api.experiment import Verdict, graded, judged
from zoo.api.spread import SEEDS_NEEDED, Spread, decided, unanimous, within
from zoo.experiments.questions.rescale import FELT_ACCURACY, FELT_LOSS, SAME_LOGIT, SAME_LOSS
from zoo.experiments.questions.rescale.numbers import Numbers
from zoo.experiments.questions.rescale.parts import ARMS, NETWORKS
from zoo.experiments.questions.rescale.tables import listed


def verdicts(numbers: Numbers) -> dict[str, Verdict]:
    """The claims, judged; see their rules."""
    return {
        "absorbed": _absorbed(numbers),
        "steps": _steps(numbers),
        "training": _training(numbers),
        "after": _after(numbers),
    }


def _absorbed(numbers: Numbers) -> Verdict:
    if not all(numbers.trainings(of) for of in NETWORKS):
        return Verdict("not decided at this size", "it takes a training of each network that came to an end.")
    off = {(of, arm): numbers.after(of, "arms", arm, "adapted", "logits").high for of in NETWORKS for arm in ARMS}
    changed = [numbers.after(of, "arms", "x + 0.3", "adapted", "changed").high for of in NETWORKS]
    zeros = [arm for arm, settings in ARMS.items() if settings.get("padding") != "shifted"]
    same = [arm for arm in ARMS if all(off[of, arm] <= SAME_LOGIT for of in NETWORKS)]
    return graded(
        f"no logit changes by more than {SAME_LOGIT:g} for {listed(same)}. For x + 0.3 with zeros around the picture "
        + " and ".join(f"{off[of, 'x + 0.3']:.2g} ({name})" for of, name in NETWORKS.items())
        + f", which changes {' and '.join(f'{share:.1%}' for share in changed)} of the predictions: the zeros were not "
        "shifted.",
        holds=set(zeros) <= set(same),
        in_part=bool(same),
    )


def _steps(numbers: Numbers) -> Verdict:
    off = {(of, arm): max(numbers.differences(of, ", tiny eps", arm)) for of in NETWORKS for arm in ARMS}
    same = {key for key, value in off.items() if value <= SAME_LOSS}
    by_network = [
        f"{name}: the same for {listed([arm for arm in ARMS if (of, arm) in same])}, and not for "
        f"{listed([arm for arm in ARMS if (of, arm) not in same])}"
        for of, name in NETWORKS.items()
    ]
    least, most = min(off.values()), max(off.values())
    return graded(
        f"{'; '.join(by_network)}. Losses differ by {least:.0e} to {most:.0e}.",
        holds=len(same) == len(off),
        in_part=bool(same),
    )


def _training(numbers: Numbers) -> Verdict:
    changes = {(of, arm): numbers.change(of, arm) for of in NETWORKS for arm in numbers.arms}
    if numbers.conditions.quick or not decided(*changes.values()):
        return Verdict("not decided at this size", "it takes whole epochs, and two seeds at least.")
    same = [case for case, change in changes.items() if within(change, FELT_LOSS)]
    minded = [case for case, change in changes.items() if max(change.interval[0], -change.interval[1]) > FELT_LOSS]
    others = [case for case in changes if case not in (*same, *minded)]
    parts = [
        f"the same loss to {FELT_LOSS:g} in {len(same)} of {len(changes)} cases",
        *(f"{label}: {_cases(changes, cases)}" for label, cases in (("not", minded), ("open", others)) if cases),
    ]
    because = "; ".join(parts) + f". {_without(numbers)}"
    if minded:
        everywhere = all(any((of, arm) in minded for of in NETWORKS) for arm in numbers.arms)
        return graded(because, holds=False, in_part=not everywhere)
    return Verdict("not decided at this size", because) if others else graded(because, holds=True)


def _cases(changes: Mapping[tuple[str, str], Spread], cases: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"{NETWORKS[of]} on {listed([arm])} {changes[of, arm].format_interval()}" for of, arm in cases)


def _without(numbers: Numbers) -> str:
    """What one seed says about training without batch normalization; it decides nothing."""
    lost = {
        name: numbers.result(of, "no BN", "x/10", "accuracy", numbers.seeds[:1]).mean
        - numbers.result(of, "no BN", "x", "accuracy", numbers.seeds[:1]).mean
        for of, name in NETWORKS.items()
    }
    return (
        "Without batch normalization, with one seed and so not judged, x/10 changes accuracy by "
        + " and ".join(f"{100 * change:+.1f} points ({name})" for name, change in lost.items())
        + "."
    )


def _after(numbers: Numbers) -> Verdict:
    if numbers.conditions.quick or min(numbers.trainings(of) for of in NETWORKS) < SEEDS_NEEDED:
        return Verdict("not decided at this size", "it takes networks that were trained, by two seeds at least.")
    means, minds = [], list[bool | None]()
    for of in NETWORKS:
        plain = numbers.after(of, "accuracy").values
        for arm in ARMS:
            fed = numbers.after(of, "arms", arm, "accuracy").values
            changes = [after - before for after, before in zip(fed, plain, strict=True)]
            means.append(sum(changes) / len(changes))
            minds.append(unanimous(abs(change) >= FELT_ACCURACY for change in changes))
    return judged(
        f"accuracy changes by {100 * min(means):+.1f} to {100 * max(means):+.1f} points, mean over seeds; by "
        f"{100 * FELT_ACCURACY:g} point or more with every seed in {minds.count(True)} of {len(minds)} cases.",
        [None if minded is None else not minded for minded in minds],
    )
