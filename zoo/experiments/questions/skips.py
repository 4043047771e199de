"""B3: what do skip connections do, once the learning rate is the same?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from zoo.api.experiment import (
    Bench,
    Claim,
    Conditions,
    Experiment,
    Findings,
    Measured,
    Part,
    Training,
    Verdict,
    prediction_sheet,
)
from zoo.experiments.spread import RULE, UNDECIDED, Spread, above, decided, differ, over_seeds

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from zoo.runs.samples import Rows

RATES = (0.3, 0.001)
"""Learning rates: what the course's starter code trained the baseline at, and the U-Net."""

ARMS: dict[str, tuple[str, dict[str, str]]] = {
    "no skips": ("baseline", {}),
    "zeroed": ("unet", {"skips": "zeroed"}),
    "added": ("unet", {"skips": "added"}),
    "concatenated": ("unet", {"skips": "concatenated"}),
}
"""Architecture and settings of what is compared.

The U-Net's weights without its detail are `zeroed`, its detail without its weights is `added`.
"""


class Skips(Experiment):
    """The confound of the write-up's comparison, taken apart."""

    name = "skips"
    summary = "Are skip connections what lifts accuracy from 30% to 50%?"
    asked = "B3"
    claims = (
        Claim(
            "lift",
            "Going from the baseline to the U-Net lifts accuracy from 30% to 50%, thanks to its skip connections.",
            "The whole lift is from the baseline at learning rate 0.3 to the U-Net at 0.001, for so the course's "
            "starter code trains them; the skip connections' part of it is what they add at the same learning rate, "
            "0.001. It holds if they add at least 90% of the lift, holds in part if they add something, and is refuted "
            "otherwise. " + RULE,
        ),
        Claim(
            "weights",
            "One reason is that the U-Net has more weights.",
            "It holds if the U-Net whose skip connections carry only zeros, which has the same number of weights, is "
            "more accurate than the baseline at learning rate 0.001; it is refuted if it is not. " + RULE,
        ),
        Claim(
            "detail",
            "One reason is that skip connections restore detail that pooling has thrown away.",
            "It holds if the U-Nets with concatenated and with added skip connections are more accurate than the one "
            "whose skip connections carry only zeros, at learning rate 0.001; if only one is, it holds in part. "
            + RULE,
        ),
    )
    method = (
        "Equal: data, palette, batch size 100, Adam, epochs, seeds. Varied: the learning rate (0.3, 0.001) and the "
        "skip connections: none (the baseline); concatenated, but carrying only zeros; added; concatenated (the "
        "U-Net). Judged by pixel accuracy on the validation pictures."
    )

    def parts(self, conditions: Conditions) -> Mapping[str, Part]:
        """A training for every learning rate, kind of skip connection and seed."""
        return {
            _label(rate, arm, seed): course_training(architecture, conditions, seed, lr=rate, settings=settings)
            for seed in conditions.seeds
            for rate in RATES
            for arm, (architecture, settings) in ARMS.items()
        }

    def conclude(self, measured: Mapping[str, Measured], conditions: Conditions) -> Findings:
        """Compare accuracies at one learning rate, and across."""
        from zoo.api import Table

        accuracy = {
            (rate, arm): _spread(measured, rate, arm, conditions.seeds, "accuracy") for rate in RATES for arm in ARMS
        }
        seeds, rows = conditions.seeds, []
        for rate in RATES:
            for arm in ARMS:
                weights = measured[_label(rate, arm, seeds[0])].get("parameters")
                loss, chromatic = (
                    _spread(measured, rate, arm, seeds, name).mean for name in ("loss", "chromatic_accuracy")
                )
                shown = accuracy[rate, arm].format("{:.1%}")
                rows.append([arm, f"{rate:g}", f"{weights:,}" if weights else "-", shown, f"{loss:.3f}"])
                rows[-1].append(f"{chromatic:.1%}")
        table = Table(
            ["skips", "rate", "weights", "accuracy", "loss", "chromatic"],
            rows,
            f"Validation, mean over seeds {', '.join(map(str, seeds))}; of accuracy also (lowest to highest)",
        )
        return Findings(_verdicts(accuracy), [table])

    def draw(self, measured: Mapping[str, Measured], conditions: Conditions) -> Mapping[str, Figure]:
        """Accuracy of every run, a column a kind of skip connection, a color a learning rate."""
        from matplotlib.figure import Figure

        figure = Figure(figsize=(7, 3.6))
        axes = figure.add_subplot()
        for place, rate in enumerate(RATES):
            for column, arm in enumerate(ARMS):
                spread = _spread(measured, rate, arm, conditions.seeds, "accuracy")
                at = column + 0.24 * (place - 0.5)
                label = f"learning rate {rate:g}" if column == 0 else None
                axes.bar(at, spread.mean, 0.22, color=f"C{place}", alpha=0.45, label=label)
                axes.plot([at] * len(spread.values), spread.values, "o", color=f"C{place}", markersize=4)
        axes.set_xticks(range(len(ARMS)), list(ARMS))
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
        axes.set_ylabel("accuracy; a dot a seed")
        axes.legend(loc="upper left")
        return {"accuracy": figure}

    def sheets(self, bench: Bench, conditions: Conditions) -> Mapping[str, Rows]:
        """Predictions of the first seed's runs, beside each other."""
        labels = {f"{arm}\n{rate:g}": _label(rate, arm, conditions.seeds[0]) for rate in RATES for arm in ARMS}
        return {"pictures": prediction_sheet(bench.runs, labels)}


def course_training(
    architecture: str,
    conditions: Conditions,
    seed: int,
    *,
    lr: float = 0.001,
    settings: Mapping[str, str] | None = None,
) -> Training:
    """The course's training, shorter, and in the precision that the processor is quick at; experiments share these."""
    epochs = conditions.epochs or (1 if conditions.quick else 10)
    return Training(
        architecture,
        data=conditions.data,
        seed=seed,
        settings={
            **(settings or {}),
            "task.palette": "course",
            "recipe.lr": lr,
            "recipe.epochs": epochs,
            "recipe.precision": "auto",
        },
        recipe="course",
    )


def _label(rate: float, arm: str, seed: int) -> str:
    return f"lr {rate:g}, {arm}, seed {seed}"


def _spread(measured: Mapping[str, Measured], rate: float, arm: str, seeds: Sequence[int], figure: str) -> Spread:
    return over_seeds(measured, [_label(rate, arm, seed) for seed in seeds], figure)


def _verdicts(accuracy: Mapping[tuple[float, str], Spread]) -> dict[str, Verdict]:
    high, low = RATES
    start, end = accuracy[high, "no skips"], accuracy[low, "concatenated"]
    plain, zeroed, added = (accuracy[low, arm] for arm in ("no skips", "zeroed", "added"))
    if not decided(start, end, plain, zeroed, added):
        return dict.fromkeys(("lift", "weights", "detail"), UNDECIDED)
    lifts, helps = above(end, start), above(end, plain)
    share = (end.mean - plain.mean) / (end.mean - start.mean) if lifts else 0.0
    because = f"{start.mean:.1%} becomes {end.mean:.1%}" + (
        f"; of that lift, the learning rate alone gives {plain.mean - start.mean:.1%} (to {plain.mean:.1%}), and skip "
        f"connections at the same rate {end.mean - plain.mean:.1%}: {share:.0%}."
        if lifts
        else ", which is no lift."
    )
    return {
        "lift": Verdict("refuted" if not (helps and lifts) else "holds" if share >= 0.9 else "holds in part", because),
        "weights": Verdict(
            "holds" if above(zeroed, plain) else "refuted",
            f"zeroed {zeroed.format('{:.1%}')} against the baseline's {plain.format('{:.1%}')}"
            + ("." if differ(zeroed, plain) else ", which overlap."),
        ),
        "detail": Verdict(
            ("refuted", "holds in part", "holds")[above(end, zeroed) + above(added, zeroed)],
            f"concatenated {end.format('{:.1%}')} and added {added.format('{:.1%}')} against zeroed "
            f"{zeroed.format('{:.1%}')}.",
        ),
    }
