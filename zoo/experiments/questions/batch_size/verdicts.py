"""The verdicts of `batch-size`."""

from __future__ import annotations

from collections.abc import Callable

from zoo.api.experiment import Verdict, graded, judged
from zoo.api.spread import Spread, above, decided, exceeds, odds, unanimous
from zoo.experiments.questions.batch_size import LOSS_MARGIN, STRONG
from zoo.experiments.questions.batch_size.measure import MODES, USUAL
from zoo.experiments.questions.batch_size.numbers import Numbers

EPOCHS, UPDATES, SCALED = MODES


def verdicts(numbers: Numbers) -> dict[str, Verdict]:
    """The claims, judged; see their rules."""
    judges: dict[str, Callable[[Numbers], Verdict]] = {
        "loss": _loss,
        "time": _time,
        "pictures": _pictures,
        "updates": _updates,
        "rate": _rate,
    }
    if numbers.conditions.quick or not decided(*(numbers.ranks("loss", mode) for mode in numbers.modes)):
        undecided = Verdict(
            "not decided at this size", "it takes whole epochs, and two seeds at least that all trained to an end."
        )
        return dict.fromkeys(judges, undecided)
    return {name: judge(numbers) for name, judge in judges.items()}


def _loss(numbers: Numbers) -> Verdict:
    small, large = _ends(numbers)
    return judged(
        f"from a batch of {small} to one of {large}, validation loss goes from "
        f"{_at(numbers, 'loss', EPOCHS, '{:.3f}')}, {_rank(numbers, 'loss')}; training loss from "
        f"{_at(numbers, 'train_loss', EPOCHS, '{:.3f}')}, {_rank(numbers, 'train_loss')}; the rule asks for {STRONG}.",
        [_grows(numbers, name) for name in ("loss", "train_loss")],
    )


def _time(numbers: Numbers) -> Verdict:
    slow, quick = (numbers.spread("train_s", EPOCHS, size) for size in _ends(numbers))
    falls = _grows(numbers, "train_s", -1)
    because = (
        f"{_at(numbers, 'train_s', EPOCHS, '{:.1f}')} s from the smallest to the largest batch, "
        f"{_rank(numbers, 'train_s')}; the rule asks for -{STRONG}. {odds(slow, quick)}"
    )
    return Verdict("holds in part", because) if not falls and above(slow, quick) else judged(because, [falls])


def _pictures(numbers: Numbers) -> Verdict:
    return judged(
        f"CIEDE2000 goes from {_at(numbers, 'ciede2000', EPOCHS, '{:.1f}')}, {_rank(numbers, 'ciede2000')}; chromatic "
        f"accuracy from {_at(numbers, 'chromatic_accuracy', EPOCHS, '{:.1%}')}, "
        f"{_rank(numbers, 'chromatic_accuracy')}; the rule asks for {STRONG} and -{STRONG}.",
        [_grows(numbers, "ciede2000"), _grows(numbers, "chromatic_accuracy", -1)],
    )


def _updates(numbers: Numbers) -> Verdict:
    at_epochs, at_updates = (numbers.ranks("loss", mode) for mode in (EPOCHS, UPDATES))
    falls = unanimous(rank <= 0 for rank in at_updates.values)
    because = (
        f"at equal updates the rank correlation is {at_updates.format('{:+.2f}')}, the loss goes from "
        f"{_at(numbers, 'loss', UPDATES, '{:.3f}')}; at equal epochs {at_epochs.format('{:+.2f}')}; the rule "
        "asks for 0 or less."
    )
    return Verdict("holds in part", because) if not falls and above(at_epochs, at_updates) else judged(because, [falls])


def _rate(numbers: Numbers) -> Verdict:
    large, usual = _ends(numbers)[1], numbers.spread("loss", EPOCHS, USUAL)
    sizes = [size for size in numbers.sizes(SCALED) if size > USUAL]
    lower = []
    for size in sizes:
        unscaled, scaled = numbers.spread("loss", EPOCHS, size), numbers.spread("loss", SCALED, size)
        lower.append(exceeds(unscaled, scaled, numbers.less("loss", (EPOCHS, size), (SCALED, size)), LOSS_MARGIN))
    above_usual = {size: numbers.less("loss", (SCALED, size), (EPOCHS, USUAL)) for size in sizes}
    recovered = [size for size, gap in above_usual.items() if gap.interval[1] < LOSS_MARGIN]
    gaps = ", ".join(f"{gap.format_interval()} at {size}" for size, gap in above_usual.items())
    because = (
        f"lower than at the unscaled rate at {lower.count(True)} of {len(sizes)} sizes above {USUAL}; beside the loss "
        f"at {USUAL}, {usual.mean:.3f}, it is {gaps}, where the rule allows {LOSS_MARGIN:g}. "
        f"{odds(numbers.spread('loss', SCALED, large), usual)}"
    )
    if all(lower):
        return graded(because, holds=len(recovered) == len(sizes), in_part=True)
    return judged(because, lower)


def _grows(numbers: Numbers, figure: str, sign: int = 1) -> bool | None:
    """Whether a figure grows with the batch size, or falls if the sign is -1; None if seeds disagree."""
    return unanimous(sign * rank >= STRONG for rank in numbers.ranks(figure, EPOCHS).values)


def _ends(numbers: Numbers) -> tuple[int, int]:
    """The smallest batch and the largest."""
    sizes = numbers.sizes(EPOCHS)
    return sizes[0], sizes[-1]


def _at(numbers: Numbers, figure: str, mode: str, pattern: str) -> str:
    """A figure at the smallest batch and at the largest."""
    return " to ".join(pattern.format(numbers.spread(figure, mode, size).mean) for size in _ends(numbers))


def _rank(numbers: Numbers, figure: str) -> str:
    ranks: Spread = numbers.ranks(figure, EPOCHS)
    return f"rank correlation {ranks.format('{:+.2f}')}"
