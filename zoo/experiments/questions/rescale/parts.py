"""What `rescale` trains and measures."""

from __future__ import annotations

from typing import Any

from zoo.api.experiment import Conditions, Measurement, Part, Training
from zoo.experiments.questions.course import QUICK_STEPS
from zoo.experiments.questions.rescale.measure import TINY_EPS, side_by_side, trained, untrained

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


def parts(conditions: Conditions) -> dict[str, Part]:
    """Trainings for every network, rescaling and seed; and what is measured before and after them."""
    quick, first = conditions.quick, conditions.seeds[0]
    uses = ("rescaled", "colorization", conditions.data.partition(":")[0])
    labelled: dict[str, Part] = {}
    for of in NETWORKS:
        for seed in conditions.seeds:
            labelled[label("untrained", of, seed)] = Measurement(
                untrained,
                {"data": conditions.data, "seed": seed, "of": of, "arms": ARMS, "pictures": 20 if quick else 100},
                uses=uses,
            )
        for name, eps in (("side by side", None), ("side by side, tiny eps", TINY_EPS)):
            sizes = {"steps": 3, "batch_size": 8} if quick else {"steps": 20, "batch_size": 32}
            labelled[label(name, of, first)] = Measurement(
                side_by_side,
                {"data": conditions.data, "seed": first, "of": of, "arms": ARMS, "eps": eps, **sizes},
                uses=uses,
            )
        for seed in conditions.seeds:
            for arm in ("x", *arms(conditions)):
                labelled[label("BN", of, seed, arm)] = training(of, arm, "batch", conditions, seed)
        if not quick:
            for arm in ("x", *BARE_ARMS):
                labelled[label("no BN", of, first, arm)] = training(of, arm, "none", conditions, first)
        for seed in conditions.seeds:
            labelled[label("trained", of, seed)] = Measurement(
                trained,
                {"of": of, "arms": ARMS, "pictures": 50 if quick else 300},
                {"trained": training(of, "x", "batch", conditions, seed)},
            )
    return labelled


def arms(conditions: Conditions) -> tuple[str, ...]:
    """The rescalings that are trained on."""
    return QUICK_ARMS if conditions.quick else tuple(ARMS)


def training(of: str, arm: str, norm: str, conditions: Conditions, seed: int) -> Training:
    """The course's training, in single precision as there, but shorter; the quick one is a few steps."""
    epochs = conditions.epochs or (1 if conditions.quick else 3)
    settings: dict[str, Any] = {"of": of, "norm": norm, **ARMS.get(arm, {})}
    settings |= {"task.palette": "course", "recipe.epochs": epochs, "recipe.channels_last": True}
    if conditions.quick:
        settings["recipe.max_steps"] = QUICK_STEPS
    return Training(
        "rescaled",
        data=conditions.data,
        seed=seed,
        settings=settings,
        recipe="course",
    )


def label(what: str, of: str, seed: int, arm: str = "") -> str:
    """The label of a part."""
    return ", ".join(word for word in (NETWORKS[of], what, arm, f"seed {seed}") if word)
