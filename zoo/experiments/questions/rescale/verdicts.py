"""The verdicts of `rescale`."""

from __future__ import annotations

from zoo.api.experiment import Verdict, graded
from zoo.api.spread import SEEDS_NEEDED, decided, differ
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
    minded = {}
    for of in NETWORKS:
        plain = numbers.result(of, "BN", "x", "loss")
        if numbers.conditions.quick or not decided(plain):
            return Verdict("not decided at this size", "it takes whole epochs, and two seeds at least.")
        for arm in numbers.arms:
            other = numbers.result(of, "BN", arm, "loss")
            if differ(other, plain) and abs(other.mean - plain.mean) >= FELT_LOSS:
                minded[of, arm] = other.mean - plain.mean
    changes = [f"{NETWORKS[of]} on {listed([arm])}: {difference:+.3f}" for (of, arm), difference in minded.items()]
    everywhere = all(any((of, arm) in minded for of in NETWORKS) for arm in numbers.arms)
    return graded(
        f"minded: {'; '.join(changes) or 'none'}, of {len(numbers.arms)} rescalings and two networks.",
        holds=not minded,
        in_part=not everywhere,
    )


def _after(numbers: Numbers) -> Verdict:
    if numbers.conditions.quick or min(numbers.trainings(of) for of in NETWORKS) < SEEDS_NEEDED:
        return Verdict("not decided at this size", "it takes networks that were trained, by two seeds at least.")
    minded, means = [], []
    for of in NETWORKS:
        plain = numbers.after(of, "accuracy").values
        for arm in ARMS:
            fed = numbers.after(of, "arms", arm, "accuracy").values
            changes = [after - before for after, before in zip(fed, plain, strict=True)]
            means.append(sum(changes) / len(changes))
            minded.append(all(abs(change) >= FELT_ACCURACY for change in changes))
    return graded(
        f"accuracy changes by {min(means):+.1%} to {max(means):+.1%}, mean over seeds; minded in {sum(minded)} of "
        f"{len(minded)} cases.",
        holds=not any(minded),
        in_part=not all(minded),
    )
